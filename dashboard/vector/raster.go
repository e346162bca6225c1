package vector

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"golang.org/x/image/vector"

	"yanzhen/dashboard/fonts"
)

// PNG is a picture as pixels, scale of them to a CSS pixel each way, on white.
func PNG(svg []byte, scale float64) ([]byte, error) { return PNGOn(svg, scale, "#ffffff") }

// PNGOn is a picture as pixels on a ground of a colour; "" lets what lies below shine through.
func PNGOn(svg []byte, scale float64, ground string) ([]byte, error) {
	with, err := fonts.Free()
	if err != nil {
		return nil, err
	}
	d, err := Read(svg, with)
	if err != nil {
		return nil, err
	}
	img, err := d.Image(scale, ground)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("vector: %w", err)
	}
	return out.Bytes(), nil
}

// Image draws the picture on pixels.
func (d *Drawing) Image(scale float64, ground string) (*image.RGBA, error) {
	w, h := int(d.Width*scale+0.5), int(d.Height*scale+0.5)
	if !(scale > 0) || w < 1 || h < 1 || d.Width*d.Height*scale*scale > MostPixels {
		return nil, ErrLarge
	}
	to := &raster{img: image.NewRGBA(image.Rect(0, 0, w, h))}
	if ground != "" {
		c, err := colour(ground)
		if err != nil {
			return nil, fmt.Errorf("vector: %w", err)
		}
		draw.Draw(to.img, to.img.Bounds(), image.NewUniform(c.rgba()), image.Point{}, draw.Src)
	}
	d.Draw(to, Matrix{scale, 0, 0, scale, 0, 0})
	return to.img, to.fault
}

// raster is the ink of pixels.
type raster struct {
	img   *image.RGBA
	clips []clip // each within those before
	z     vector.Rasterizer
	fault error
}

// clip is what lies under its pixels: what was drawn before, of which the outline lets shine through what it does not
// cover. So an edge is smoothed once, however many inks lie over each other inside.
type clip struct {
	under  *image.RGBA
	covers *image.Alpha
}

func (c Colour) rgba() color.Color {
	of := func(v float64) uint8 { return uint8(v*255 + 0.5) }
	return color.NRGBA{of(c.R), of(c.G), of(c.B), of(c.A)}
}

// cover makes the rasterizer ready with a path and answers which pixels it touches; none where it lies outside.
func (r *raster) cover(p Path) image.Rectangle {
	box := bounds(p)
	if !(box[0] <= box[2]) {
		return image.Rectangle{}
	}
	whole := r.img.Bounds()
	if n := len(r.clips); n > 0 {
		whole = r.clips[n-1].covers.Rect
	}
	in := func(v float64) int { return int(max(-1, min(v, float64(whole.Max.X+whole.Max.Y+1)))) }
	at := image.Rect(in(math.Floor(box[0])), in(math.Floor(box[1])), in(math.Ceil(box[2])), in(math.Ceil(box[3]))).Intersect(whole)
	if at.Empty() {
		return at
	}
	z := &r.z
	z.Reset(at.Dx(), at.Dy())
	xy := func(q Point) (float32, float32) {
		return float32(q.X - float64(at.Min.X)), float32(q.Y - float64(at.Min.Y))
	}
	open := false
	for _, s := range p.Steps {
		x0, y0 := xy(s.At[0])
		switch s.Op {
		case 'M':
			if open {
				z.ClosePath()
			}
			z.MoveTo(x0, y0)
		case 'L':
			z.LineTo(x0, y0)
		case 'C':
			x1, y1 := xy(s.At[1])
			x2, y2 := xy(s.At[2])
			z.CubeTo(x0, y0, x1, y1, x2, y2)
		case 'Z':
			z.ClosePath()
		}
		open = s.Op != 'Z'
	}
	if open {
		z.ClosePath()
	}
	return at
}

func (r *raster) Fill(p Path, c Colour) {
	if at := r.cover(p); !at.Empty() {
		r.z.Draw(r.img, at, image.NewUniform(c.rgba()), image.Point{})
	}
}

func (r *raster) Stroke(p Path, pen Pen, c Colour) { r.Fill(stroked(p, pen), c) }

// Text draws the outlines of the letters, so that they stand where they are meant to between pixels, turned or not.
func (r *raster) Text(t Text) {
	p, err := t.Outline()
	if err != nil {
		r.fault = err
		return
	}
	r.Fill(p, t.Colour)
}

func (r *raster) Clip(p Path) {
	at := r.cover(p)
	c := clip{image.NewRGBA(at), image.NewAlpha(at)}
	if !at.Empty() {
		r.z.Draw(c.covers, at, image.Opaque, image.Point{})
		draw.Draw(c.under, at, r.img, at.Min, draw.Src)
	}
	r.clips = append(r.clips, c)
}

func (r *raster) Unclip() {
	c := r.clips[len(r.clips)-1]
	r.clips = r.clips[:len(r.clips)-1]
	for y := c.covers.Rect.Min.Y; y < c.covers.Rect.Max.Y; y++ {
		for x := c.covers.Rect.Min.X; x < c.covers.Rect.Max.X; x++ {
			a := uint(c.covers.AlphaAt(x, y).A)
			drawn, under := r.img.Pix[r.img.PixOffset(x, y):][:4], c.under.Pix[c.under.PixOffset(x, y):][:4]
			for i := range drawn {
				drawn[i] = uint8((uint(drawn[i])*a + uint(under[i])*(255-a) + 127) / 255)
			}
		}
	}
}
