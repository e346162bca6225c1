package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Heading is a heading of a sender's files that somebody has confirmed to be a column.
type Heading struct{ Text, Column string }

// Confirmed is the dataset with headings that were confirmed. In each table such a heading is its column only where nothing that is
// declared is: no other heading of the table, no unpivot and no position. Those of columns that are not there mean nothing.
func (d *Dataset) Confirmed(headings []Heading) *Dataset {
	if len(headings) == 0 {
		return d
	}
	out := *d
	out.Columns = slices.Clone(d.Columns)
	for _, h := range headings {
		if c := out.Column(h.Column); c != nil {
			c.compiled.confirmed = append(slices.Clone(c.compiled.confirmed), h.Text)
		}
	}
	return &out
}

// Owner is the column that a heading of a file is read as by what is declared, however loosely; own: it is read so, as a column or,
// without a name, as one of the headings that become rows.
func (d *Dataset) Owner(heading string) (column string, own bool) {
	for i, h := range d.bind([]string{heading}, nil) {
		if h >= 0 {
			return d.Columns[i].Name, true
		}
	}
	return "", d.Unpivot != nil && d.Unpivot.Fits(heading)
}

// confirm binds by the headings that were confirmed what nothing else has bound.
func (d *Dataset) confirm(header []string, at []int, taken []bool, leave func(column string) bool) {
	for h, text := range header {
		for i := range d.Columns {
			c := &d.Columns[i]
			switch p := c.Position; {
			case taken[h] || at[i] >= 0 || leave != nil && leave(c.Name) || d.Unpivot != nil && d.Unpivot.Fits(text):
			case p > 0 && p <= len(header) && strings.TrimSpace(header[p-1]) == "": // it stands there, without a heading
			case slices.ContainsFunc(c.compiled.confirmed, func(n string) bool { return HeaderKey(n) == HeaderKey(text) }):
				at[i], taken[h] = h, true
			}
		}
	}
}

// Fingerprint names the bytes of a file, of which sum is the SHA-256, read as the dataset is declared and, behind a +, as headings of it
// were confirmed.
func (d *Dataset) Fingerprint(sum []byte) string {
	h := sha256.New()
	h.Write(sum)
	h.Write([]byte(d.Digest))
	name := hex.EncodeToString(h.Sum(nil))
	var confirmed []string
	for i := range d.Columns {
		for _, text := range d.Columns[i].compiled.confirmed {
			confirmed = append(confirmed, HeaderKey(text)+"\x00"+d.Columns[i].Name)
		}
	}
	if len(confirmed) > 0 {
		slices.Sort(confirmed)
		of := sha256.Sum256([]byte(strings.Join(confirmed, "\x01")))
		name += "+" + hex.EncodeToString(of[:8])
	}
	return name
}
