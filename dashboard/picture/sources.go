package picture

import (
	"fmt"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/draw"
	"yanzhen/dashboard/figures"
)

// Source is one form of a picture: which window and theme it is for, where it is, how large.
type Source struct {
	Media, URL    string // empty Media: for all that no other is for
	Width, Height int
	Paper         bool // for paper only: browsers choose no other Source when they print
}

// Sources are the forms in which a panel is drawn, the browser takes the first that fits: for a phone and a desk, on
// paper and, where the reader left the choice to the device, for a dark screen.
func (s *Studio) Sources(api, version string, d *figures.Answer, theme string) []Source {
	if s == nil {
		return nil
	}
	var out []Source
	add := func(media, theme string, place Place) {
		of := *d
		of.Compact = place == Phone
		if place == Paper {
			of = narrowed(of)
		}
		at := Source{Media: media, Paper: place == Paper, Width: Width(&of, place), Height: Height(&of, place)}
		if at.Paper && of.Span == d.Span && at.Width == Width(&of, Desk) && at.Height == draw.Height(of.Figure) {
			place = Desk // the same picture, so that the browser has it
		}
		at.URL = api + "&format=svg&theme=" + theme + "&place=" + string(place) + "&v=" + version
		if of.Compact {
			at.URL += "&compact=1"
		}
		out = append(out, at)
	}
	// between phone and desk a panel is as wide as the page: drawn for that as for the box of a wall
	between := func(media, theme string) {
		if h := draw.Height(d.Figure); d.Kind != board.KPI && h >= leastBox && h <= mostBox {
			url := api + "&format=svg&theme=" + theme + "&place=" + string(Wall) + fmt.Sprintf("&box=%dx%d", tablet, h) + "&v=" + version
			out = append(out, Source{Media: media, URL: url, Width: tablet, Height: h})
		}
	}
	// a sheet of A4 is as narrow as a tablet: a page that is printed would ask for pictures that nobody will see
	const narrow, middle, wide, dark = "screen and (max-width: 600px)", "screen and (max-width: 1100px)", "screen and (min-width: 1760px)", "(prefers-color-scheme: dark)"
	switch theme {
	case "auto":
		add(narrow+" and "+dark, "dark", Phone)
		add(narrow, "light", Phone)
		between(middle+" and "+dark, "dark")
		between(middle, "light")
		add(wide+" and "+dark, "dark", Wide)
		add(wide, "light", Wide)
		add("screen and "+dark, "dark", Desk)
		add("", "light", Desk)
	default:
		add(narrow, theme, Phone)
		between(middle, theme)
		add(wide, theme, Wide)
		add("", theme, Desk)
	}
	add("", "light", Paper)
	return out
}
