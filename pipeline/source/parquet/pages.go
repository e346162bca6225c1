package parquet

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/thrift/lib/go/thrift"
	"github.com/klauspost/compress/zstd"
)

const (
	headerBytes = 32 << 10 // of a page's header, with its statistics: as much is read ahead for each column
	codeBits    = 16       // of a code in a dictionary that may be smaller than that
)

// The kinds of pages and the encodings that are looked at, by their numbers in the format.
const (
	dataPage, dictionaryPage, dataPage2 = 0, 2, 3

	plainDictionary, deltaWhole, deltaLength, deltaText, codes8 = 2, 5, 6, 7, 8
)

// pages hands over the pages of a column of a row group, each after a look at what it claims: the library makes room for all of
// that before it has read any of it. What a page takes is given back when the column has gone on to the next one.
type pages struct {
	file.PageReader
	stream *bufio.Reader
	budget *bounded
	rows   int64 // of the row group
	deep   bool  // values may be missing: levels stand before them
	page   int64 // what the page takes that is read, and what stays until the end of the row group
	stays  int64
	packed int64 // the room for a page as it is stored
	words  int64 // of the dictionary
	err    error
}

// open opens the pages of a column.
func (t *Table) pagesOf(group *file.RowGroupReader, i int, budget *bounded) (*pages, error) {
	m, err := group.MetaData().ColumnChunk(i)
	if err != nil {
		return nil, err
	}
	from, size := m.DataPageOffset(), m.TotalCompressedSize()
	if m.HasDictionaryPage() && m.DictionaryPageOffset() > 0 && m.DictionaryPageOffset() < from {
		from = m.DictionaryPageOffset()
	}
	if from < 0 || size < 0 || from > t.size || size > t.size {
		return nil, errBroken
	}
	if m.CryptoMetadata() != nil {
		return nil, locked()
	}
	size += 100 // old programs did not count the header of a dictionary
	p := &pages{budget: budget, rows: group.NumRows(), deep: t.leaves[i].MaxDefinitionLevel() > 0, stays: headerBytes}
	budget.take(headerBytes)
	p.stream = bufio.NewReaderSize(io.NewSectionReader(t.r, from, min(size, t.size-from)), headerBytes)
	p.PageReader, err = file.NewPageReader(p.stream, m.NumValues(), m.Compression(), memory.NewGoAllocator(), nil)
	if err == nil {
		p.SetMaxPageHeaderSize(headerBytes)
	}
	return p, err
}

// Err says why there is no next page, where it is not that the last one was read.
func (p *pages) Err() error {
	if p.err != nil {
		return p.err
	}
	return p.PageReader.Err()
}

// Next reads a page, where there is memory left for it.
func (p *pages) Next() bool {
	p.budget.give(p.page)
	p.page = 0
	view, err := p.stream.Peek(headerBytes)
	if err != nil && err != io.EOF {
		p.err = err
		return false
	}
	h, err := headerOf(view)
	if err == nil {
		err = p.claim(h)
	}
	if err != nil {
		p.err = err
		return false
	}
	if !p.PageReader.Next() {
		return false
	}
	p.err = p.codes(h)
	return p.err == nil
}

// claim takes the memory for a page, and looks whether it can hold what it says.
func (p *pages) claim(h header) error {
	if h.packed < 0 || h.size < 0 || h.values < 0 || h.size == 0 && h.packed > 1<<10 {
		return errBroken
	}
	takes := int64(h.size)
	switch h.kind {
	case dictionaryPage:
		if h.values > h.size { // a word is a byte at least
			return errBroken
		}
		p.words = int64(h.values)
		takes += 24 * p.words
	case dataPage, dataPage2:
		if int64(h.values) > p.rows {
			return errBroken
		}
		takes += 8 * int64(h.values)
	default:
		return errBroken
	}
	if room := int64(h.packed); room > p.packed {
		room = max(room, 2*p.packed) // as the library's buffer grows
		p.budget.take(room - p.packed)
		p.stays, p.packed = p.stays+room-p.packed, room
	}
	p.budget.take(takes)
	if h.kind == dictionaryPage {
		p.stays += takes
	} else {
		p.page = takes
	}
	return nil
}

// codes looks at how the values of a page are told: the library makes room for the largest code that their width allows, and
// for as many differences as stand in front of them.
func (p *pages) codes(h header) error {
	data := p.Page().Data()
	skip := int64(0)
	switch {
	case h.kind == dataPage2:
		skip = int64(h.levels)
	case h.kind == dataPage && p.deep:
		if len(data) < 4 {
			return errBroken
		}
		skip = 4 + int64(binary.LittleEndian.Uint32(data))
	}
	if h.kind == dictionaryPage {
		return nil
	}
	if skip < 0 || skip > int64(len(data)) {
		return errBroken
	}
	data = data[skip:]
	switch h.encoding {
	case plainDictionary, codes8:
		if len(data) > 0 && int(data[0]) > max(codeBits, bits.Len64(uint64(p.words))) {
			return errBroken
		}
	case deltaWhole, deltaLength, deltaText:
		r := bytes.NewReader(data)
		block, _ := binary.ReadUvarint(r)
		parts, _ := binary.ReadUvarint(r)
		values, err := binary.ReadUvarint(r)
		if err != nil && len(data) > 0 || block > 1<<16 || parts > block || values > uint64(h.values) {
			return errBroken
		}
	}
	return nil
}

// close gives back what the pages took.
func (p *pages) close() {
	p.budget.give(p.page + p.stays)
	p.page, p.stays = 0, 0
}

// header is what the header of a page claims.
type header struct {
	kind, size, packed       int32 // size is that of the page when it is unpacked
	values, encoding, levels int32 // levels: bytes of them, of a page of the second version

	words, values2, encoding2 int32 // what a dictionary and a page of the second version say
}

// headerOf reads the header of a page, as the library will.
func headerOf(view []byte) (h header, err error) {
	p := thrift.NewTCompactProtocolConf(&thrift.TMemoryBuffer{Buffer: bytes.NewBuffer(view)}, &thrift.TConfiguration{})
	ctx := context.Background()
	whole := func(to *int32) field {
		return field{thrift.I32, func() (err error) {
			*to, err = p.ReadI32(ctx)
			return err
		}}
	}
	within := func(fields map[int16]field) field {
		return field{thrift.STRUCT, func() error { return fieldsOf(ctx, p, fields) }}
	}
	var rep, def int32
	err = fieldsOf(ctx, p, map[int16]field{
		1: whole(&h.kind), 2: whole(&h.size), 3: whole(&h.packed),
		5: within(map[int16]field{1: whole(&h.values), 2: whole(&h.encoding)}),
		7: within(map[int16]field{1: whole(&h.words)}),
		8: within(map[int16]field{1: whole(&h.values2), 4: whole(&h.encoding2), 5: whole(&def), 6: whole(&rep)}),
	})
	switch h.kind {
	case dictionaryPage:
		h.values = h.words
	case dataPage2:
		h.values, h.encoding = h.values2, h.encoding2
	}
	if def < 0 || rep < 0 || int64(def)+int64(rep) > int64(h.size) {
		err = errBroken
	}
	h.levels = def + rep
	return h, err
}

// field is one that is read: a whole number or a struct.
type field struct {
	kind thrift.TType
	read func() error
}

// fieldsOf reads a struct, and passes over the fields that nobody asked for.
func fieldsOf(ctx context.Context, p thrift.TProtocol, fields map[int16]field) error {
	if _, err := p.ReadStructBegin(ctx); err != nil {
		return err
	}
	for {
		_, kind, id, err := p.ReadFieldBegin(ctx)
		switch {
		case err != nil:
			return err
		case kind == thrift.STOP:
			return p.ReadStructEnd(ctx)
		}
		if f, ok := fields[id]; ok && f.kind == kind {
			err = f.read()
		} else {
			err = p.Skip(ctx, kind)
		}
		if err != nil {
			return err
		}
	}
}

// filling is a way of packing that unpacks no more than there is room for: those of the library make more.
type filling struct {
	compress.Codec
	unpack func(dst, src []byte) ([]byte, error)
}

func (f filling) Decode(dst, src []byte) []byte {
	b, err := f.unpack(dst, src)
	if err != nil {
		panic(err)
	}
	return b
}

func init() {
	unzip, err := zstd.NewReader(nil, zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		panic(err)
	}
	of := func(c compress.Compression, unpack func(compress.Codec, []byte, []byte) ([]byte, error)) {
		was, err := compress.GetCodec(c)
		if err != nil {
			panic(err)
		}
		compress.RegisterCodec(c, filling{was, func(dst, src []byte) ([]byte, error) { return unpack(was, dst, src) }})
	}
	of(compress.Codecs.Zstd, func(_ compress.Codec, dst, src []byte) ([]byte, error) { return unzip.DecodeAll(src, dst[:0]) })
	of(compress.Codecs.Snappy, func(was compress.Codec, dst, src []byte) ([]byte, error) {
		if n, _ := binary.Uvarint(src); n > uint64(len(dst)) {
			return nil, fmt.Errorf("%w: %d bytes of snappy for %d", errBroken, n, len(dst))
		}
		return was.Decode(dst, src), nil
	})
}
