package fetch

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"yanzhen/pipeline/days"
)

// part is one file of what was fetched: a period, or all of it.
type part struct {
	period days.Range // zero: the dataset has none
	path   string
	rows   int

	file *os.File
	w    *bufio.Writer
}

// spool writes rows as the files that the loader reads: comma-separated UTF-8 with a line of names, a file a period.
type spool struct {
	source *Source
	dir    string
	names  []string
	date   int // where the column of the period stands; -1: there is none
	parts  map[days.Range]*part
	adrift [][][]byte // rows without a day, which go with the latest period and are refused there
	line   []byte
}

const (
	mostParts  = 2000    // periods of one source
	mostAdrift = 100_000 // rows without a day
)

// errAdrift is said of too many rows without a day.
var errAdrift = errors.New("too many rows without a day")

func (s *Source) spool(dir string, names []string) *spool {
	return &spool{source: s, dir: dir, names: names, date: slices.Index(names, s.Period), parts: map[days.Range]*part{}}
}

// period is the one that a row belongs to; false where its day cannot be read.
func (p *spool) period(cells [][]byte) (days.Range, bool) {
	if p.date < 0 {
		return days.Range{}, true
	}
	c := cells[p.date]
	if len(c) > len(time.DateOnly) && c[len(time.DateOnly)] == ' ' {
		c = c[:len(time.DateOnly)]
	}
	d, ok := days.ParseDay(string(c))
	if !ok || d.Year() < days.MinYear {
		return days.Range{}, false
	}
	return days.Grain(p.source.ds.Period.Grain).Of(d), true
}

func (p *spool) add(cells [][]byte) error {
	period, ok := p.period(cells)
	if !ok {
		if len(p.adrift) == mostAdrift {
			return errAdrift
		}
		row := make([][]byte, len(cells))
		for i, c := range cells {
			row[i] = bytes.Clone(c)
		}
		p.adrift = append(p.adrift, row)
		return nil
	}
	return p.write(period, cells)
}

func (p *spool) write(period days.Range, cells [][]byte) error {
	x := p.parts[period]
	if x == nil {
		if len(p.parts) == mostParts {
			return problem("source_periods", "取来的行分到了太多期间", "what was fetched falls into too many periods", "核对 period 所指的列", "check the column that period names")
		}
		x = &part{period: period, path: filepath.Join(p.dir, p.source.display(period))}
		var err error
		if x.file, err = os.OpenFile(x.path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600); err != nil {
			return err
		}
		p.parts[period] = x
		x.w = bufio.NewWriterSize(x.file, 16<<10)
		head := make([][]byte, len(p.names))
		for i, n := range p.names {
			head[i] = []byte(n)
		}
		if err := p.put(x, head); err != nil {
			return err
		}
	}
	x.rows++
	return p.put(x, cells)
}

func (p *spool) put(x *part, cells [][]byte) error {
	comma := byte(',')
	if d := p.source.ds.Text.Delimiter; d != "" {
		comma = d[0]
	}
	p.line = p.line[:0]
	for i, c := range cells {
		if i > 0 {
			p.line = append(p.line, comma)
		}
		if len(c) == 0 {
			continue
		}
		if bytes.IndexByte(c, comma) < 0 && !bytes.ContainsAny(c, "\"\r\n\t;|") && c[0] != ' ' && c[len(c)-1] != ' ' {
			p.line = append(p.line, c...)
			continue
		}
		p.line = append(p.line, '"')
		for _, b := range c {
			if b == '"' {
				p.line = append(p.line, '"')
			}
			p.line = append(p.line, b)
		}
		p.line = append(p.line, '"')
	}
	_, err := x.w.Write(append(p.line, '\n'))
	return err
}

// done ends the files. They are in the order of their periods.
func (p *spool) done() ([]*part, error) {
	var latest days.Range
	for r := range p.parts {
		if latest.IsZero() || latest.From.Before(r.From) {
			latest = r
		}
	}
	if len(p.adrift) > 0 && len(p.parts) == 0 {
		return nil, problem("source_period", "没有一行的 "+p.source.Period+" 是日期", "no row has a date in "+p.source.Period, "核对 period 所指的列：应为 date 或 timestamp", "check the column that period names: it should be a date or a timestamp")
	}
	var errs []error
	for _, row := range p.adrift {
		if err := p.write(latest, row); err != nil {
			return nil, err
		}
	}
	var out []*part
	for _, x := range p.parts {
		errs = append(errs, x.w.Flush(), x.file.Close())
		x.file = nil
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b *part) int { return a.period.From.Compare(b.period.From) })
	return out, errors.Join(errs...)
}

func (p *spool) close() {
	for _, x := range p.parts {
		if x.file != nil {
			x.file.Close()
			x.file = nil
		}
	}
}

// display is what a file of the source is called.
func (s *Source) display(period days.Range) string {
	if period.IsZero() {
		return s.Name + ".csv"
	}
	return s.Name + "_" + period.String() + ".csv"
}
