package pdf

import (
	"errors"
	"fmt"

	"yanzhen/dashboard/document"
	"yanzhen/dashboard/fonts"
	"yanzhen/dashboard/vector"
)

// pixel is a CSS pixel on paper.
const pixel = 0.75

// least is how much smaller a chart may stand for the sake of the page.
const least = 0.93

// size is how large a chart stands on the paper: as it was drawn, smaller where it would not fit on a page.
func size(c document.Chart) (w, h float64, err error) {
	w, h = c.Width*pixel, c.Height*pixel
	if !(w > 0 && h > 0) {
		return 0, 0, errors.New("a chart states no size")
	}
	by := min(1, wide/w, (high-90)/h)
	return w * by, h * by, nil
}

// chart puts a drawing on one page, with its caption and what is said below it.
func (f *flow) chart(c document.Chart) error {
	w, h, err := size(c)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Caption, err)
	}
	d, err := vector.Read(c.SVG, f.fonts)
	if err != nil {
		return fmt.Errorf("the chart %s: %w", c.Caption, err)
	}
	f.paper.Missing = append(f.paper.Missing, d.Missing...)
	caption, captions := f.caption(c.Caption, c.URL)
	notes := broken(f.set(document.Plain(c.Note), remark), wide, wide)
	f.y += 9
	beside := 18*float64(len(captions)) + 4 + 16*float64(len(notes)) + 6
	if room := high - f.y - beside; room < h && room >= h*least { // a little smaller it stands here
		w, h = w*room/h, room
	}
	f.need(beside + h)
	f.lines(captions, caption, 0, 18, inMiddle)
	f.y += 4
	at := vector.Matrix{w / d.Width, 0, 0, h / d.Height, left + (wide-w)/2, top + f.y}
	f.page().charts = append(f.page().charts, chart{d, at})
	if url := f.doc.Link(c.URL); url != "" {
		f.page().links = append(f.page().links, link{at[4], at[5], w, h, url})
	}
	f.y += h
	f.lines(notes, remark, 0, 16, filled)
	f.y += 6
	return nil
}

// caption is the line above a table or a chart.
func (f *flow) caption(text, url string) (style, []line) {
	s := style{role: fonts.Hei, size: captionSize}
	return s, broken(f.set([]document.Run{{Text: text, URL: url}}, s), wide, wide)
}
