package scene

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/configs"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
)

// What is shipped is sound and every frame is of a board that is there.
func TestShipped(t *testing.T) {
	boards, err := board.Load(configs.FS, "boards")
	if err != nil {
		t.Fatal(err)
	}
	scenes, err := Read(configs.FS, boards)
	if err != nil || len(scenes) == 0 {
		t.Fatal(len(scenes), err)
	}
	st, err := address.Read(httptest.NewRequest("GET", "/wall/hall?lang=en&chain=magnetic", nil))
	if err != nil {
		t.Fatal(err)
	}
	v, err := Page(scenes, "hall", st)
	if err != nil {
		t.Fatal(err)
	}
	if v.Theme != "dark" || v.Dwell != 20 || v.Frames[0].Also != "sentences" || v.Frames[5].Also != "targets" || !strings.HasPrefix(v.Frames[5].Page, "/responsibility?") || v.Frames[1].Title != "Overview" || v.Frames[1].Page != "/b/overview?chain=magnetic&lang=en&theme=dark" || !strings.HasPrefix(v.Frames[1].Cards, "stock recognised ") {
		t.Errorf("got %+v", v)
	}
	if first, err := Page(scenes, "", st); err != nil || first.Title != v.Title {
		t.Errorf("without a name: %+v %v", first, err)
	}
	if _, err := Page(scenes, "attic", st); err == nil || !strings.Contains(err.Error(), "attic") {
		t.Errorf("a scene that is not there: %v", err)
	}
	if _, err := Page(nil, "", st); err == nil {
		t.Error("no scene at all is shown")
	}
}

// Every fault is told with its key; all of a file at once.
func TestFaults(t *testing.T) {
	boards, err := board.Load(configs.FS, "boards")
	if err != nil {
		t.Fatal(err)
	}
	const head = "scene: hall\ntitle: {zh: 大厅, en: Hall}\n"
	for _, c := range []struct{ text, says string }{
		{head, "frames"},
		{head + "frames: []\n", "1 to 20"},
		{head + "dwell: 4\nframes: [{board: overview, cards: [stock]}]\n", "is 4, want 5 to 600 seconds"},
		{head + "dwell: 0\nframes: [{board: overview, cards: [stock]}]\n", "is 0, want 5 to 600 seconds"},
		{head + "frames: [{board: overvew, cards: [stock]}]\n", `unknown board "overvew"`},
		{head + "frames: [{board: overview}]\n", "has neither cards nor panels nor sentences"},
		{head + "frames: [{board: overview, cards: [flow]}]\n", `"flow" is not of board overview`},
		{head + "frames: [{board: overview, panels: [stock]}]\n", `"stock" is not of board overview`},
		{head + "frames: [{board: overview, panels: [flow, flow]}]\n", `"flow" stands twice`},
		{head + "frames: [{board: overview, panels: [flow, where, chains]}]\n", "are 3, at most 2"},
		{head + "frames: [{board: overview, cards: [stock, recognised, graduates, skilled, net], panels: [flow]}]\n", "are 5, here are at most 4"},
		{head + "frames: [{cards: [stock]}]\n", "is missing"},
		{head + "frames: [{board: overview, targets: true}]\n", "a frame of their own"},
		{head + "frames: [{board: overview, sentences: true, panels: [flow]}]\n", "beside sentences are only cards"},
		{head + "frame: []\n", "frame"},
		{"scene: Great Hall\ntitle: {zh: 大厅, en: Hall}\nframes: [{board: overview, cards: [stock]}]\n", "small letters"},
	} {
		_, err := Read(fstest.MapFS{"scenes/a.yaml": {Data: []byte(c.text)}}, boards)
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "scenes/a.yaml") {
			t.Errorf("%s: got %v, want %q", c.text, err, c.says)
		}
	}
	same := &fstest.MapFile{Data: []byte(head + "frames: [{board: overview, cards: [stock]}]\n")}
	if _, err := Read(fstest.MapFS{"scenes/a.yaml": same, "scenes/b.yaml": same}, boards); err == nil || !strings.Contains(err.Error(), "already declared in") {
		t.Errorf("twice: %v", err)
	}
	if got, err := Read(fstest.MapFS{"scenes/a.yaml": same}, nil); err != nil || len(got) != 1 {
		t.Errorf("without boards: %v %v", got, err)
	}
}
