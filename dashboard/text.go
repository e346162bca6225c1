package dashboard

import (
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// longest is how much of an address a page repeats, in characters.
const longest = 200

// say is words.Get.
func say(key string, args ...any) codes.Text { return words.Get(key, args...) }
