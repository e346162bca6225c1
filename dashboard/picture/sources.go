package picture

import "yanzhen/dashboard/figures"

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
		at := Source{Media: media, Paper: place == Paper, Width: Width(&of, place), Height: of.Height()}
		if at.Paper && at.Width == Width(&of, Desk) {
			place = Desk // the same picture, so that the browser has it
		}
		at.URL = api + "&format=svg&theme=" + theme + "&place=" + string(place) + "&v=" + version
		if of.Compact {
			at.URL += "&compact=1"
		}
		out = append(out, at)
	}
	const narrow, dark = "(max-width: 600px)", "(prefers-color-scheme: dark)"
	switch theme {
	case "auto":
		add(narrow+" and "+dark, "dark", Phone)
		add(narrow, "light", Phone)
		add(dark, "dark", Desk)
		add("", "light", Desk)
	default:
		add(narrow, theme, Phone)
		add("", theme, Desk)
	}
	add("", "light", Paper)
	return out
}
