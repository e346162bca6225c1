package openlineage_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/openlineage"
	"yanzhen/pipeline/secret"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// rules are what the specification asks of a run event (2-0-2) and of the facets that are sent.
const rules = `{
"type": "object", "required": ["eventTime", "producer", "schemaURL", "eventType", "run", "job", "inputs", "outputs"],
"properties": {
  "eventTime": {"type": "string", "format": "date-time"}, "producer": {"type": "string", "format": "uri"},
  "schemaURL": {"const": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"},
  "eventType": {"enum": ["START", "COMPLETE", "FAIL", "ABORT", "OTHER"]},
  "run": {"required": ["runId"], "properties": {"runId": {"type": "string", "format": "uuid"}, "facets": {"additionalProperties": {"$ref": "#/$defs/facet"}, "properties": {
    "parent": {"required": ["run", "job"], "properties": {"run": {"required": ["runId"], "properties": {"runId": {"type": "string", "format": "uuid"}}}, "job": {"required": ["namespace", "name"]}}},
    "nominalTime": {"required": ["nominalStartTime"], "properties": {"nominalStartTime": {"type": "string", "format": "date-time"}}},
    "errorMessage": {"required": ["message", "programmingLanguage"], "properties": {"message": {"type": "string"}}}}}}},
  "job": {"required": ["namespace", "name"], "properties": {"namespace": {"type": "string"}, "name": {"type": "string"}}},
  "inputs": {"type": "array", "items": {"$ref": "#/$defs/dataset"}}, "outputs": {"type": "array", "items": {"$ref": "#/$defs/dataset"}}},
"$defs": {
  "facet": {"type": "object", "required": ["_producer", "_schemaURL"], "properties": {"_producer": {"type": "string", "format": "uri"}, "_schemaURL": {"type": "string", "format": "uri"}}},
  "dataset": {"type": "object", "required": ["namespace", "name"], "properties": {
    "namespace": {"type": "string"}, "name": {"type": "string"},
    "facets": {"additionalProperties": {"$ref": "#/$defs/facet"}, "properties": {
      "documentation": {"required": ["description"]},
      "schema": {"required": ["fields"], "properties": {"fields": {"type": "array", "minItems": 1, "items": {"required": ["name"], "properties": {"name": {"type": "string"}, "type": {"type": "string"}, "description": {"type": "string"}}}}}},
      "columnLineage": {"required": ["fields"], "properties": {"fields": {"type": "object", "additionalProperties": {"required": ["inputFields"], "properties": {"inputFields": {"type": "array", "items": {"required": ["namespace", "name", "field"], "properties": {
        "transformations": {"type": "array", "items": {"required": ["type"], "properties": {"type": {"enum": ["DIRECT", "INDIRECT"]}, "subtype": {"type": "string"}, "masking": {"type": "boolean"}}}}}}}}}}}}}},
    "inputFacets": {"additionalProperties": {"$ref": "#/$defs/facet"}, "properties": {
      "dataQualityAssertions": {"required": ["assertions"], "properties": {"assertions": {"type": "array", "items": {"required": ["assertion", "success"], "properties": {"success": {"type": "boolean"}}}}}}}},
    "outputFacets": {"additionalProperties": {"$ref": "#/$defs/facet"}, "properties": {"outputStatistics": {"required": ["rowCount"], "properties": {"rowCount": {"type": "integer"}}}}}}}}
}`

type event struct {
	EventType string
	Run       struct {
		RunID  string
		Facets map[string]map[string]any
	}
	Job             struct{ Namespace, Name string }
	Inputs, Outputs []struct {
		Namespace, Name                   string
		Facets, InputFacets, OutputFacets map[string]map[string]any
	}
}

// line is what of an event is looked at first.
func (e event) line() string {
	out := e.EventType + " " + e.Job.Name
	for _, d := range e.Inputs {
		out += " from " + d.Name
	}
	for _, d := range e.Outputs {
		out += fmt.Sprint(" to ", d.Name, " rows ", d.OutputFacets["outputStatistics"]["rowCount"])
	}
	return out
}

// catalogue answers as it is told to and keeps what it was sent, once it was held against the rules.
type catalogue struct {
	t      *testing.T
	schema *jsonschema.Schema
	mu     sync.Mutex
	code   int
	asked  int
	all    []byte
	events []event
}

func (c *catalogue) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, _ := io.ReadAll(r.Body)
	c.asked++
	if c.all = append(c.all, text...); r.Header.Get("Authorization") != "Bearer s3cr3t" || r.URL.Path != "/api/v1/lineage" {
		c.t.Errorf("%s %v", r.URL.Path, r.Header)
	}
	if c.code != http.StatusCreated || r.Method != http.MethodPost {
		w.WriteHeader(c.code)
		return
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err == nil {
		err = c.schema.Validate(doc)
	}
	var e event
	if err != nil || json.Unmarshal(text, &e) != nil || r.Header.Get("Content-Type") != "application/json" {
		c.t.Errorf("%v\n%s", err, text)
	}
	c.events = append(c.events, e)
	w.WriteHeader(c.code)
}

func (c *catalogue) answer(code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.code = code
}

// log counts what is said of a catalogue that is away.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) count(s string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), s)
}

// until waits for something that another goroutine does.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 1200 {
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("never: " + what)
}

// A catalogue that is away holds up no load and is told of once; when it is back it hears of every run, that it began before how it
// ended, in events that keep to the specification, and of no file, sheet, cell or person.
func TestEvents(t *testing.T) {
	c := &catalogue{t: t, code: http.StatusServiceUnavailable}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(rules))
	if err == nil {
		err = compiler.AddResource("rules.json", doc)
	}
	if err == nil {
		c.schema, err = compiler.Compile("rules.json")
	}
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(c)
	defer server.Close()
	t.Setenv("YANZHEN_TEST_TOKEN", "s3cr3t")
	settings := openlineage.Settings{Endpoint: server.URL + "/api/v1/lineage", Token: secret.Secret{Env: "YANZHEN_TEST_TOKEN"}, Namespace: "zone"}
	said := &log{}
	s, err := openlineage.Open(settings, "test build", slog.New(slog.NewTextHandler(said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	cat, err := dataset.Load(os.DirFS("../testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: warehousetest.Open(t), Noted: s.Noted}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir(), Log: slog.New(slog.DiscardHandler), Senders: []string{"甲局"}}
	s.Of(func() *pipeline.Loader { return l })
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}

	job := pipeline.Run{ID: pipeline.NewRun(time.Now()), Kind: "job", Job: "moves", Slot: time.Now(), Started: time.Now(), State: pipeline.Running}
	if err := l.PutRun(t.Context(), &job); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	book := filepath.Join(dir, "郭小明11010119900307803X_引进与流出_2026年6月.xlsx")
	write(t, book, "郭小明11010119900307803X", [][]string{{"身份证号", "姓名", "日期", "环节", "人数"}, {"11010119900307803X", "郭小明", "2026-06-01", "a1", "1"}, {"11010119900307803X", "郭小明", "2026-06-02", "a1", "郭"}})
	for _, x := range []struct {
		req  pipeline.Request
		want pipeline.State
	}{
		{pipeline.Request{Path: book, Dataset: "moves", Sender: "甲局"}, pipeline.Published},
		{pipeline.Request{Path: book, Dataset: "moves", Force: true}, pipeline.Published}, // its sender is what the name says
		{pipeline.Request{Path: filepath.Join(dir, "郭小明.csv"), Dataset: "moves", Sender: "甲局"}, pipeline.Failed},
	} {
		x.req.Job, x.req.Parent = "moves", job.ID
		if out, _ := l.Load(t.Context(), x.req); out.State != x.want {
			t.Errorf("%v: %s %v", x.req, out.State, out.Problem)
		}
	}
	job.State, job.Code, job.Finished = pipeline.Cancelled, "stopped", time.Now()
	if err := l.PutRun(t.Context(), &job); err != nil {
		t.Fatal(err)
	}
	// what is held counts once it is accepted; what is said of a run later, or of one that ended long ago, is no news
	held := pipeline.Run{ID: pipeline.NewRun(time.Now()), Kind: "load", Dataset: "moves", Sender: "甲局", Started: time.Now(), Finished: time.Now(), State: pipeline.Held, Code: "shrunk"}
	held.Read, held.Loaded = 7, 7
	s.Noted(held)
	held.State = pipeline.Asked
	s.Noted(held)
	held.State, held.Code = pipeline.Published, "accepted"
	s.Noted(held)
	s.Noted(held)
	s.Noted(pipeline.Run{ID: "old", Kind: "job", Job: "old", Finished: time.Now().Add(-time.Hour), State: pipeline.Failed})

	until(t, "a second attempt", func() bool { c.mu.Lock(); defer c.mu.Unlock(); return c.asked > 1 })
	if st := s.Status(); st.Waiting != 11 || st.Sent != 0 || st.Failing.IsZero() || said.count("not taken") != 1 {
		t.Errorf("while the catalogue was away: %+v, said %d times", st, said.count("not taken"))
	}
	c.answer(http.StatusCreated)
	until(t, "all are taken", func() bool { return s.Status().Sent == 11 })
	// an event that the catalogue never takes is no reason to keep the next ones
	c.answer(http.StatusUnprocessableEntity)
	s.Noted(pipeline.Run{ID: "x", Kind: "job", Job: "x", Started: time.Now()})
	until(t, "one is lost", func() bool { return s.Status().Lost == 1 })
	if st := s.Status(); !st.Failing.IsZero() {
		t.Errorf("an event that is refused makes the catalogue one that takes none: %+v", st)
	}
	c.answer(http.StatusCreated)
	s.Noted(pipeline.Run{ID: "y", Kind: "job", Job: "y", Started: time.Now()})
	until(t, "the next is taken", func() bool { return s.Status().Sent == 12 })
	if st := s.Status(); !st.Failing.IsZero() || said.count("not taken") != 1 || said.count("taken again") != 1 || said.count("will not be sent again") != 1 {
		t.Errorf("%+v\n%s", st, said.text.String())
	}

	var got []string
	for _, e := range c.events {
		got = append(got, e.line())
		if e.Job.Namespace != "zone" || e.Job.Name == "load.moves" && len(e.Run.Facets["parent"]) == 0 && e.Run.RunID != openlineage.RunID(held.ID) {
			t.Errorf("%+v", e)
		}
	}
	want := []string{
		"START job.moves",
		"START load.moves from sent.moves.甲局", "COMPLETE load.moves from sent.moves.甲局 to mart.moves rows 1",
		"START load.moves from sent.moves", "COMPLETE load.moves from sent.moves to mart.moves rows 1",
		"START load", "FAIL load", "ABORT job.moves",
		"START load.moves from sent.moves.甲局", "COMPLETE load.moves from sent.moves.甲局", "OTHER load.moves from sent.moves.甲局 to mart.moves rows 7",
		"START job.y",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(c.events) > 7 {
		first, done, failed := c.events[0], c.events[2], c.events[6]
		if first.Run.RunID != openlineage.RunID(job.ID) || first.Run.Facets["yanzhen_run"]["run"] != job.ID || first.Run.Facets["nominalTime"] == nil ||
			fmt.Sprint(done.Run.Facets["parent"]["run"]) != "map[runId:"+first.Run.RunID+"]" || c.events[1].Run.RunID != done.Run.RunID || failed.Run.Facets["errorMessage"] == nil {
			t.Errorf("runs are not matched: %+v %+v %+v", first, done.Run, failed.Run)
		}
		if rows := fmt.Sprint(done.Run.Facets["yanzhen_run"]["rows"]); rows != "map[duplicates:0 excluded:0 loaded:1 read:2 rejected:1]" {
			t.Errorf("rows %s", rows)
		}
		if a := fmt.Sprint(done.Inputs[0].InputFacets["dataQualityAssertions"]["assertions"]); a != "[map[assertion:no_row_refused success:false]]" {
			t.Errorf("assertions %s", a)
		}
		out := done.Outputs[0].Facets
		if f := fmt.Sprint(out["columnLineage"]["fields"]); !strings.Contains(f, "person:map[inputFields:[map[field:身份证号 name:sent.moves.甲局 namespace:zone transformations:[map[masking:true subtype:TRANSFORMATION type:DIRECT]]]]]") {
			t.Errorf("columns %s", f)
		}
		if f := fmt.Sprint(out["schema"]["fields"]); !strings.Contains(f, "map[description:人数 / People name:people type:") {
			t.Errorf("schema %s", f)
		}
	}
	for _, personal := range []string{"郭", "11010119900307803X", ".xlsx", ".csv"} {
		if bytes.Contains(c.all, []byte(personal)) {
			t.Errorf("%s was sent", personal)
		}
	}

	doctor := func() (all string) {
		openlineage.Doctor(t.Context(), settings, func(_, en string) string { return en }, func(state, _, detail string) { all += state + " " + detail })
		return all
	}
	c.answer(http.StatusMethodNotAllowed)
	if d := doctor(); d != "ok "+settings.Endpoint {
		t.Error(d)
	}
	c.answer(http.StatusUnauthorized)
	if d := doctor(); !strings.HasPrefix(d, "warn the catalogue refuses the token") {
		t.Error(d)
	}
	s.Noted(pipeline.Run{ID: "z", Kind: "job", Job: "z", Started: time.Now()})
	until(t, "it is tried", func() bool { return !s.Status().Failing.IsZero() })
	s.Close() // does not wait for the catalogue
	if said.count("given up at the end of the program") != 1 {
		t.Error(said.text.String())
	}
	if d := (openlineage.Settings{}); func() bool { x, err := openlineage.Open(d, "", nil); x.Close(); return x != nil || err != nil }() {
		t.Error("a sender of nothing")
	}
}

// write makes a workbook of one sheet.
func write(t *testing.T, path, sheet string, rows [][]string) {
	t.Helper()
	var cells strings.Builder
	for _, row := range rows {
		cells.WriteString("<row>")
		for _, c := range row {
			cells.WriteString(`<c t="inlineStr"><is><t>` + c + `</t></is></c>`)
		}
		cells.WriteString("</row>")
	}
	const rel, main = "http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for _, part := range [][2]string{
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="b" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + main + `" xmlns:r="` + rel + `"><sheets><sheet name="` + sheet + `" sheetId="1" r:id="b"/></sheets></workbook>`},
		{"xl/worksheets/sheet1.xml", `<worksheet xmlns="` + main + `"><sheetData>` + cells.String() + `</sheetData></worksheet>`},
	} {
		w, err := z.Create(part[0])
		if err == nil {
			_, err = io.WriteString(w, part[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
