package tally

import (
	"net/url"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Link leads to another view of the page.
type Link struct {
	Text, URL string
	Here      bool
}

// Tile is a count that leads to what it counts.
type Tile struct {
	Link
	State string // empty: all
	Count int
}

// Tiles are the counts above the tables of a page; the one whose targets are shown leads back to all.
func (p *Sheet) Tiles(at *url.URL, chosen string, loc codes.Lang) []Tile {
	count := map[string]int{"": p.Total, "reached": p.Reached, "on_pace": p.OnPace, "behind": p.Late}
	var out []Tile
	for _, state := range append([]string{""}, States...) {
		q, text := at.Query(), words.In(loc, "targets")
		q.Del("pace")
		if state != "" {
			text = words.In(loc, "target_"+state)
			if state != chosen {
				q.Set("pace", state)
			}
		}
		out = append(out, Tile{Link{text, address.To(at.Path, q), state != "" && state == chosen}, state, count[state]})
	}
	return out
}

// RankLink hides or shows the order of the units.
func RankLink(at *url.URL, loc codes.Lang) Link {
	q := at.Query()
	if q.Get("rank") == "hide" {
		q.Del("rank")
		return Link{words.In(loc, "rank_show"), address.To(at.Path, q), false}
	}
	q.Set("rank", "hide")
	return Link{words.In(loc, "rank_hide"), address.To(at.Path, q), true}
}
