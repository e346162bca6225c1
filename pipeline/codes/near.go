package codes

// Nearest returns the word within two edits of s, the first by its letters where several are as near; "" where none is, so that a slip of the finger is corrected and another word is not guessed at.
func Nearest(s string, words []string) string {
	best, least := "", 3
	for _, w := range words {
		if d := Edits(s, w); d < least || d == least && best != "" && w < best {
			best, least = w, d
		}
	}
	return best
}

// Edits is how many letters must be inserted, deleted or replaced to make b of a.
func Edits(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range to {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, diagonal+1, row[j]+1)
		}
	}
	return row[len(to)]
}
