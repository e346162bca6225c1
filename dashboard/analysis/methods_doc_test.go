package analysis_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/configs"
	"yanzhen/dashboard/analysis"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/dataset"
)

// docPage is the page whose examples are run here.
const docPage = "../../docs/methods.md"

// A verb is the word an example begins with: the name of a method, or of a step or part of one.
type verb struct {
	calls []string // functions of package analysis
	run   func(a *docArgs) (any, error)
}

// verbs says what each example calls. A method that a metric can name has its verb here.
var verbs = map[string]verb{
	"shares": {[]string{"Shares"}, func(a *docArgs) (any, error) { return analysis.Shares(a.list("x")) }},
	"sum":    {[]string{"Sum"}, func(a *docArgs) (any, error) { return analysis.Sum(a.list("x")), nil }},

	"mismatch": {[]string{"Mismatch"}, func(a *docArgs) (any, error) {
		return analysis.Mismatch(a.list("v"), a.list("u"), a.number("alpha"))
	}},
	"mismatch_efficiency": {[]string{"MismatchEfficiency"}, func(a *docArgs) (any, error) {
		m, _, err := analysis.MismatchEfficiency(a.list("v"), a.list("u"), a.list("phi"), a.number("alpha"))
		return m, err
	}},
	"mean_efficiency": {[]string{"MismatchEfficiency"}, func(a *docArgs) (any, error) {
		_, mean, err := analysis.MismatchEfficiency(a.list("v"), a.list("u"), a.list("phi"), a.number("alpha"))
		return mean, err
	}},
	"mismatch_simple": {[]string{"MismatchSimple"}, func(a *docArgs) (any, error) { return analysis.MismatchSimple(a.list("v"), a.list("u")) }},

	"location_quotient": {[]string{"LocationQuotient"}, func(a *docArgs) (any, error) { return analysis.LocationQuotient(a.list("e"), a.list("r")) }},
	"krugman":           {[]string{"Krugman"}, func(a *docArgs) (any, error) { return analysis.Krugman(a.list("e"), a.list("r")) }},

	"min_max": {[]string{"MinMax"}, func(a *docArgs) (any, error) {
		return analysis.MinMax(a.list("x"), a.better(), a.number("eps"))
	}},
	"min_max_fixed": {[]string{"MinMaxFixed"}, func(a *docArgs) (any, error) {
		return analysis.MinMaxFixed(a.list("x"), a.number("lower"), a.number("upper"), a.better(), a.number("eps"))
	}},
	"entropy_weights": {[]string{"EntropyWeights"}, func(a *docArgs) (any, error) {
		w, _, err := analysis.EntropyWeights(a.rows("x"))
		return w, err
	}},
	"index":                {[]string{"Weighted"}, func(a *docArgs) (any, error) { return analysis.Weighted(a.list("w"), a.list("x")) }},
	"weighted":             {[]string{"Weighted"}, func(a *docArgs) (any, error) { return analysis.Weighted(a.list("w"), a.list("x")) }},
	"coupling":             coupled(func(c analysis.Coupling) float64 { return c.D }),
	"coupling_degree":      coupled(func(c analysis.Coupling) float64 { return c.C }),
	"coupling_development": coupled(func(c analysis.Coupling) float64 { return c.T }),

	"cosine":             two("Cosine", analysis.Cosine),
	"bhattacharyya":      two("Bhattacharyya", analysis.Bhattacharyya),
	"js_divergence_nats": two("JSDivergence", in(analysis.Nats, analysis.JSDivergence)),
	"js_divergence_bits": two("JSDivergence", in(analysis.Bits, analysis.JSDivergence)),
	"js_distance_nats":   two("JSDistance", in(analysis.Nats, analysis.JSDistance)),
	"js_distance_bits":   two("JSDistance", in(analysis.Bits, analysis.JSDistance)),
	"match_degree": two("JSDivergence", func(p, q []float64) (float64, error) {
		bits, err := analysis.JSDivergence(p, q, analysis.Bits)
		return 1 - bits, err
	}),

	"efficient_unemployment": {[]string{"EfficientUnemployment"}, func(a *docArgs) (any, error) {
		return analysis.EfficientUnemployment(a.number("u"), a.number("v"))
	}},
	"beveridge_slope":     beveridge(func(l analysis.Line) float64 { return l.Slope }),
	"beveridge_intercept": beveridge(func(l analysis.Line) float64 { return l.Intercept }),
	"beveridge_r2":        beveridge(func(l analysis.Line) float64 { return l.R2 }),
	"least_squares": {[]string{"LeastSquares"}, func(a *docArgs) (any, error) {
		l, err := analysis.LeastSquares(a.list("x"), a.list("y"))
		return []float64{l.Slope, l.Intercept, l.R2}, err
	}},

	"regression": line(analysis.LeastSquares, func(l analysis.Line) float64 { return l.Slope }),
	"elasticity": line(analysis.Beveridge, func(l analysis.Line) float64 { return l.Slope }),
	"line_rmse":  line(analysis.LeastSquares, analysis.Line.RMSE),
	"line_sse":   line(analysis.LeastSquares, func(l analysis.Line) float64 { return l.SSE }),

	"shift_total": shift(func(s analysis.Shift) []float64 {
		total := slices.Clone(s.NationalBy)
		for i := range total {
			total[i] += s.MixBy[i] + s.ByIndustry[i]
		}
		return total
	}),
	"shift_national":    shift(func(s analysis.Shift) []float64 { return s.NationalBy }),
	"shift_mix":         shift(func(s analysis.Shift) []float64 { return s.MixBy }),
	"shift_regional":    shift(func(s analysis.Shift) []float64 { return s.ByIndustry }),
	"shift_sums":        shift(func(s analysis.Shift) []float64 { return []float64{s.Total, s.National, s.Mix, s.Regional} }),
	"shift_competitive": split(func(s analysis.EstebanMarquillas) float64 { return s.Competitive }),
	"shift_allocation":  split(func(s analysis.EstebanMarquillas) float64 { return s.Allocation }),

	"hhi":              one("HHI", analysis.HHI),
	"hhi_normalised":   one("HHINormalised", analysis.HHINormalised),
	"theil_t":          one("TheilT", analysis.TheilT),
	"theil_l":          one("TheilL", analysis.TheilL),
	"gini":             one("Gini", analysis.Gini),
	"gini_normalised":  one("GiniNormalised", analysis.GiniNormalised),
	"gini_weighted":    members("GiniWeighted", analysis.GiniWeighted),
	"theil_t_weighted": members("TheilTWeighted", analysis.TheilTWeighted),
	"theil_l_weighted": members("TheilLWeighted", analysis.TheilLWeighted),
	"share": {[]string{"Shares"}, func(a *docArgs) (any, error) {
		s, err := analysis.Shares(a.list("x"))
		for i := range s {
			s[i] *= 100
		}
		return s, err
	}},

	"idf": {[]string{"TFIDFCounts"}, func(a *docArgs) (any, error) {
		idf, _, err := analysis.TFIDFCounts(a.rows("counts"))
		return idf, err
	}},
	"tf_idf": {[]string{"TFIDFCounts"}, func(a *docArgs) (any, error) {
		_, rows, err := analysis.TFIDFCounts(a.rows("counts"))
		return rows, err
	}},
	"heat": {[]string{"SkillHeat"}, func(a *docArgs) (any, error) {
		h, err := analysis.SkillHeat(a.whole("k"), a.whole("n"), 1.96)
		return h.Share, err
	}},
	"share_low": {[]string{"SkillHeat"}, func(a *docArgs) (any, error) {
		h, err := analysis.SkillHeat(a.whole("k"), a.whole("n"), a.number("z"))
		return h.Low * 100, err
	}},
	"share_high": {[]string{"SkillHeat"}, func(a *docArgs) (any, error) {
		h, err := analysis.SkillHeat(a.whole("k"), a.whole("n"), a.number("z"))
		return h.High * 100, err
	}},

	"cohort":        cohort(func(y analysis.CohortYear) float64 { return y.Gap }),
	"cohort_supply": cohort(func(y analysis.CohortYear) float64 { return y.Supply }),
	"cohort_share":  cohort(func(y analysis.CohortYear) float64 { return y.Share }),
	"holt":          holt(func(f analysis.Forecast) any { return f.Values }),
	"holt_low":      holt(func(f analysis.Forecast) any { return f.Low }),
	"holt_high":     holt(func(f analysis.Forecast) any { return f.High }),
	"holt_sse":      holt(func(f analysis.Forecast) any { return f.SSE }),
	"holt_winters":  holtWinters(func(f analysis.Forecast) any { return f.Values }),
	"holt_winters_sse": holtWinters(func(f analysis.Forecast) any {
		return f.SSE
	}),
	"holt_fit": {[]string{"Fit"}, func(a *docArgs) (any, error) { return fit(a.list("x"), 0, "") }},
	"holt_winters_fit": {[]string{"Fit"}, func(a *docArgs) (any, error) {
		return fit(a.list("x"), a.whole("cycle"), analysis.Seasonal(a.word("season")))
	}},
	"back_test": {[]string{"BackTest", "Holt"}, func(a *docArgs) (any, error) {
		p := analysis.Smoothing{Alpha: a.number("alpha"), Beta: a.number("beta")}
		b, err := analysis.BackTest(a.list("x"), a.whole("least"), a.whole("cycle"), func(past []float64) (float64, error) {
			f, err := analysis.Holt(past, p, 1)
			if err != nil {
				return 0, err
			}
			return f.Values[0], nil
		})
		return []float64{b.MAPE, b.Naive, float64(b.N)}, err
	}},
}

func line(fit func(x, y []float64) (analysis.Line, error), part func(analysis.Line) float64) verb {
	return verb{[]string{"LeastSquares", "Beveridge", "Line.RMSE"}, func(a *docArgs) (any, error) {
		l, err := fit(a.list("x"), a.list("y"))
		return part(l), err
	}}
}

func members(name string, f func(x, w []float64) (float64, error)) verb {
	return verb{[]string{name}, func(a *docArgs) (any, error) { return f(a.list("x"), a.list("w")) }}
}

// fit are the parameters that are fitted where none are given, and the sum of squares they leave.
func fit(x []float64, cycle int, kind analysis.Seasonal) (any, error) {
	free := math.NaN()
	p, err := analysis.Fit(x, cycle, kind, analysis.Smoothing{Alpha: free, Beta: free, Gamma: free}, nil)
	if err != nil {
		return nil, err
	}
	f, err := analysis.Holt(x, p, 1)
	if cycle > 0 {
		f, err = analysis.HoltWinters(x, cycle, kind, p, 1)
	}
	return []float64{p.Alpha, p.Beta, p.Gamma, f.SSE}, err
}

func one(name string, f func([]float64) (float64, error)) verb {
	return verb{[]string{name}, func(a *docArgs) (any, error) { return f(a.list("x")) }}
}

func two(name string, f func(p, q []float64) (float64, error)) verb {
	return verb{[]string{name}, func(a *docArgs) (any, error) { return f(a.list("a"), a.list("b")) }}
}

func in(base analysis.Base, f func(p, q []float64, base analysis.Base) (float64, error)) func(p, q []float64) (float64, error) {
	return func(p, q []float64) (float64, error) { return f(p, q, base) }
}

func beveridge(part func(analysis.Line) float64) verb {
	return verb{[]string{"Beveridge"}, func(a *docArgs) (any, error) {
		l, err := analysis.Beveridge(a.list("u"), a.list("v"))
		return part(l), err
	}}
}

func coupled(part func(analysis.Coupling) float64) verb {
	return verb{[]string{"CouplingClassic", "CouplingModified"}, func(a *docArgs) (any, error) {
		f := analysis.CouplingClassic
		if a.has("formula") && a.word("formula") == "modified" {
			f = analysis.CouplingModified
		}
		var beta []float64
		if a.has("beta") {
			beta = a.list("beta")
		}
		c, err := f(a.list("u"), beta)
		return part(c), err
	}}
}

func shift(part func(analysis.Shift) []float64) verb {
	return verb{[]string{"ShiftShare"}, func(a *docArgs) (any, error) {
		s, err := analysis.ShiftShare(a.list("e0"), a.list("e1"), a.list("r0"), a.list("r1"))
		return part(s), err
	}}
}

func split(part func(analysis.EstebanMarquillas) float64) verb {
	return verb{[]string{"ShiftShareEstebanMarquillas"}, func(a *docArgs) (any, error) {
		s, err := analysis.ShiftShareEstebanMarquillas(a.list("e0"), a.list("e1"), a.list("r0"), a.list("r1"))
		return part(s), err
	}}
}

func cohort(part func(analysis.CohortYear) float64) verb {
	return verb{[]string{"Cohort.Forecast"}, func(a *docArgs) (any, error) {
		c := analysis.Cohort{
			Stock: a.number("stock"), Quit: a.number("quit"), Retire: a.number("retire"), Inflow: a.number("inflow"),
			Demand: a.number("demand"), Growth: a.number("growth"),
		}
		years, err := c.Forecast(a.whole("years"))
		var parts []float64
		for _, y := range years {
			parts = append(parts, part(y))
		}
		return parts, err
	}}
}

func holt(part func(analysis.Forecast) any) verb {
	return verb{[]string{"Holt"}, func(a *docArgs) (any, error) {
		f, err := analysis.Holt(a.list("x"), analysis.Smoothing{Alpha: a.number("alpha"), Beta: a.number("beta")}, a.whole("horizon"))
		return part(f), err
	}}
}

func holtWinters(part func(analysis.Forecast) any) verb {
	return verb{[]string{"HoltWinters"}, func(a *docArgs) (any, error) {
		p := analysis.Smoothing{Alpha: a.number("alpha"), Beta: a.number("beta"), Gamma: a.number("gamma")}
		f, err := analysis.HoltWinters(a.list("x"), a.whole("cycle"), analysis.Seasonal(a.word("season")), p, a.whole("horizon"))
		return part(f), err
	}}
}

// The page's examples give what the page says.
func TestMethodsPage(t *testing.T) {
	shown, undefined := map[string]bool{}, 0
	for _, b := range blocks(t, "example") {
		for i, text := range strings.Split(b.text, "\n") {
			if strings.TrimSpace(text) == "" {
				continue
			}
			name, args, want, err := parseExample(text)
			if err != nil {
				t.Errorf("line %d: %v: %s", b.line+i, err, text)
				continue
			}
			v, ok := verbs[name]
			if !ok {
				t.Errorf("line %d: %s is no method: %s", b.line+i, name, text)
				continue
			}
			got, err := v.run(args)
			if bad := args.faults(); bad != nil {
				t.Errorf("line %d: %v: %s", b.line+i, bad, text)
				continue
			}
			if want == "undefined" {
				if undefined++; !errors.Is(err, analysis.ErrUndefined) {
					t.Errorf("line %d: got %v, %v, want undefined: %s", b.line+i, got, err, text)
				}
				continue
			}
			if err == nil {
				err = agree(got, want)
			}
			if err != nil {
				t.Errorf("line %d: %v: %s", b.line+i, err, text)
			}
			shown[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(verbs)) {
		if !shown[name] {
			t.Errorf("%s has no example with a result", name)
		}
	}
	if undefined < 10 {
		t.Errorf("%d examples of what is undefined: the page says much more", undefined)
	}
}

// Every function of the package is called by an example and named on the page, and so is every
// method that a metric can name.
func TestMethodsPageLeavesNothingOut(t *testing.T) {
	page := read(t)
	called := map[string]bool{}
	for _, v := range verbs {
		for _, f := range v.calls {
			called[f] = true
		}
	}
	functions := exported(t)
	for _, f := range functions {
		if !called[f] {
			t.Errorf("analysis.%s: no example calls it", f)
		}
		if owner, _, method := strings.Cut(f, "."); !strings.Contains(page, "`analysis."+owner+"`") && !method {
			t.Errorf("analysis.%s: the page does not name it", f)
		}
		delete(called, f)
	}
	for f := range called {
		t.Errorf("an example is said to call analysis.%s, which there is not", f)
	}
	snippets, err := snippetFiles(t)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, s := range snippets {
		for _, m := range methodLine.FindAllStringSubmatch(s, -1) {
			asked[m[1]] = true
		}
	}
	names := askable(t)
	for _, name := range names {
		if _, ok := verbs[name]; !ok {
			t.Errorf("method %s of a metric has no example", name)
		}
		if !asked[name] {
			t.Errorf("method %s: no yaml block of the page asks for it", name)
		}
	}
	if len(functions) < 30 || len(names) < 30 {
		t.Errorf("%d functions and %d methods: the test looked at nothing", len(functions), len(names))
	}
}

// The yaml of the page is read beside the shipped metrics.
func TestMethodsPageYAML(t *testing.T) {
	sets, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	shipped, err := fs.Glob(configs.FS, "metrics/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range shipped {
		text, err := fs.ReadFile(configs.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: text}
	}
	snippets, err := snippetFiles(t)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range snippets {
		fsys["metrics/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	if _, err := metric.LoadFS(fsys, sets.Datasets, sets.Lists); err != nil {
		t.Error(err)
	}
}

var (
	methodLine = regexp.MustCompile(`(?m)^ *method: ([a-z0-9_]+)`)
	orLine     = regexp.MustCompile(`(?m)^( *method: )([a-z0-9_]+) +# or (.+)$`)
	nameLine   = regexp.MustCompile(`(?m)^( *- name: )(\S+)$`)
)

// snippetFiles are the yaml blocks as files, one more for each method after "# or". File names tell
// the line.
func snippetFiles(t *testing.T) (map[string]string, error) {
	files := map[string]string{}
	for _, b := range blocks(t, "yaml") {
		files[fmt.Sprintf("methods_md_%d.yaml", b.line)] = b.text
		m := orLine.FindStringSubmatch(b.text)
		if m == nil {
			continue
		}
		if n := len(nameLine.FindAllString(b.text, -1)); n != 1 {
			return nil, fmt.Errorf("line %d: a block with \"# or\" has one metric, not %d", b.line, n)
		}
		for _, other := range strings.Split(m[3], ", ") {
			text := orLine.ReplaceAllString(b.text, "${1}"+other)
			files[fmt.Sprintf("methods_md_%d_%s.yaml", b.line, other)] = nameLine.ReplaceAllString(text, "${1}${2}_"+other)
		}
	}
	if len(files) < 10 {
		return nil, fmt.Errorf("%d yaml blocks", len(files))
	}
	return files, nil
}

func read(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(docPage)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

type block struct {
	line int // of its first line of text
	text string
}

// blocks are the fenced blocks of the page with that word behind the fence.
func blocks(t *testing.T, word string) []block {
	t.Helper()
	var out []block
	var lines []string
	fence, kind := 0, ""
	for i, line := range strings.Split(read(t), "\n") {
		after, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && fence == 0:
			fence, kind, lines = i+1, after, nil
		case isFence:
			if kind == word {
				out = append(out, block{fence + 1, strings.Join(lines, "\n")})
			}
			fence = 0
		case fence > 0:
			lines = append(lines, line)
		}
	}
	if fence > 0 {
		t.Fatalf("line %d: a block without an end", fence)
	}
	return out
}

// exported are the functions of package analysis, and methods as Type.Method.
func exported(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, f := range parsed(t, ".") {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !fn.Name.IsExported() {
				continue
			}
			name := fn.Name.Name
			if fn.Recv != nil {
				of := fn.Recv.List[0].Type
				if star, ok := of.(*ast.StarExpr); ok {
					of = star.X
				}
				name = of.(*ast.Ident).Name + "." + name
			}
			out = append(out, name)
		}
	}
	return out
}

// askable are the methods that a metric file may name: the keys of the two tables of package method.
func askable(t *testing.T) []string {
	t.Helper()
	var out []string
	take := func(name string, value ast.Expr) {
		table, ok := value.(*ast.CompositeLit)
		if !ok || name != "methods" && name != "forecasts" {
			return
		}
		for _, e := range table.Elts {
			if key, err := strconv.Unquote(e.(*ast.KeyValueExpr).Key.(*ast.BasicLit).Value); err == nil {
				out = append(out, key)
			}
		}
	}
	for _, f := range parsed(t, "../metric/method") {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if id, ok := n.Lhs[0].(*ast.Ident); ok && len(n.Lhs) == 1 {
					take(id.Name, n.Rhs[0])
				}
			case *ast.ValueSpec:
				if len(n.Values) == 1 {
					take(n.Names[0].Name, n.Values[0])
				}
			}
			return true
		})
	}
	return out
}

func parsed(t *testing.T, dir string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// docArgs are the arguments of an example. What is missing, of the wrong kind or never read is a fault.
type docArgs struct {
	values map[string]any // float64, string or []any of these
	read   map[string]bool
	wrong  []string
}

func (a *docArgs) has(name string) bool { _, ok := a.values[name]; return ok }

func (a *docArgs) fault(name, want string) {
	a.wrong = append(a.wrong, fmt.Sprintf("%s=%v is no %s", name, a.values[name], want))
}

func (a *docArgs) number(name string) float64 {
	a.read[name] = true
	x, ok := a.values[name].(float64)
	if !ok {
		a.fault(name, "number")
	}
	return x
}

func (a *docArgs) whole(name string) int {
	x := a.number(name)
	if x != math.Trunc(x) {
		a.fault(name, "whole number")
	}
	return int(x)
}

func (a *docArgs) word(name string) string {
	a.read[name] = true
	s, ok := a.values[name].(string)
	if !ok {
		a.fault(name, "word")
	}
	return s
}

// yes is true where the example says name=true; it may leave it out.
func (a *docArgs) better() analysis.Better {
	if a.has("down") && a.word("down") == "true" {
		return analysis.Less
	}
	return analysis.More
}

func (a *docArgs) list(name string) []float64 {
	a.read[name] = true
	x, ok := listOf[float64](a.values[name])
	if !ok {
		a.fault(name, "list of numbers")
	}
	return x
}

func (a *docArgs) rows(name string) [][]float64 { return nested[float64](a, name) }

func nested[T any](a *docArgs, name string) [][]T {
	a.read[name] = true
	outer, ok := a.values[name].([]any)
	var out [][]T
	for _, v := range outer {
		row, fine := listOf[T](v)
		ok = ok && fine
		out = append(out, row)
	}
	if !ok {
		a.fault(name, "list of lists")
	}
	return out
}

func listOf[T any](v any) ([]T, bool) {
	list, ok := v.([]any)
	out := make([]T, len(list))
	for i, e := range list {
		x, fine := e.(T)
		ok = ok && fine
		out[i] = x
	}
	return out, ok
}

func (a *docArgs) faults() error {
	for name := range a.values {
		if !a.read[name] {
			a.wrong = append(a.wrong, name+" is no argument of it")
		}
	}
	if len(a.wrong) == 0 {
		return nil
	}
	return errors.New(strings.Join(a.wrong, ", "))
}

// parseExample reads `name key=value ... -> result`.
func parseExample(text string) (name string, args *docArgs, want any, err error) {
	left, right, ok := strings.Cut(text, "->")
	if !ok {
		return "", nil, nil, errors.New("no ->")
	}
	name, rest, _ := strings.Cut(strings.TrimSpace(left), " ")
	args = &docArgs{values: map[string]any{}, read: map[string]bool{}}
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		key, after, ok := strings.Cut(rest, "=")
		if !ok || args.has(key) {
			return "", nil, nil, fmt.Errorf("expected key=value at %q", rest)
		}
		if args.values[key], rest, err = parseValue(after); err != nil {
			return "", nil, nil, err
		}
	}
	want, rest, err = parseValue(strings.TrimSpace(right))
	if err == nil && strings.TrimSpace(rest) != "" {
		err = fmt.Errorf("after the result: %q", rest)
	}
	return name, args, want, err
}

// parseValue reads a number, a word or a list in brackets, and answers what follows it.
func parseValue(s string) (v any, rest string, err error) {
	inner, isList := strings.CutPrefix(s, "[")
	if !isList {
		end := strings.IndexAny(s, " ,]")
		if end < 0 {
			end = len(s)
		}
		if end == 0 {
			return nil, "", fmt.Errorf("expected a value at %q", s)
		}
		if x, err := strconv.ParseFloat(s[:end], 64); err == nil {
			return x, s[end:], nil
		}
		return s[:end], s[end:], nil
	}
	list := []any{}
	for rest = strings.TrimLeft(inner, " "); ; rest = strings.TrimLeft(rest, " ") {
		if after, ok := strings.CutPrefix(rest, "]"); ok {
			return list, after, nil
		}
		if len(list) > 0 {
			after, ok := strings.CutPrefix(rest, ",")
			if !ok {
				return nil, "", fmt.Errorf("expected , or ] at %q", rest)
			}
			rest = strings.TrimLeft(after, " ")
		}
		if v, rest, err = parseValue(rest); err != nil {
			return nil, "", err
		}
		list = append(list, v)
	}
}

// agree says where a result differs from the page by more than 1e-6.
func agree(got, want any) error {
	differ := fmt.Errorf("got %v, want %v", got, want)
	list, isList := want.([]any)
	var parts []any
	switch g := got.(type) {
	case float64:
		if w, ok := want.(float64); !ok || math.IsNaN(g) || math.Abs(g-w) > 1e-6 {
			return fmt.Errorf("got %.9f, want %v", g, want)
		}
		return nil
	case string:
		if g != want {
			return differ
		}
		return nil
	case []float64:
		for _, v := range g {
			parts = append(parts, v)
		}
	case []string:
		for _, v := range g {
			parts = append(parts, v)
		}
	case [][]float64:
		for _, v := range g {
			parts = append(parts, v)
		}
	default:
		return fmt.Errorf("a result of %T", got)
	}
	if !isList || len(list) != len(parts) {
		return differ
	}
	for i := range parts {
		if err := agree(parts[i], list[i]); err != nil {
			return fmt.Errorf("value %d: %w", i, err)
		}
	}
	return nil
}
