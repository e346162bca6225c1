package dashboard

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"yanzhen/dashboard/metric"
)

// The browser prints numbers by the table of the metrics' units, and by no other.
func TestDigitsOfUnits(t *testing.T) {
	s, err := newStatic(nil)
	if err != nil {
		t.Fatal(err)
	}
	text := string(s.files["js/digits.js"].raw)
	_, text, _ = strings.Cut(text, "export const digits = ")
	var got map[string]metric.ChartDigits
	if err := json.Unmarshal([]byte(strings.TrimSuffix(strings.TrimSpace(text), ";")), &got); err != nil || !reflect.DeepEqual(got, metric.ChartFormats()) {
		t.Errorf("got %v, %v", got, err)
	}
	format := string(s.files["js/format.js"].raw)
	for name := range got {
		if strings.Contains(format, "\n  "+name+":") {
			t.Errorf("format.js prints %s by a rule of its own", name)
		}
	}
	if !strings.Contains(format, `from "./digits.js"`) {
		t.Error("format.js does not read digits.js")
	}
}
