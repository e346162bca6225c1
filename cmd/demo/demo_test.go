package demo

import (
	"testing"
	"time"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	start := time.Now()
	debug = true
	m, err := Write(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	total := 0
	var bytes int64
	for _, f := range m.Files {
		rows[f.Dataset] += f.Counts().Read
		total += f.Counts().Read
		bytes += f.Bytes
	}
	t.Log(len(m.Files), total, rows, bytes, time.Since(start))
}
