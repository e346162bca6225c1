package render

import (
	"context"
	"errors"
	"testing"
	"time"

	"yanzhen/dashboard/static"
)

// tardy is a context that is slow to say why it ended.
type tardy struct {
	context.Context
	by time.Duration
}

func (t tardy) Err() error {
	time.Sleep(t.by)
	return t.Context.Err()
}

// A chart that is broken off in the moment in which it is drawn breaks off no other.
func TestBrokenOffLate(t *testing.T) {
	files, err := static.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := New(Scripts{Library: files.Text("vendor/echarts.min.js"), Drawing: files.Text("vendor/drawing.js"), Digits: []byte("{}")}, 1)
	c := Chart{Option: []byte(`{"xAxis":{"type":"category","data":["a"]},"yAxis":{},"series":[{"type":"bar","data":[1]}]}`), Width: 300, Height: 200, Lang: "zh"}
	for by := 200 * time.Millisecond; ; by *= 2 {
		r, err := d.take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.draw(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = r.draw(tardy{ctx, by}, c)
		if errors.Is(err, context.Canceled) && by < 10*time.Second { // it took longer than that to draw it
			d.room <- struct{}{}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(by)
		if _, err := r.draw(t.Context(), c); err != nil {
			t.Errorf("the next chart: %v", err)
		}
		return
	}
}
