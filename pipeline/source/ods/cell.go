package ods

import (
	"regexp"
	"strconv"
	"strings"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/grid"
	"yanzhen/pipeline/source/numfmt"
	"yanzhen/pipeline/source/remarks"
	"yanzhen/pipeline/source/xmlscan"
)

// maxText is how many bytes of a remark or of a text that lies on a sheet are read.
const maxText = 2000

// found is what stands in a cell.
type found struct {
	cell      grid.Cell
	repeated  int // how many cells like it stand beside each other
	down      int // how many rows it reaches over, and across how many columns
	across    int
	part      bool // some of its letters are struck through, and were left out
	all       bool // all of them are
	style     string
	prompt    string // what is said to whoever fills it in, where that gives a unit
	remark    string
	own       bool     // the program wrote the remark
	texts     []string // that lie over it
	pictures  int
	charts    int
	kind      string
	value     string
	currency  string
	formula   bool
	failed    bool
	paragraph bool
}

// reading is where a cell stands while it is read.
type reading struct {
	text, crossed, aside []byte // its letters; those that are struck through; what stands on it
	spans                []bool // whether the spans that are open are struck through
	depth, outer         int    // of elements; of what is no text of the cell: a remark, a shape, a table within; 0: it is text
}

// read reads to the end of a cell that was just started.
func (c *found) read(b *Book, x *xmlscan.Reader) error {
	c.begin(x)
	if len(b.prompts) > 0 {
		c.prompt = b.prompts[x.AttrString("content-validation-name")]
	}
	r := reading{depth: 1}
	for r.depth > 0 {
		token, err := x.Next()
		switch {
		case err != nil:
			return err
		case token == xmlscan.EOF:
			return xmlscan.ErrBroken
		case token == xmlscan.Text:
			c.letters(&r, x.Text)
		case token == xmlscan.End:
			c.ended(&r, string(x.Name))
		default:
			if err := c.started(&r, b, x); err != nil {
				return err
			}
		}
		if len(r.text)+len(r.crossed) > b.limits.RecordBytes { // spaces are written as elements, in any number
			return xmlscan.ErrLong
		}
	}
	c.cell.Text = string(r.text)
	if len(strings.TrimSpace(string(r.crossed))) > 0 {
		if c.part = strings.TrimSpace(c.cell.Text) != ""; !c.part {
			c.all, c.cell.Text = true, string(r.crossed)
		}
	}
	return nil
}

func (c *found) letters(r *reading, text []byte) {
	switch {
	case r.outer > 0:
		r.aside = little(r.aside, text)
	case !c.paragraph:
	case len(r.spans) > 0 && r.spans[len(r.spans)-1]:
		r.crossed = append(r.crossed, text...)
	default:
		r.text = append(r.text, text...)
	}
}

func (c *found) ended(r *reading, name string) {
	if r.depth--; r.outer > r.depth {
		c.beside(name, r.aside)
		r.outer, r.aside = 0, r.aside[:0]
	}
	switch {
	case r.outer > 0:
		if name == "p" {
			r.aside = little(r.aside, lineEnd)
		}
	case name == "span" && len(r.spans) > 0:
		r.spans = r.spans[:len(r.spans)-1]
	case name == "p":
		c.paragraph = false
	}
}

func (c *found) started(r *reading, b *Book, x *xmlscan.Reader) error {
	name := string(x.Name)
	if r.depth++; r.depth > 100 {
		return xmlscan.ErrBroken
	}
	if r.outer > 0 {
		switch name {
		case "image":
			c.pictures++
		case "object":
			c.charts++
		case "creator", "date", "date-string":
			r.depth--
			by, err := within(x)
			c.own = c.own || by == remarks.Own && name == "creator"
			return err
		}
		return nil
	}
	switch name {
	case "p":
		if len(r.text) > 0 {
			r.text = append(r.text, '\n')
		}
		c.paragraph = true
	case "span":
		above := len(r.spans) > 0 && r.spans[len(r.spans)-1]
		r.spans = append(r.spans, above || b.styles.of("text", x.AttrString("style-name")).struck)
	case "s":
		for range count(x, "c", b.limits.RecordBytes+1) {
			r.text = append(r.text, ' ')
		}
	case "tab":
		r.text = append(r.text, '\t')
	case "line-break":
		r.text = append(r.text, '\n')
	case "ruby-text":
		r.depth--
		_, err := within(x)
		return err
	case "annotation", "frame", "custom-shape", "rect", "g", "table", "line", "ellipse", "caption", "connector", "control", "detective", "event-listeners", "polyline", "polygon", "path", "circle", "measure":
		r.outer, r.aside = r.depth, r.aside[:0]
	}
	return nil
}

// count is how often a start says something is there: once where it does not say, most where it says more.
func count(x *xmlscan.Reader, name string, most int) int {
	v, _ := x.Attr(name)
	n, _ := strconv.Atoi(string(v)) // of one beyond all bounds it is the largest
	return min(max(n, 1), most)
}

// begin takes in what the start of a cell says.
func (c *found) begin(x *xmlscan.Reader) {
	*c = found{texts: c.texts[:0]}
	c.repeated = count(x, "number-columns-repeated", maxColumn)
	c.across, c.down = count(x, "number-columns-spanned", 1<<14), count(x, "number-rows-spanned", maxRow)
	c.style, c.kind = x.AttrString("style-name"), x.AttrString("value-type")
	_, c.formula = x.Attr("formula")
	c.failed = x.Has(`value-type="error"`)
	switch c.kind {
	case "date":
		c.value = x.AttrString("date-value")
	case "time":
		c.value = x.AttrString("time-value")
	case "boolean":
		c.value = x.AttrString("boolean-value")
	case "currency":
		c.value, c.currency = x.AttrString("value"), x.AttrString("currency")
	case "string":
		c.value = x.AttrString("string-value")
	default:
		c.value = x.AttrString("value")
	}
}

var lineEnd = []byte("\n")

// little appends to a text of which no more than maxText bytes are read.
func little(text, more []byte) []byte {
	return append(text, more[:min(len(more), maxText-len(text))]...)
}

// beside keeps what stood on a cell and is none of its text.
func (c *found) beside(name string, text []byte) {
	said := strings.TrimSpace(strings.ToValidUTF8(string(text), ""))
	switch {
	case said == "":
	case name == "annotation":
		c.remark = said
	case name != "event-listeners" && name != "detective" && len(c.texts) < drawn.Most:
		c.texts = append(c.texts, said)
	}
}

// lying reads to the end of a shape that was just started and lies on a sheet.
func (c *found) lying(x *xmlscan.Reader) error {
	var text []byte
	for depth := 1; depth > 0; {
		token, err := x.Next()
		switch {
		case err != nil:
			return err
		case token == xmlscan.EOF:
			return xmlscan.ErrBroken
		case token == xmlscan.Start:
			depth++
			switch string(x.Name) {
			case "image":
				c.pictures++
			case "object":
				c.charts++
			}
		case token == xmlscan.End:
			if depth--; string(x.Name) == "p" {
				text = little(text, lineEnd)
			}
		default:
			text = little(text, x.Text)
		}
	}
	c.beside("", text)
	return nil
}

// within reads to the end of an element that was just started, and gives the beginning of its text.
func within(x *xmlscan.Reader) (string, error) {
	var text []byte
	for depth := 1; depth > 0; {
		token, err := x.Next()
		switch {
		case err != nil:
			return "", err
		case token == xmlscan.EOF:
			return "", xmlscan.ErrBroken
		case token == xmlscan.Start:
			depth++
		case token == xmlscan.End:
			depth--
		default:
			text = little(text, x.Text)
		}
	}
	return string(text), nil
}

var reFailed = regexp.MustCompile(`^(#[A-Z0-9/]+[!?]?|Err:[0-9]+)$`)

// mean makes a cell of what stood in it, by its style.
func (c *found) mean(b *Book, st *style) {
	shown := c.cell.Text
	as := st.show
	if as == nil {
		as = &numfmt.Show{}
	}
	switch {
	case c.failed, c.formula && reFailed.MatchString(shown):
		c.cell = grid.Cell{Text: shown, Kind: grid.Error}
		if shown == "" {
			c.cell.Text = "#N/A"
		}
	case c.kind == "" && shown == "" && c.formula:
		c.cell = grid.Cell{Kind: grid.NoCache}
	case c.kind == "float" || c.kind == "currency" || c.kind == "percentage":
		c.number(b, as)
	case c.kind == "date":
		if iso, ok := numfmt.ISODate(c.value); ok {
			if b.Epoch.Shown {
				iso = as.Day(iso)
			}
			c.cell = grid.Cell{Text: iso, Kind: grid.Date, Form: as.Form("")}
		} else {
			c.cell.Kind = grid.Text
		}
	case c.kind == "time":
		c.cell.Kind = grid.Scaled
	case c.kind == "boolean":
		c.cell = grid.Cell{Text: "FALSE", Kind: grid.Bool}
		if c.value == "true" {
			c.cell.Text = "TRUE"
		}
	default:
		if c.cell.Kind = grid.Text; shown == "" {
			c.cell.Text = c.value
		}
		if !st.right {
			c.cell.Indent = st.indent
		}
		if as.Wording() {
			text, other := as.Words(c.cell.Text)
			if c.cell.Text = text; other {
				c.cell.Kind = grid.Scaled
			}
		} else {
			c.cell.Text = cell.Unguarded(c.cell.Text)
		}
	}
	if c.cell.Text == "" && c.cell.Kind != grid.NoCache {
		c.cell.Kind = grid.Blank
	}
}

// percent shows a percentage of which no format is known with all its digits.
var percent = numfmt.Read("0.##########%")

// padded reports whether a whole number is shown with zeros before it: 0071.
func padded(shown, digits string) bool {
	return len(shown) > len(digits) && len(shown) <= 30 && digits != "" && strings.Trim(digits, "0123456789") == "" && strings.TrimLeft(shown, "0") == strings.TrimLeft(digits, "0") && strings.HasSuffix(shown, digits)
}

// sign is how a format writes a currency that a document knows by its letters.
func sign(currency string) string {
	switch currency = strings.ToUpper(currency); {
	case currency == "CNY" || currency == "RMB" || currency == "CNH":
		return "¥"
	case len(currency) != len("USD") || strings.Trim(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		return "?"
	}
	return currency
}

// number makes a cell of a stored number.
func (c *found) number(b *Book, as *numfmt.Show) {
	digits, shown := strings.TrimSpace(c.value), strings.TrimSpace(c.cell.Text)
	if as.Plain() && padded(shown, digits) { // some programs write what is shown and no format
		zeros := numfmt.Read(strings.Repeat("0", len(shown)))
		as = &zeros
	}
	c.cell = grid.Cell{Text: digits, Kind: grid.Number}
	if c.kind == "percentage" && as.Plain() {
		as = &percent
	}
	if c.currency != "" && as.Plain() { // it counts in that, whatever is shown of it
		money := numfmt.Read(`"` + sign(c.currency) + `"0.##########`)
		as = &money
	}
	if as.Plain() {
		c.cell.Form = as.Fixed()
		return
	}
	if text, kind, ok := as.Write(digits, b.Epoch); ok {
		c.cell = grid.Shows(as, digits, text, kind)
	} else {
		c.cell.Form = as.Form(digits)
	}
}

// keep adds what stands beside the text of a cell to its sheet.
func (s *Sheet) keep(c *found, row, column int) {
	if c.remark != "" && !c.own && len(s.Remarks) < remarks.Most {
		s.Remarks = append(s.Remarks, remarks.Remark{At: (grid.Origin{Row: row}).Cell(column), Text: c.remark})
	}
	for _, text := range c.texts {
		if len(s.Drawing.Texts) < drawn.Most {
			s.Drawing.Texts = append(s.Drawing.Texts, drawn.Text{Row: row, Says: text})
		}
	}
	s.Drawing.Pictures += c.pictures
	s.Drawing.Charts += c.charts
}
