package batch

import "yanzhen/pipeline/source"

func knownParser(p parser) bool { return false }

func (r *Reader) readParsed(c *column, n int, cell *source.Cell) (outcome, *fault) {
	return filled, faultNumber
}

func creditText(s string) (string, *fault) { return s, nil }
