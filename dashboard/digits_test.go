package dashboard

import (
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"yanzhen/dashboard/board"
	"yanzhen/pipeline/codes"
)

// The browser prints numbers by the table of the metrics' units, and by no other.
func TestDigitsOfUnits(t *testing.T) {
	digits, err := json.Marshal(board.ChartFormats())
	if err != nil {
		t.Fatal(err)
	}
	files, err := staticFiles(digits, nil, codes.Text{})
	if err != nil {
		t.Fatal(err)
	}
	served := func(name string) string {
		w := httptest.NewRecorder()
		files.ServeHTTP(w, httptest.NewRequest("GET", files.Base+name, nil))
		return w.Body.String()
	}
	text := served("js/digits.js")
	_, text, _ = strings.Cut(text, "export const digits = ")
	var got map[string]board.ChartDigits
	if err := json.Unmarshal([]byte(strings.TrimSuffix(strings.TrimSpace(text), ";")), &got); err != nil || !reflect.DeepEqual(got, board.ChartFormats()) {
		t.Errorf("got %v, %v", got, err)
	}
	format := served("js/format.js")
	for name := range got {
		if strings.Contains(format, "\n  "+name+":") {
			t.Errorf("format.js prints %s by a rule of its own", name)
		}
	}
	if !strings.Contains(format, `from "./digits.js"`) {
		t.Error("format.js does not read digits.js")
	}
}
