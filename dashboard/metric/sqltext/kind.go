package sqltext

import "yanzhen/pipeline/dataset"

// Kind is what a column holds, as far as its order goes.
type Kind byte

const (
	Unknown Kind = iota
	Texts
	Numbers
	Dates
)

// KindOf is what a column of a dataset holds.
func KindOf(c *dataset.Column) Kind {
	switch c.Type {
	case dataset.String, dataset.Low, dataset.Code, dataset.CreditCode:
		return Texts
	case dataset.Int8, dataset.Int16, dataset.Int32, dataset.Int64, dataset.Bool:
		return Numbers
	case dataset.Date:
		return Dates
	}
	return Unknown
}

// NeverNullText says of an expression that it is a text in every row; c is the column that it is, nil where it is none.
func NeverNullText(text string, c *dataset.Column) bool {
	return NeverNull(text) || c != nil && KindOf(c) == Texts && !c.Nullable()
}
