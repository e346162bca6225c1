package account

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/codes"
)

// Share looks whether the figures of a column in percent may be meant as parts of one: 0.123 for 12.3 %. The nil Share is
// that of any other column.
type Share struct {
	parts, others int
	least         float64 // of the others
	signed        int     // figures that say % themselves
	Parts         Cells   // where the first of them stand
}

// mostParts is how many cells are named.
const mostParts = 10

// Signed counts a figure that says % itself: it is no part of one.
func (s *Share) Signed(v float64) {
	if s.signed++; v < -1 || v > 1 {
		s.See(v)
	}
}

// See looks at a figure. True: its cell is one to name.
func (s *Share) See(v float64) bool {
	switch {
	case v < -1 || v > 1:
		if a := max(v, -v); s.others == 0 || a < s.least {
			s.least = a
		}
		s.others++
	case v != 0 && v != 1 && v != -1:
		s.parts++
		return s.parts <= mostParts
	}
	return false
}

// named are those cells.
func (s *Share) named() string {
	list := strings.Join(s.Parts.list, " ")
	if s.parts > mostParts {
		list += " …"
	}
	return list
}

// Tell says so where nothing speaks against it.
func (s *Share) Tell(title, name string, say func(codes.Text)) {
	if s == nil || s.parts == 0 {
		return
	}
	if s.signed > 0 && (s.others == 0 || s.least < 10) {
		say(codes.Text{
			Zh: fmt.Sprintf("列“%s”以 %% 计，有 %d 格自己写了 %%，另有 %d 个数不超过 1 而没有写（%s）；0.123 按 0.123%% 读取，若指 12.3%%，请写成 12.3%%", title, s.signed, s.parts, s.named()),
			En: fmt.Sprintf("column %s counts in percent, %d of its cells say %% themselves and %d figures not above 1 do not (%s): 0.123 was read as 0.123 %%; if it means 12.3 %%, write 12.3%%", name, s.signed, s.parts, s.named()),
		})
		return
	}
	if s.others > 0 {
		if s.least >= 10 {
			say(codes.Text{
				Zh: fmt.Sprintf("列“%s”以 %% 计，有 %d 个数不超过 1（%s），其余都在 10 以上；0.123 按 0.123%% 读取，若指 12.3%%，请写成 12.3 或 12.3%%", title, s.parts, s.named()),
				En: fmt.Sprintf("column %s counts in percent, %d of its figures are not above 1 (%s) and all others are 10 and more: 0.123 was read as 0.123 %%; if it means 12.3 %%, write 12.3 or 12.3%%", name, s.parts, s.named()),
			})
		}
		return
	}
	say(codes.Text{
		Zh: fmt.Sprintf("列“%s”以 %% 计，而所填的数都不超过 1（%d 个小数），按 0.123 即 0.123%% 读取；若 0.123 指 12.3%%，请写成 12.3 或 12.3%%", title, s.parts),
		En: fmt.Sprintf("column %s counts in percent and none of its figures is above 1 (%d fractions): 0.123 was read as 0.123 %%; if it means 12.3 %%, write 12.3 or 12.3%%", name, s.parts),
	})
}
