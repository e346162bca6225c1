package audit

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// mostFollowed bounds what one step of a Follower reads.
const mostFollowed = 64 << 20

// Follower reads what is added to the trail of a zone's directory, each entry once. It is used by one goroutine.
type Follower struct {
	Dir string

	day  string
	at   int64
	most int64 // of one step; 0: mostFollowed. Only tests set it
}

// Next gives f every entry since the last step; the first step begins with the day of since, or with the end of a long one.
func (o *Follower) Next(since time.Time, f func(Entry)) error {
	dir := filepath.Join(o.Dir, "audit")
	days, err := daysOf(dir)
	if err != nil {
		return err
	}
	if o.day == "" {
		o.day = since.UTC().Format(time.DateOnly)
		if info, err := os.Stat(filepath.Join(dir, o.day+suffix)); err == nil {
			o.at = max(0, info.Size()-cmp.Or(o.most, mostFollowed))
		}
	}
	left := cmp.Or(o.most, mostFollowed)
	for _, day := range days {
		if day < o.day {
			continue
		}
		if day > o.day {
			o.day, o.at = day, 0
		}
		read, whole, err := follow(filepath.Join(dir, day+suffix), o.at, left, f)
		o.at += read
		if left -= read; err != nil || left <= 0 || !whole { // the rest of the day comes before the next
			return err
		}
	}
	return nil
}

// follow reads whole lines from a place on, and says how many bytes they have, and whether most went beyond the file's end.
func follow(name string, at, most int64, f func(Entry)) (read int64, whole bool, err error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) { // it was pruned
		return 0, true, nil
	}
	if err != nil {
		return 0, false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, false, err
	}
	whole = info.Size()-at <= most
	in := bufio.NewReaderSize(io.NewSectionReader(file, at, most), longestLine)
	for {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) { // no entry is so long
			read += int64(len(line))
			continue
		}
		if err == io.EOF {
			return read, whole, nil
		}
		if err != nil {
			return read, false, err
		}
		read += int64(len(line))
		var e Entry
		if json.Unmarshal(line, &e) == nil {
			f(e)
		}
	}
}
