package declare

import (
	"testing"

	"yanzhen/pipeline/codes"
)

// What is put into a file changes its own lines only; a file whose lines cannot be told apart is left.
func TestPut(t *testing.T) {
	names := map[string]codes.Text{"zone": {Zh: `甲"区`, En: `A\B`}, "contact": {Zh: "乙", En: "B"}}
	const zone, contact = `zone: {zh: "甲\"区", en: "A\\B"}`, `contact: {zh: "乙", en: "B"}`
	for in, want := range map[string]string{
		"":                   zone + "\n" + contact + "\n",
		"# only a comment\n": "# only a comment\n" + zone + "\n" + contact + "\n",
		"dir: x  # here\n\n# between\nzone: {zh: 旧, en: Old} # named by Li\nlisten: y":         "dir: x  # here\n\n# between\n" + zone + " # named by Li\nlisten: y\n" + contact + "\n",
		"contact:\n  zh: 旧\n  en: Old\n\n# the zone\nzone:\n  zh: 旧\n  en: Old\nlisten:   y\n": contact + "\n\n# the zone\n" + zone + "\nlisten:   y\n",
		"dir: x\r\nzone: {zh: 旧, en: Old}\r\n":                                                 "dir: x\r\n" + zone + "\r\n" + contact + "\r\n",
	} {
		if got, err := Put([]byte(in), names); err != nil || string(got) != want {
			t.Errorf("%q: %q %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"zone: &z {zh: 旧, en: Old}\ncontact: *z\n", "dir: x\n---\ndir: y\n", "{dir: x}\n", "- a\n", "dir: [\n"} {
		if got, err := Put([]byte(in), names); err == nil {
			t.Errorf("%q: %q", in, got)
		}
	}
}
