package reading

import (
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/glance"
)

// maxDict is how many distinct values a dictionary may have carried over from earlier batches.
// Beyond it the next batch starts an empty one, so that a column declared low by mistake does not
// fill the memory.
const maxDict = 20_000

// Dictionary keeps the distinct values of a column, and what each distinct text in its cells was found to
// mean, so that every text is looked at once.
type Dictionary struct {
	values  []string
	places  map[string]int32 // of the values
	memo    map[string]int32 // the places of texts in means
	means   []meaning
	recent  []slot  // of means, by hash of the text: most cells say what one shortly before said
	said    string  // to again,
	last    int32   // which returned this
	Items   []int32 // the places of the items in the list cell that was read last
	ahead   []int32 // the places of values, from 1, by the numbers of their texts that a Looker gave; 0: it is not known
	learned int     // how many of these follow each other from 1 on
	size    int     // bytes of values and of the texts in memo
	array   arrow.Array
	fresh   bool // values changed since array was made
}

// meaning is what the text of a cell was found to mean.
type meaning struct {
	i    int32 // the place in the dictionary, the rank, or 0 and 1
	none bool
	told Notice
	f    *cell.Fault
}

// slot is where the meaning of a text is found again at a look. It holds nothing that the collector looks at.
type slot struct {
	glance.Ends
	i     int32 // the meaning's, where plain
	at    int32 // its place in means, from 1; 0: it is not known
	plain bool  // it is a value, and there is nothing else to say
}

// NewDictionary is an empty one.
func NewDictionary() *Dictionary {
	d := &Dictionary{}
	d.reset()
	return d
}

func (d *Dictionary) reset() {
	d.values, d.size, d.last, d.fresh = nil, 0, 0, true
	d.places, d.memo, d.means = map[string]int32{}, map[string]int32{}, nil
	clear(d.recent)
	clear(d.ahead)
	d.learned = 0
}

// Bound starts anew where the dictionary has grown too large. The places handed out so far mean nothing then.
func (d *Dictionary) Bound() {
	if len(d.values) > maxDict || len(d.memo) > 2*maxDict || d.size > 1<<24 {
		d.reset()
	}
}

// Full reports whether the values are as much as one batch should carry.
func (d *Dictionary) Full() bool { return d.size > 1<<25 }

// place returns the place of a value, adding it where it is new.
func (d *Dictionary) place(s string) int32 {
	if i, ok := d.places[s]; ok {
		return i
	}
	s = strings.Clone(s) // the source's string may be a piece of a large buffer
	i := int32(len(d.values))
	d.values = append(d.values, s)
	d.size += len(s)
	d.places[s] = i
	d.fresh = true
	return i
}

// Again is place for a column that says the same in row after row.
func (d *Dictionary) Again(s string) int32 {
	if len(d.values) == 0 || s != d.said {
		d.last, d.said = d.place(s), s
	}
	return d.last
}

// recents is how many meanings a dictionary keeps at hand at first; of more texts more, up to most.
const recents, mostRecents = 1 << 11, 1 << 14

// near is where the meaning of a text stands if it was asked for recently; else known is false, and it is to be put there.
func (d *Dictionary) near(text string) (s *slot, known bool) {
	hash, ends := glance.Spread(text)
	s = &d.recent[hash&uint64(len(d.recent)-1)]
	if s.Ends == ends && s.at > 0 {
		return s, true
	}
	*s = slot{Ends: ends}
	return s, false
}

// Known is the place of a text that was looked at recently and is a value, where nothing else is to be said of it.
func (d *Dictionary) Known(text string) (place int32, ok bool) {
	s, known := d.near(text)
	return s.i, known && s.plain
}

// Ahead holds the places of values, from 1, by the numbers of their texts that a Looker gave; 0: it is not known, or there is more
// to say of the text.
func (d *Dictionary) Ahead() []int32 { return d.ahead }

// Learned reports whether all of the first n such numbers are known.
func (d *Dictionary) Learned(n int64) bool {
	for d.learned < len(d.ahead)-1 && d.ahead[d.learned+1] > 0 {
		d.learned++
	}
	return int64(d.learned) >= n
}

// Learn keeps what the text of a number means, where it was read by now.
func (d *Dictionary) Learn(number int64, text string) {
	place, ok := d.Known(text)
	if !ok {
		return
	}
	for int64(len(d.ahead)) <= number {
		d.ahead = append(d.ahead, make([]int32, max(64, len(d.ahead)))...)
	}
	d.ahead[number] = place + 1
}

// Values are the first values of the column.
func (d *Dictionary) Values() []string {
	if d == nil {
		return nil
	}
	return d.values[:min(len(d.values), 200)]
}

// point lets a slot point to the meaning of its text.
func (s *slot) point(m *meaning, at int32) {
	s.i, s.at, s.plain = m.i, at+1, !m.none && m.told == 0 && m.f == nil
}

// Strings is the array of the values so far; the same array as long as none was added, so that the stream
// carries it once.
func (d *Dictionary) Strings() *array.Data {
	if d.array == nil || d.fresh {
		d.Release()
		offs := make([]int32, len(d.values)+1)
		text := make([]byte, 0, d.size)
		for i, s := range d.values {
			text = append(text, s...)
			offs[i+1] = int32(len(text))
		}
		data := array.NewData(arrow.BinaryTypes.String, len(d.values), []*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offs)), memory.NewBufferBytes(text)}, nil, 0, 0)
		d.array = array.MakeFromData(data)
		data.Release()
		d.fresh = false
	}
	return d.array.Data().(*array.Data)
}

// Release frees the array that Strings has made.
func (d *Dictionary) Release() {
	if d.array != nil {
		d.array.Release()
		d.array = nil
	}
}

// remember keeps what a text means, and returns its place.
func (d *Dictionary) remember(text string, m meaning) int32 {
	at := int32(len(d.means))
	d.means = append(d.means, m)
	d.memo[strings.Clone(text)] = at
	d.size += len(text)
	if n := len(d.recent); len(d.memo) > n/16 && n < mostRecents {
		d.recent = make([]slot, 2*n)
	}
	return at
}
