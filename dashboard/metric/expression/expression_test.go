package expression

import "testing"

func TestConditional(t *testing.T) {
	for text, want := range map[string]string{
		"count()":                                 "countIf(c)",
		"sum(ifNull(x, 0))":                       "sumIf(ifNull(x, 0), c)",
		"uniqExact(person, date)":                 "uniqExactIf(person, date, c)",
		"countIf(kind = 'a, (b)')":                "countIf((kind = 'a, (b)') and c)",
		"sumIf(x, y in (1, 2)) - count() * 2":     "sumIf(x, (y in (1, 2)) and c) - countIf(c) * 2",
		"quantileExact(0.5)(x)":                   "",
		"count(distinct x)":                       "",
		"round(sum(x + greatest(y, 1)), 2) + 1e3": "round(sumIf(x + greatest(y, 1), c), 2) + 1e3",
	} {
		var tokens []Token
		for rest := text; rest != ""; {
			next, err := Next(rest)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			tokens, rest = append(tokens, next), rest[len(next.Text):]
		}
		if Joined(tokens) != text {
			t.Errorf("%s: the tokens are %q", text, Joined(tokens))
		}
		if out, ok := conditional(tokens, []Token{{Word, "c"}}); Joined(out) != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", text, Joined(out), ok, want)
		}
	}
}
