package subscribe

import (
	"testing"

	"yanzhen/pipeline/codes"
)

// What was short of time or memory is tried again as what failed is; what cannot be asked is not.
func TestMissing(t *testing.T) {
	for body, again := range map[string]bool{
		`{"code":"too_slow","detail":"x"}`:      true,
		`{"code":"too_much","detail":"x"}`:      true,
		`{"code":"unprocessable","detail":"x"}`: false,
		`no problem at all`:                     false,
	} {
		if m := missing(422, []byte(body), codes.Zh); m.Again != again {
			t.Errorf("%s: again %v", body, m.Again)
		}
	}
	for status, again := range map[int]bool{400: false, 429: true, 500: true, 503: true} {
		if m := missing(status, nil, codes.En); m.Again != again {
			t.Errorf("%d: again %v", status, m.Again)
		}
	}
}
