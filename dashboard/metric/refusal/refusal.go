// Package refusal says why a question about metrics cannot be asked, and what can be asked instead.
package refusal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"yanzhen/pipeline/codes"
)

// ErrInvalid marks a question that cannot be asked: an unknown metric, dimension or grain, an impossible period. Every
// such error is an *Invalid, which says what is wrong in both languages.
var ErrInvalid = errors.New("无法回答的查询 / invalid query")

// ErrSlow marks a question that was not answered in its time.
var ErrSlow = errors.New("the question was not answered in its time")

// InTime makes an ErrSlow of an end of time, where err is one.
func InTime(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", ErrSlow, err)
	}
	return err
}

// Invalid is an ErrInvalid with what is wrong and what is valid instead.
type Invalid struct {
	Text codes.Text
	have string     // valid values, the same in both languages; empty: none are told
	near string     // the valid value that was probably meant
	More codes.Text // said after the valid values
	// TooMuch: it could be asked, and takes more memory than there is.
	TooMuch bool
}

// Refuse makes an ErrInvalid. It writes both languages with the same arguments; one that wants them in another order numbers them, as in %[2]s.
func Refuse(zh, en string, args ...any) *Invalid {
	return &Invalid{Text: codes.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}}
}

// Among adds the valid values.
func (e *Invalid) Among(have []string) *Invalid {
	e.have = strings.Join(have, ", ")
	return e
}

// NearTo adds the valid value that was probably meant by name, or all where none is near.
func (e *Invalid) NearTo(name string, have []string) *Invalid {
	have = slices.Sorted(slices.Values(have))
	if e.near = codes.Nearest(name, have); e.near == "" {
		return e.Among(have)
	}
	return e
}

// In is what is wrong in one language.
func (e *Invalid) In(lang codes.Lang) string {
	text := e.Text.In(lang)
	open, shut, have, mean := "（", "）", "可用的有 ", "是不是 %s？"
	if lang == codes.En {
		open, shut, have, mean = " (", ")", "have ", "did you mean %s?"
	}
	switch {
	case e.near != "":
		return text + open + fmt.Sprintf(mean, e.near) + shut
	case e.have != "":
		return text + open + have + e.have + e.More.In(lang) + shut
	}
	return text
}

// Error has both languages, and the valid values once.
func (e *Invalid) Error() string {
	return ErrInvalid.Error() + ": " + e.Text.Zh + " / " + e.In(codes.En)
}

// Unwrap makes it an ErrInvalid.
func (e *Invalid) Unwrap() error { return ErrInvalid }
