package dashboard

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"math"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/api"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/suppose"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/frozen"
	"yanzhen/pipeline/warehouse"
)

// plainText is what a page says, without its marks.
func plainText(body string) string {
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " ")), " ")
}

func (s *site) responsibilityTest(t *testing.T) {
	// asked of the database without a metric: the people recognised in the half-year, and their target
	var got, target float64
	if err := s.loader.DB.Row(t.Context(), warehouse.SQL("select toFloat64(target) from mart.targets where metric = 'national_selections' and tier = 'expected'"), &target); err != nil {
		t.Fatal(err)
	}
	if err := s.loader.DB.Row(t.Context(), warehouse.SQL("select toFloat64(uniqExact(person)) from mart.selections where level = 'national' and selected_on >= '2026-01-01' and selected_on < '2026-07-01'"), &got); err != nil {
		t.Fatal(err)
	}
	percent := fmt.Sprintf("%.1f%%", 100*got/target)
	text := plainText(s.page(t, "/responsibility?lang=zh"))
	for _, want := range []string{
		percent, "区人社局", "责任单位次序", "隐藏排名", "自 2026 年 6 月 1 日起由 6,500 调整", "经管委会同意下调", "保底 500 · 奋斗 560", "每月需", "期末预计", "个百分点",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q: %.600s", want, text)
		}
	}
	if n := strings.Count(text, "6,500"); n != 1 {
		t.Errorf("the replaced target stands %d times on the page", n)
	}
	body := s.page(t, "/responsibility?lang=zh&rank=hide")
	if strings.Contains(body, "责任单位次序") || !strings.Contains(body, "显示排名") {
		t.Error("the ranking is not hidden")
	}
	if late := s.page(t, "/responsibility?lang=zh&pace=behind"); strings.Contains(late, `data-l="进度" class="pace when"`) || !strings.Contains(late, `class="pace when bad"`) || !strings.Contains(late, "看全部") {
		t.Error("those behind are not shown alone")
	}
	if first := regexp.MustCompile(`class="pace when( bad)?"`).FindAllStringSubmatch(body, -1); len(first) < 10 || first[0][1] == "" || first[len(first)-1][1] != "" {
		t.Errorf("what lags does not stand first: %q", first)
	}
	s.Unranked = true
	body = s.page(t, "/responsibility?lang=zh&rank=show")
	s.Unranked = false
	if strings.Contains(body, "责任单位次序") || strings.Contains(body, "排名") {
		t.Error("the ranking is shown where the office hides it")
	}
	one := plainText(s.page(t, "/responsibility?lang=en&unit="+url.QueryEscape("区科技局")))
	latin := func(name string) string { return s.Catalog.Label("", name).En }
	if !strings.Contains(one, latin("区科技局")) || strings.Contains(one, latin("区人社局")) || !strings.Contains(one, "a month needed") {
		t.Errorf("the page of one unit: %.600s", one)
	}
	if cards := plainText(s.page(t, "/b/overview?lang=zh")); !strings.Contains(cards, "期末预计 ") {
		t.Errorf("no card says where its target ends: %.600s", cards)
	}
	// a unit is measured over its own part, and the page says over which
	scoped := plainText(s.page(t, "/responsibility?lang=zh"))
	for _, want := range []string{"全区", "园区：磁材小镇", "园区：钼业新材料园", "磁材小镇管理办公室"} {
		if !strings.Contains(scoped, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if text := plainText(s.page(t, "/responsibility?lang=zh&period=2024")); !strings.Contains(text, words.In(codes.Zh, "no_targets")) {
		t.Errorf("a year without targets: %.400s", text)
	}

	// the same on the card, and not where the figure is of a part
	card := plainText(s.page(t, "/b/overview?lang=zh"))
	if want := "2026 年目标 " + metric.Number(&target, metric.People) + " 人 " + percent; !strings.Contains(card, want) {
		t.Errorf("no card says %q", want)
	}
	if strings.Contains(plainText(s.page(t, "/b/overview?lang=zh&chain=magnetic")), "年目标 ") {
		t.Error("a card compares a part with the target of the whole")
	}
	// of other days it only says where the target stands
	if other := plainText(s.page(t, "/b/overview?lang=zh&from=2026-04-01&to=2026-07-01")); strings.Contains(other, percent) || !strings.Contains(other, "年目标见目标责任") {
		t.Errorf("a card compares some days with the target of others: %.600s", other)
	}
}

var equation = regexp.MustCompile(`<div><b[^>]*>([0-9,]+) (?:人|people)</b>`)

func (s *site) whatifTest(t *testing.T) {
	// the same from the rows, by hand
	var demand, supply, certified, enrolled, placed, followed float64
	for sql, to := range map[string][2]*float64{
		"select toFloat64(sum(needed)), toFloat64(sum(ifNull(applicants, 0))) from mart.vacancies where node = 'superalloy.cast' and posted_on >= '2026-01-01' and posted_on < '2026-07-01'": {&demand, &supply},
	} {
		if err := s.loader.DB.Row(t.Context(), warehouse.SQL(sql), to[0], to[1]); err != nil {
			t.Fatal(err)
		}
	}
	rate := func(name string) float64 {
		r, err := s.Engine.Run(t.Context(), metric.Query{Metric: name, From: days.Date(2025, 7, 1), To: days.Date(2026, 7, 1), Where: []metric.Filter{{Dim: "node", Values: []string{"superalloy.cast"}}}})
		if err != nil || len(r.Points) != 1 || r.Points[0].Value == nil {
			t.Fatalf("%s: %v %+v", name, err, r)
		}
		return *r.Points[0].Value
	}
	certified, enrolled, placed, followed = rate("training_certified"), rate("training_enrolments"), rate("training_placed"), rate("training_followed")
	gap := max(demand-supply, 0)
	if gap < 50 || enrolled < suppose.Enough || followed == 0 {
		t.Fatalf("the demo data do not serve: gap %v, enrolled %v, followed %v", gap, enrolled, followed)
	}
	trained := math.Floor(200 * certified / enrolled * placed / followed)
	want := []float64{gap, trained, 10, max(gap-trained-10, 0)}
	for _, lang := range []string{"zh", "en"} {
		body := s.page(t, "/chain/whatif?node=superalloy.cast&seats=200&hire=10&lang="+lang)
		found := equation.FindAllStringSubmatch(body, -1)
		if len(found) != 4 {
			t.Fatalf("%d figures: %.400s", len(found), plainText(body))
		}
		for i, f := range found {
			if f[1] != metric.Number(&want[i], metric.People) {
				t.Errorf("figure %d is %s, want %v of %v", i, f[1], want[i], want)
			}
		}
	}
	text := plainText(s.page(t, "/chain/whatif?node=superalloy.cast&seats=200&hire=10&lang=zh"))
	for _, w := range []string{"假设", "培训合格率", "取证率", "训后就业率", "本环节课程", "个培训名额", "有缺口的环节", "精密铸造"} {
		if !strings.Contains(text, w) {
			t.Errorf("the page does not say %q: %.800s", w, text)
		}
	}
	if text := plainText(s.page(t, "/chain/whatif?node=superalloy.cast&seats=0&hire=100000&lang=zh")); !strings.Contains(text, "→ 0 人") {
		t.Errorf("more people than posts: %.400s", text)
	}
	if !strings.Contains(s.page(t, "/b/chain?lang=zh"), `href="/chain/whatif"`) {
		t.Error("the board of the chains does not lead to the page")
	}
}

func (s *site) coverageTest(t *testing.T) {
	if n := strings.Count(s.page(t, "/b/inflow?lang=zh"), "报送 "); n < 3 {
		t.Errorf("%d figures of the board say who reported", n)
	}
	if text := plainText(s.page(t, "/data?lang=zh")); !strings.Contains(text, "最近一期报送") {
		t.Errorf("the data page: %.400s", text)
	}
	// the page of a load says who has reported its period and who has not, as the book of duties does, and no figure is called final before
	var run, period string
	if err := s.loader.DB.Row(t.Context(), warehouse.SQL("select run, period from meta.live where dataset = 'arrivals' order by max_date desc, unit limit 1"), &run, &period); err != nil {
		t.Fatal(err)
	}
	live, err := s.Engine.Live(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	r, _ := days.Parse(period)
	c := live.Covers()["arrivals"].Over(r)
	want := words.In(codes.Zh, "run_cov_whole", r.Label(codes.Zh), c.Reported, c.Due)
	if len(c.Missing) > 0 {
		want = strings.ReplaceAll(words.In(codes.Zh, "run_cov_open", r.Label(codes.Zh), c.Reported, c.Due, strings.Join(c.Missing, "、")), "  ", " ")
	}
	if text := plainText(s.page(t, "/data/runs/"+run+"?lang=zh")); c.Due == 0 || !strings.Contains(text, want) {
		t.Errorf("the load of %s does not say %q: %.600s", period, want, text)
	}
	// what is not in a figure, and why: from the foot of its panel
	link := regexp.MustCompile(`href="(/data/excluded\?[^"]*metric=[^"]*inflow[^"]*)">拒收`).FindStringSubmatch(s.page(t, "/b/inflow?lang=zh"))
	if link == nil {
		t.Fatal("no panel leads to the rows that were refused")
	}
	whole := regexp.MustCompile(`(from|to)=[0-9-]+&?`).ReplaceAllString(html.UnescapeString(link[1]), "") // of all time
	body := s.page(t, with(strings.TrimSuffix(whole, "&"), "lang=zh"))
	text := plainText(body)
	var read, loaded, rejected, others, copies, cells float64
	db := s.loader.DB
	if err := db.Row(t.Context(), warehouse.SQL("select toFloat64(sum(read)), toFloat64(sum(l.loaded)), toFloat64(sum(l.rejected)), toFloat64(sum(l.excluded)), toFloat64(sum(l.duplicates)) from meta.live as l where dataset = 'arrivals'"), &read, &loaded, &rejected, &others, &copies); err != nil {
		t.Fatal(err)
	}
	if err := db.Row(t.Context(), warehouse.SQL("select toFloat64(count()) from meta.rejects where dataset = 'arrivals' and not warn and batch in (select batch from meta.live)"), &cells); err != nil {
		t.Fatal(err)
	}
	told := 0.0 // by rule
	for _, m := range regexp.MustCompile(`(?s)<code>[a-z_]+</code></td>\s*<td class="n"[^>]*>([0-9,]+)</td>`).FindAllStringSubmatch(body, -1) {
		n, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", ""), 64)
		if err != nil {
			t.Fatal(err)
		}
		told += n
	}
	if told < cells || cells == 0 {
		t.Errorf("%v refused cells by rule, the books have %v of arrivals alone", told, cells)
	}
	if read != loaded+rejected+others+copies || rejected == 0 {
		t.Errorf("the demo zone: %v = %v + %v + %v + %v", read, loaded, rejected, others, copies)
	}
	for _, v := range []float64{read, loaded, rejected, others} {
		if n := metric.Number(&v, metric.Records); !strings.Contains(text, n) {
			t.Errorf("the page lacks %s: %s", n, text)
		}
	}
	if !strings.Contains(body, `href="/data/runs/`) || !strings.Contains(text, "装入了，但不在口径之内") {
		t.Errorf("no file is named, or what the definition leaves out: %s", text)
	}
	for path, want := range map[string]int{"/data/excluded": 200, "/data/excluded?dataset=talents&lang=en": 200, "/data/excluded?metric=inflw": 404, "/data/excluded?dataset=arrival": 404} {
		if r := s.get(t, path); r.status != want {
			t.Errorf("%s: %d, want %d", path, r.status, want)
		}
	}
}

// How senders have reported stands on a page, and on one of each: what was refused, and for what, where who looks may see rows.
func (s *site) qualityTest(t *testing.T) {
	all := s.page(t, "/data/quality?lang=zh")
	if text := plainText(all); !strings.Contains(text, "区人社局") || !regexp.MustCompile(`\d+\.\d%`).MatchString(text) || !strings.Contains(text, " × ") || !strings.Contains(all, `<svg class="quality-trend"`) {
		t.Errorf("%.600s", text)
	}
	one := plainText(s.page(t, "/data/quality?sender="+url.QueryEscape("区人社局")+"&lang=en"))
	if !strings.Contains(one, "Jun 2026") || strings.Contains(one, "社保中心") {
		t.Errorf("%.600s", one)
	}
	if r := s.get(t, "/data/quality?sender=nobody"); r.status != 404 {
		t.Errorf("nobody: %d", r.status)
	}
	leader := &access.Viewer{Name: "l", Role: access.Leader, May: access.Leader.May(access.Joint)}
	if code, body := s.as(leader, "/data/quality"); code != 200 || strings.Contains(body, " × ") || !strings.Contains(body, "区人社局") {
		t.Errorf("a leader: %d", code)
	}
}

// Who owes what stands on a page, as JSON, and below each figure; late is told against the calendar.
func (s *site) dutiesTest(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		body := s.page(t, "/data/duties?lang="+lang)
		text, sender := plainText(body), "区人社局"
		if lang == "en" {
			sender = s.Catalog.Label("", sender).En
		}
		for _, want := range []string{words.In(codes.Lang(lang), "duty_late"), words.In(codes.Lang(lang), "duty_inferred"), sender, "2026-06"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the page lacks %q: %.400s", lang, want, text)
			}
		}
		if !strings.Contains(body, `class="duty-cell duty duty-late"`) && !strings.Contains(body, `class="duty-cell duty duty-complete"`) {
			t.Errorf("%s: no period of a sender is shown", lang)
		}
	}
	// what is owed now stands first, a line a sender, and what is not is folded away
	body := s.page(t, "/data/duties?lang=zh")
	now, tables, rest := strings.Index(body, "duty-now"), strings.Index(body, "duty-table"), strings.Index(body, `<details class="duty-rest">`)
	if now < 0 || tables < now || rest < tables || strings.Count(body[now:tables], "<tr>") > 40 || !strings.Contains(body[now:tables], "state-late") {
		t.Errorf("what is owed now: at %d, tables at %d, folded at %d", now, tables, rest)
	}
	if one := plainText(s.page(t, "/data/duties?dataset=arrivals&lang=zh")); strings.Contains(one, "区技能鉴定中心") {
		t.Errorf("the duties of one dataset: %.400s", one)
	}
	if r := s.get(t, "/data/duties?dataset=arrival"); r.status != 404 {
		t.Errorf("an unknown dataset: %d", r.status)
	}
	var owed []struct {
		Dataset, Sender, From, To, Due, State string
		Overdue, Inferred                     bool
	}
	if err := json.Unmarshal([]byte(s.get(t, "/api/v1/duties").body), &owed); err != nil || len(owed) == 0 || owed[0].Due <= owed[0].From || !owed[0].Inferred {
		t.Errorf("as JSON: %v %+v", err, owed[:min(len(owed), 1)])
	}
}

// What was asked for is not repeated at length, nor carried on in links.
func (s *site) longTest(t *testing.T) {
	long := strings.Repeat("a", 5000)
	people := url.Values{}
	for i := range 2000 {
		people.Add("enterprise", fmt.Sprint("企业", i))
	}
	for path, status := range map[string]int{
		"/b/inflow?chain=" + long: 400, "/b/" + long: 404, "/" + long: 404, "/b/inflow?" + long + "=1": 400, "/data/runs/" + long: 404,
		"/chain/whatif?node=" + long: 400, "/b/inflow?" + people.Encode(): 414, "/b/overview?freeze=" + long: 404, "/b/inflow?from=" + long + "&to=2026-01-01": 400,
	} {
		r := s.get(t, path)
		if r.status != status || len(r.body) > 12_000 || strings.Contains(r.body, strings.Repeat("a", 300)) {
			t.Errorf("%.40s: status %d, %d bytes", path, r.status, len(r.body))
		}
	}
	if r := s.get(t, "/b/overview?chain=cotton"); strings.Contains(r.body, `chain=cotton"`) || strings.Contains(r.body, "chain=cotton&") {
		t.Error("a refused filter is carried on in links")
	}
}

func (s *site) unitsTest(t *testing.T) {
	body := s.page(t, "/data/metrics?lang=en")
	for _, m := range regexp.MustCompile(`<p class="mute"><code>[^<]*</code>([^<]*)`).FindAllStringSubmatch(body, -1) {
		if han.MatchString(m[1]) {
			t.Errorf("a unit is not English: %q", m[1])
		}
	}
	for _, b := range s.Boards {
		for _, p := range b.Panels {
			r := s.get(t, "/api/v1/panels/"+b.Name+"/"+p.Name+"?format=definition&lang=en")
			for _, m := range regexp.MustCompile(`<dt>Unit</dt><dd>([^<]*)`).FindAllStringSubmatch(r.body, -1) {
				if han.MatchString(m[1]) {
					t.Errorf("%s/%s: unit %q", b.Name, p.Name, m[1])
				}
			}
		}
	}
}

// flat writes rows as a CSV file of ours, with plain line ends.
func flat(t *testing.T, rows [][]string) string {
	t.Helper()
	var out strings.Builder
	out.WriteString("\uFEFF")
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// What was reported stays, and the card says what it is now and what moved it.
func (s *site) freezeTest(t *testing.T) {
	const gap = "/api/v1/panels/chain/gap?format=csv"
	reported := s.get(t, gap)
	if reported.status != 200 || strings.Count(reported.body, "\n") < 2 {
		t.Fatalf("%d %s", reported.status, reported.body)
	}
	freeze := frozen.Date{Name: "2026-06 月报", At: time.Now(), Note: "报管委会", By: "区委人才办"}
	if err := s.loader.Freeze(t.Context(), freeze); err != nil {
		t.Fatal(err)
	}
	card := func(query string) string {
		body := s.page(t, "/b/chain?lang=zh"+query)
		i := strings.Index(body, `data-card="gap"`)
		if i < 0 {
			t.Fatal("no such card")
		}
		body = body[i:]
		return plainText(body[strings.IndexByte(body, '>')+1 : strings.Index(body, "</article>")])
	}
	then := card("")
	at := "&freeze=" + url.QueryEscape(freeze.Name)
	if text := card(at); !strings.Contains(text, words.In(codes.Zh, "not_moved")) {
		t.Errorf("nothing came since: %s", text)
	}
	file := filepath.Join(t.TempDir(), "测试局_岗位需求_2026年5月.csv")
	if err := os.WriteFile(file, []byte("发布日期,用人单位,产业链节点,岗位,学历,需求人数\n2026-05-03,甲铸造厂,精密铸造,铸造工,不限,1000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := s.loader.Load(t.Context(), pipeline.Request{Path: file}); err != nil || out.State != pipeline.Published {
		t.Fatal(out.State, err)
	}
	time.Sleep(1100 * time.Millisecond)
	s.movedTest(t, freeze)
	s.newsTest(t, freeze.At)
	if now := s.get(t, gap); now.body == reported.body {
		t.Errorf("the figures now are those of before: %s", now.body)
	}
	// the figures as they were reported, and beside those that moved a column of what they are now
	old, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.get(t, gap+at).body, "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var as, is [][]string
	for _, row := range old {
		var a, b []string
		for i, c := range row {
			if strings.Contains(old[0][i], "现为") {
				b[len(b)-1] = c
				continue
			}
			a, b = append(a, c), append(b, c)
		}
		as, is = append(as, a), append(is, b)
	}
	if got := flat(t, as); got != strings.ReplaceAll(reported.body, "\r\n", "\n") {
		t.Errorf("the figures as reported are others than were reported:\n%s\n%s", got, reported.body)
	}
	figures := func(text string) string { // of the first row, without what is remarked
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(rows[1][:slices.Index(rows[0], "说明")], ",")
	}
	if now := figures(s.get(t, gap).body); now != figures(flat(t, is)) || now == figures(flat(t, as)) {
		t.Errorf("beside them should stand %s: %q", now, old)
	}
	var was float64
	if _, err := fmt.Sscan(strings.ReplaceAll(regexp.MustCompile(`[0-9,]+`).FindString(strings.TrimPrefix(then, "链上岗位缺口")), ",", ""), &was); err != nil {
		t.Fatal(err, then)
	}
	now := was + 1000 // the link had a gap before
	text := card(at)
	for _, want := range []string{"已报 " + metric.Number(&was, metric.People) + "，现 " + metric.Number(&now, metric.People), "此后的报送 1 份", "测试局_岗位需求_2026年5月.csv", "测试局 · "} {
		if !strings.Contains(text, want) {
			t.Errorf("the card lacks %q: %s", want, text)
		}
	}
	s.bookOfReport(t, at, freeze.Name)
	// the other surfaces of the figure, and the cells of tables
	def := plainText(s.get(t, strings.Replace(gap, "csv", "definition", 1)+"&lang=zh"+at).body)
	for _, want := range []string{"此后有", "测试局_岗位需求_2026年5月.csv", "第 "} {
		if !strings.Contains(def, want) {
			t.Errorf("the definition lacks %q: %s", want, def)
		}
	}
	for _, name := range []string{"gaps", "graph"} {
		api := "/api/v1/panels/chain/" + name + "?lang=zh" + at
		if table := s.get(t, api+"&format=table").body; !strings.Contains(table, `<small class="now">现 `) || !strings.Contains(table, "测试局_岗位需求_2026年5月.csv") {
			t.Errorf("%s: no cell is marked as moved, or nobody is named: %.600s", name, plainText(table))
		}
		if r := s.get(t, api); !strings.Contains(r.body, `"since":"此后有`) {
			t.Errorf("%s does not say that figures moved: %.300s", name, r.body)
		}
	}
	body := s.page(t, "/b/chain?lang=zh"+at)
	if !strings.Contains(body, "封账") || !strings.Contains(body, `name="freeze" value="`+freeze.Name) {
		t.Error("the page does not say that it is of a report date, or its form forgets it")
	}
	foot := regexp.MustCompile(`href="(/data/excluded\?[^"]*freeze=[^"]+)"`).FindStringSubmatch(body)
	if foot == nil {
		t.Error("the foot of a panel of a report date leads to the rows of today")
	} else {
		s.page(t, with(html.UnescapeString(foot[1]), "lang=zh"))
	}
	list := plainText(s.page(t, "/data/freezes?lang=zh"))
	for _, want := range []string{freeze.Name, freeze.Note, freeze.By} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q: %s", want, list)
		}
	}
	// what programs and agents are told leads back by its name
	told := s.get(t, "/api/v1/metrics/inflow?lang=zh"+at)
	links := regexp.MustCompile(`"link": ?"([^"]*from=[^"]*)"`).FindAllStringSubmatch(told.body, -1)
	if len(links) == 0 {
		t.Errorf("no link of a figure: %.300s", told.body)
	}
	for _, l := range links {
		if u := strings.ReplaceAll(l[1], `\u0026`, "&"); !strings.Contains(u, strings.TrimPrefix(at, "&")) || strings.Contains(u, "as_of=") {
			t.Errorf("a link of a report date: %s", u)
		}
	}
	// a report date that is taken back: who follows a link from a signed paper is told, and finds no figure; programs have a code
	if err := s.loader.Unfreeze(t.Context(), freeze.Name, pipeline.Why{By: "统计员甲", Reason: "五月岗位未到齐"}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/b/chain?lang=zh" + at, gap + at, "/briefings/half_year/docx?lang=zh" + at, "/responsibility?lang=zh" + at} {
		r := s.get(t, path)
		if r.status != 410 || !strings.Contains(r.body, "统计员甲") || !strings.Contains(r.body, "五月岗位未到齐") || strings.HasPrefix(path, "/api/") && !strings.Contains(r.body, `"withdrawn"`) {
			t.Errorf("%s: %d %s", path, r.status, plainText(r.body))
		}
	}
	if list := s.page(t, "/data/freezes?lang=zh"); !strings.Contains(list, "由统计员甲撤销：五月岗位未到齐") || strings.Contains(list, "freeze="+url.QueryEscape(freeze.Name)) {
		t.Errorf("the list of report dates: %s", plainText(list))
	}
	if body := plainText(s.page(t, "/b/chain?lang=zh")); strings.Contains(body, freeze.Name) {
		t.Error("the page of today counts from a report date that was withdrawn")
	}
	// before anything was published there was nothing to report
	if text := plainText(s.page(t, "/b/overview?lang=zh&as_of=2020-01-01")); !strings.Contains(text, words.In(codes.Zh, "no_data_yet")) {
		t.Errorf("as of a day before any load: %.300s", text)
	}
}

// A server tells what it was started with.
func (s *site) declaredTest(t *testing.T) {
	if r := s.get(t, "/api/v1/declared"); r.body != string(s.Server.Declared) || !strings.HasPrefix(r.header.Get("Content-Type"), "application/json") {
		t.Errorf("%d %s", r.status, r.body)
	}
	w := httptest.NewRecorder()
	api.Declared(nil).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 200 || w.Body.String() != "null" {
		t.Errorf("of a server that was told nothing: %d %s", w.Code, w.Body)
	}
}

// movedTest looks for what stands below a page: how many of its figures have moved since the freeze, with a link to them as
// they were, what is due next, and whom to ask. With a filter chosen, nothing is said of the freeze.
func (s *site) movedTest(t *testing.T, freeze frozen.Date) {
	t.Helper()
	moved := regexp.MustCompile(`<li><a href="([^"]*)">自 2026-06 月报 冻结以来，本页有 (\d+) 个数字变动`)
	var m []string
	for range 40 { // counted while nobody waits
		if m = moved.FindStringSubmatch(s.page(t, "/b/chain?lang=zh")); m != nil {
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	if m == nil {
		t.Fatal("the page does not say what has moved")
	}
	if n, _ := strconv.Atoi(m[2]); n < 3 || n > 400 {
		t.Errorf("%s figures have moved", m[2])
	}
	if u, err := url.Parse(html.UnescapeString(m[1])); err != nil || u.Path != "/b/chain" || u.Query().Get("freeze") != freeze.Name {
		t.Errorf("the line leads to %s", m[1])
	}
	body := s.page(t, "/b/chain?lang=en&chain=magnetic")
	if strings.Contains(body, "since the freeze") || !strings.Contains(body, "Questions: 甲科") || !strings.Contains(body, ">Next due ") {
		t.Errorf("below a page with a filter stands %q", plainText(body[strings.LastIndex(body, "stands"):]))
	}
	if body = s.page(t, "/b/overview?lang=zh"); strings.Contains(body, `>下一个报送日`) {
		t.Error("the overview says twice what is due next")
	}
}
