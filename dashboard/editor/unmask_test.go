package editor_test

import (
	"net/http"
	"net/url"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/asking"
	"yanzhen/dashboard/statement"
	"yanzhen/pipeline/dataset"
)

const named = "select name from arrivals where name != '' order by toUInt32OrZero(substringUTF8(name, 3)), name limit 3"

// Names stand as they were sent for whoever has the right and says why, and only in that statement; who read what and why is in
// the trail before it is answered. Where it cannot be written down, or the right or the reason is missing, masks stay.
func unmasks(h *house) {
	ask := func(reason string) (int, string, answered) {
		res, text, a := h.program("", map[string]any{"sql": named, "unmask_reason": reason})
		return res.StatusCode, text, a
	}
	plain := func() string {
		_, text, _ := h.program("", map[string]any{"sql": named})
		return text
	}
	if code, text, a := ask("核对一封来信"); code != http.StatusForbidden || a.Code != "forbidden" || strings.Contains(text, "王小") {
		h.Errorf("without the right: %d %s", code, text)
	}
	may := li()
	may.May |= access.Unmask
	h.as(may)
	if text := plain(); !strings.Contains(text, "王*") || strings.Contains(text, "王小") {
		h.Errorf("without a reason: %s", text)
	}
	for _, short := range []string{"看", strings.Repeat("长", 201)} {
		if code, text, a := ask(short); code != http.StatusBadRequest || a.Code != "bad_reason" || strings.Contains(text, "王小") {
			h.Errorf("reason %.10s: %d %s", short, code, text)
		}
	}
	if code, text, _ := ask("核对一封来信 13812345678"); code != http.StatusOK || !strings.Contains(text, "王小0") {
		h.Errorf("with a reason: %d %s", code, text)
	}
	if text := plain(); strings.Contains(text, "王小") {
		h.Errorf("the next statement: %s", text)
	}
	if _, text := h.send("POST", "/sql/run", map[string]any{"id": "unmask1", "sql": named, "reason": "核对一封来信"}); !strings.Contains(text, `"done"`) {
		h.Error(text)
	}
	rows := func() string { _, text := h.send("GET", "/sql/rows/unmask1?from=0&n=3", nil); return text }
	if text := rows(); !strings.Contains(text, "王小0") {
		h.Errorf("the page: %s", text)
	}
	form := url.Values{"sql": {named}, "format": {"csv"}, "reason": {"核对一封来信"}}
	if _, text := h.send("POST", "/sql/export", form.Encode(), "Content-Type", "application/x-www-form-urlencoded"); !strings.Contains(text, "王小0") {
		h.Errorf("a file: %s", text)
	}
	if _, text := h.send("GET", "/sql", nil); !strings.Contains(text, "data-reason") {
		h.Error("the page has no field for the reason")
	}
	for _, sql := range []string{"select * from store.arrivals", "select file('/etc/passwd')", "insert into plain.arrivals values (1)", "select create_table_query from system.tables", "show create view plain.arrivals", "select * from meta.ledger", "select 1 settings max_threads = 8"} {
		res, text, _ := h.program("", map[string]any{"sql": sql, "unmask_reason": "核对一封来信"})
		if res.StatusCode == http.StatusOK {
			h.Errorf("%s: %s", sql, text)
		}
	}
	if res, text, _ := h.program("", map[string]any{"sql": "select z.zh, a.name from arrivals a join codes_nodes z on z.code = a.node limit 1", "unmask_reason": "核对一封来信"}); res.StatusCode != http.StatusOK || !strings.Contains(text, "王小") {
		h.Errorf("with a code list: %d %s", res.StatusCode, text)
	}
	h.as(li())
	if text := rows(); strings.Contains(text, "王小") {
		h.Errorf("after the right was taken back: %s", text)
	}
	for _, sql := range []string{"select name from plain.arrivals limit 3", "select name from arrivals join plain.arrivals p on 1 limit 3"} {
		if res, text, _ := h.program("", map[string]any{"sql": sql}); res.StatusCode == http.StatusOK || strings.Contains(text, "王小") {
			h.Errorf("%s: %d %s", sql, res.StatusCode, text)
		}
	}
	if _, text := h.send("GET", "/sql", nil); strings.Contains(text, "data-reason") {
		h.Error("the page offers the reason to whoever may not")
	}
	h.as(may)
	long := "-- " + strings.Repeat("无害的注释", 300) + "\nselect name from arrivals where name != {hidden:String} order by toUInt32OrZero(substringUTF8(name, 3)), name limit 3"
	program := func(sql string) (int, string, answered) {
		res, text, a := h.program("", map[string]any{"sql": sql, "unmask_reason": "核对一封来信", "params": map[string]any{"hidden": "赵小明 13912345678"}})
		return res.StatusCode, text, a
	}
	if code, text, _ := program(long); code != http.StatusOK || !strings.Contains(text, "王小0") {
		h.Errorf("a long statement: %d %s", code, text)
	}
	if code, text, a := program("-- " + strings.Repeat("长", 12_000) + "\n" + named); code != http.StatusBadRequest || a.Code != "too_long" || strings.Contains(text, "王小") {
		h.Errorf("one that does not fit the trail: %d %s", code, text)
	}
	h.views.Use(&dataset.Catalog{}) // declared no more
	if code, text, _ := ask("核对一封来信"); code != http.StatusOK || strings.Contains(text, "王小") {
		h.Errorf("a dataset that is declared no more is read without masks: %d %s", code, text)
	}
	h.views.Use(h.sets)
	if code, text, _ := ask("核对一封来信"); code != http.StatusOK || !strings.Contains(text, "王小0") {
		h.Errorf("declared again: %d %s", code, text)
	}
	list, _, err := audit.Find(h.dir, audit.Query{Did: "unmask", Most: 50})
	if err != nil {
		h.Fatal(err)
	}
	said := ""
	for _, e := range list {
		said += e.Who + " " + e.What + " " + e.Result + "\n"
	}
	for _, want := range []string{"li api: 核对一封来信", " | select name from arrivals", "li page: 核对", "li file csv: 核对", "li api refused", "⏎ select name from arrivals where name != {hidden:String}", "| hidden=赵小明 "} {
		if !strings.Contains(said, want) {
			h.Errorf("the trail lacks %q: %s", want, said)
		}
	}
	if strings.Contains(said, "13812345678") || strings.Contains(said, "13912345678") {
		h.Errorf("the trail holds a number: %s", said)
	}
	room := asking.Room{Desk: &statement.Desk{Unmasked: (&statement.Desk{}).Analyst}}
	if got, err := room.Unmask(asking.Asked{Who: may, Reason: "核对一封来信"}, statement.Ask{}); err == nil || got.Unmasked {
		h.Error("nobody writes it down, and it is unmasked")
	}
}
