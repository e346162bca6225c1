package batch

import (
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// sexOf holds a column of sexes that has cells of its own against the identity numbers that it is also read from.
type sexOf struct{ sex, person *column }

// sexesTwice finds the columns of which one row tells the sex twice.
func (t *frame) sexesTwice() {
	t.sexes = nil
	for _, c := range t.columns {
		if c.Decl.Parse != "id_sex" || c.At < 0 || c.List == nil {
			continue
		}
		for _, p := range t.columns {
			if p.Decl.Name == c.Decl.Of && p.Decl.Type == dataset.Person && p.At >= 0 && p.At != c.At {
				t.sexes = append(t.sexes, sexOf{c, p})
			}
		}
	}
}

// differs reports whether the two tell different sexes. A number that is no identity card's tells none.
func (s *sexOf) differs(row *source.Row) bool {
	if s.sex.At >= len(row.Cells) || s.person.At >= len(row.Cells) {
		return false
	}
	number := row.Cells[s.person.At].Text
	if !cell.TidyID(number) {
		number = cell.Document(cell.Fold(number))
	}
	if len(number) != 18 || number[16] < '0' || number[16] > '9' {
		return false
	}
	code, ok := s.sex.List.Find(cell.Trim(row.Cells[s.sex.At].Text))
	return ok && (code == "M") != (number[16]&1 == 1)
}
