package workbook

import (
	"net/http"
	"strconv"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
)

// Whole refuses a workbook of which more panels failed than whoever asked knows of; failed says of each why. Who does not say a
// number looks at it, and finds there what failed.
func Whole(known string, failed []string) error {
	most, err := strconv.Atoi(known)
	if err != nil {
		return nil
	}
	for _, why := range failed {
		if why == "" {
			continue
		}
		if most--; most < 0 {
			return address.Refuse(http.StatusServiceUnavailable, words.Get("book_part", why))
		}
	}
	return nil
}
