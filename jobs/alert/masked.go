package alert

import (
	"crypto/rand"
	"strings"

	"yanzhen/jobs/channel"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/mask"
)

// hide masks the numbers of persons. Its key is of this process alone: nothing outside can be matched by what stands there.
var hide = mask.Mask{Key: []byte(rand.Text())}

// masked is a text as it may leave the installation: in one line, without the numbers and the mail addresses of persons.
func masked(t codes.Text) codes.Text {
	one := func(s string) string {
		s, _ = hide.Text(strings.Join(strings.Fields(channel.Masked(s)), " "))
		if r := []rune(s); len(r) > 400 {
			s = string(r[:399]) + "…"
		}
		return s
	}
	return codes.Text{Zh: one(t.Zh), En: one(t.En)}
}
