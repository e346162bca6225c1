package main

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/cmd/people"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/warehouse/embedded"
)

// declared is what the files say, ready to be compared: kind (datasets, metrics ...) -> name -> path
// inside the declaration (columns/person/type) -> value.
type declared map[string]map[string]map[string]string

// readDeclared reads every declaration of fsys, which was checked before.
func readDeclared(fsys fs.FS) (declared, error) {
	all := declared{}
	put := func(kind, name string) map[string]string {
		if all[kind] == nil {
			all[kind] = map[string]map[string]string{}
		}
		if all[kind][name] == nil {
			all[kind][name] = map[string]string{}
		}
		return all[kind][name]
	}
	files, err := fs.Glob(fsys, "*/*")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		kind, base := path.Dir(file), strings.TrimSuffix(path.Base(file), path.Ext(file))
		text, err := fs.ReadFile(fsys, file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // taken away by an empty file laid over it
		}
		if err != nil {
			return nil, err
		}
		switch path.Ext(file) {
		case ".yaml":
			v, err := declare.Plain(file, text)
			if err != nil {
				return nil, err
			}
			doc, _ := v.(map[string]any)
			if kind == "metrics" { // lists of things that have a name of their own
				for list, v := range doc {
					items, _ := v.([]any)
					for _, item := range items {
						if name := nameOf(item); name != "" {
							flatten(put(list, name), "", item)
						}
					}
				}
				continue
			}
			name := base
			for _, key := range []string{"name", "scene", "board", "chain"} {
				if s, ok := doc[key].(string); ok {
					name = s
					break
				}
			}
			flatten(put(kind, name), "", doc)
		case ".csv":
			r := csv.NewReader(strings.NewReader(string(text)))
			r.FieldsPerRecord, r.Comment, r.LazyQuotes = -1, '#', true
			for {
				row, err := r.Read()
				if err == io.EOF {
					break
				}
				if err != nil {
					return nil, fmt.Errorf("%s: %w", file, err)
				}
				put(kind, base)[strings.ReplaceAll(row[0], "/", "|")] = strings.TrimRight(strings.Join(row[1:], ", "), ", ")
			}
		case ".json", ".geojson":
			sum := sha256.Sum256(text)
			put(kind, base)["file"] = hex.EncodeToString(sum[:6])
		}
	}
	return all, nil
}

// nameOf is what an element of a list is called: its name or code, empty where it has none.
func nameOf(v any) string {
	m, _ := v.(map[string]any)
	for _, key := range []string{"name", "code", "metric", "panel"} {
		if s, ok := m[key].(string); ok {
			return strings.ReplaceAll(s, "/", "|")
		}
	}
	return ""
}

// flatten writes the values of a document under their paths. An element of a list is called by its
// name where all have one, so that a new one in the middle does not rename those behind it.
func flatten(into map[string]string, at string, v any) {
	join := func(key string) string {
		if at == "" {
			return key
		}
		return at + "/" + key
	}
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			flatten(into, join(key), x)
		}
	case []any:
		names := map[string]bool{}
		plain := true
		for _, x := range v {
			if n := nameOf(x); n != "" {
				names[n] = true
			}
			switch x.(type) {
			case map[string]any, []any:
				plain = false
			}
		}
		if plain {
			words := make([]string, len(v))
			for i, x := range v {
				words[i] = fmt.Sprint(x)
			}
			into[at] = strings.Join(words, ", ")
			return
		}
		for i, x := range v {
			key := strconv.Itoa(i + 1)
			if len(names) == len(v) {
				key = nameOf(x)
			}
			flatten(into, join(key), x)
		}
	default:
		into[at] = strings.Join(strings.Fields(fmt.Sprint(v)), " ")
	}
}

// served is where a server of this directory serves its pages; it is written when it starts.
func served(cfg *config) string { return filepath.Join(cfg.Dir, "address") }

// address is where the server of this directory serves its pages, as far as anybody wrote it down;
// the configured one else.
func (c *config) address() string {
	if text, err := os.ReadFile(served(c)); err == nil {
		return strings.TrimSpace(string(text))
	}
	return c.Listen
}

// compare says what a server that runs on the directory was started with and is declared otherwise
// now, and what starting it again would change in the database. The error holds the changes that
// would be refused.
func (c *cli) compare(ctx context.Context, cfg *config, catalog *dataset.Catalog, here declared) error {
	address := cfg.address()
	there, answered := askDeclared(ctx, cfg)
	switch {
	case !answered:
		fmt.Fprintln(c.out, c.say("没有运行中的服务，只核对了声明", "no server runs; only the declarations were checked"))
	case there == nil:
		fmt.Fprintf(c.out, c.say("%s 不是本版雁阵的服务，未作比较\n", "%s is no server of this build; nothing was compared\n"), address)
	case c.differences(here, there):
		fmt.Fprintln(c.out, c.say("以上与运行中的服务不同，重启后生效：", "the above differ from the running server and take effect when it is started again:"), address)
	default:
		fmt.Fprintln(c.out, c.say("与运行中的服务一致", "the same as the running server:"), address)
	}
	return c.migrations(ctx, cfg, catalog)
}

// askDeclared asks a server for its declarations. answered is false where nothing listens; the
// declarations are nil where what answers is something else.
func askDeclared(ctx context.Context, cfg *config) (there declared, answered bool) {
	answered, ok := ask(ctx, cfg, "/api/v1/declared", &there)
	if !ok {
		return nil, answered
	}
	return there, true
}

// ask reads the JSON that a server answers. answered is false where nothing listens, ok where what
// answers is no such server.
func ask(ctx context.Context, cfg *config, path string, into any) (answered, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	client, at := http.DefaultClient, "http://"+cfg.address()
	if socket, err := os.ReadFile(people.Operated(cfg.Dir)); err == nil { // the door of whoever owns the directory
		at = "http://localhost"
		client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", strings.TrimSpace(string(socket)))
		}}}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at+path, nil)
	if err != nil {
		return false, false
	}
	res, err := client.Do(r)
	if err != nil {
		return false, false
	}
	defer res.Body.Close()
	return true, res.StatusCode == http.StatusOK && json.NewDecoder(io.LimitReader(res.Body, 64<<20)).Decode(into) == nil
}

// shownDifferences is how many differences of one declaration are printed.
const shownDifferences = 12

// differences prints what is declared otherwise here than there; false where nothing is.
func (c *cli) differences(here, there declared) (any bool) {
	titles := map[string][2]string{
		"datasets": {"数据集", "dataset"}, "chains": {"产业链", "chain"}, "codes": {"代码表", "code list"}, "dimensions": {"维度", "dimension"},
		"metrics": {"指标", "metric"}, "boards": {"页面", "board"}, "jobs": {"任务", "job"}, "maps": {"地图", "map"}, "duties": {"报送任务", "duties"}, "briefings": {"结论", "briefing"}, "scenes": {"大屏", "scene"},
	}
	for _, kind := range union(here, there) {
		title := kind
		if t, ok := titles[kind]; ok {
			title = c.say(t[0], t[1])
		}
		for _, name := range union(here[kind], there[kind]) {
			now, declared := here[kind][name]
			was, served := there[kind][name]
			var lines []string
			word := c.say("有改动", "changed")
			switch {
			case !served:
				word = c.say("新增", "new")
			case !declared:
				word = c.say("不再声明", "no longer declared")
			default:
				if lines = c.changed(now, was); len(lines) == 0 {
					continue
				}
			}
			any = true
			fmt.Fprintf(c.out, "%s %s  %s\n", title, plain(name), word)
			for i, line := range lines {
				if i == shownDifferences {
					fmt.Fprintf(c.out, c.say("    …… 另有 %d 处\n", "    ... and %d more\n"), len(lines)-i)
					break
				}
				fmt.Fprintf(c.out, "    %s\n", plain(line))
			}
		}
	}
	return any
}

// changed lists how one declaration differs: a part that is only on one side once, by its name.
func (c *cli) changed(now, was map[string]string) []string {
	var lines []string
	said := map[string]bool{}
	for _, at := range union(now, was) {
		new, here := now[at]
		old, there := was[at]
		switch {
		case here && there && new != old:
			lines = append(lines, fmt.Sprintf("%s: %s -> %s", dotted(at), short(old), short(new)))
		case here && there:
		default:
			other, word, value := was, c.say("新增", "new"), new
			if !here {
				other, word, value = now, c.say("删去", "removed"), old
			}
			part := firstOnly(at, other)
			if said[part] {
				continue
			}
			said[part] = true
			line := dotted(part) + "  " + word
			if part == at && value != "" {
				line += "  " + short(value)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// firstOnly is the shortest beginning of a path that the other side has nothing under.
func firstOnly(at string, other map[string]string) string {
	for i, r := range at + "/" {
		if r != '/' {
			continue
		}
		part, known := at[:i], false
		for key := range other {
			if key == part || strings.HasPrefix(key, part+"/") {
				known = true
				break
			}
		}
		if !known {
			return part
		}
	}
	return at
}

func dotted(at string) string { return strings.ReplaceAll(at, "/", ".") }

// short cuts a long value.
func short(s string) string {
	if r := []rune(s); len(r) > 72 {
		s = string(r[:70]) + "……"
	}
	return strconv.Quote(s)
}

// union are the keys of two maps in order.
func union[V any](a, b map[string]V) []string {
	var keys []string
	for k := range a {
		keys = append(keys, k)
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// migrations says what a start with these declarations would change in the database; nothing where
// no database answers. The error holds what would be refused.
func (c *cli) migrations(ctx context.Context, cfg *config, catalog *dataset.Catalog) error {
	o := &office{config: cfg}
	if cfg.Database.DSN == "" {
		var ok bool
		if o.socket, ok = embedded.Find(filepath.Join(cfg.Dir, "engine")); !ok {
			return nil
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	db, err := o.as(ctx, embedded.Reader)
	if err != nil {
		return fmt.Errorf("%s: %w", c.say("未能与数据库比较", "the database could not be compared"), err)
	}
	defer db.Close()
	changes, err := (&pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: catalog}).Changes(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", c.say("未能与数据库比较", "the database could not be compared"), err)
	}
	var refused []error
	same := true
	for _, ch := range changes {
		table := c.say("表", "table") + " store." + ch.Dataset
		switch {
		case ch.Refused != nil:
			refused = append(refused, ch.Refused)
		case ch.Gone:
			fmt.Fprintf(c.out, "%s  %s\n", table, c.say("不再声明：表与数据保留，不再显示", "no longer declared: the table and its rows stay and are not shown"))
		case ch.New:
			fmt.Fprintf(c.out, "%s  %s\n", table, c.say("将新建", "would be made"))
		}
		for _, col := range ch.Columns {
			fmt.Fprintf(c.out, "%s  %s %s %s\n", table, c.say("将增加列", "would get the column"), col[0], col[1])
		}
		same = same && ch.Idle()
	}
	if len(refused) > 0 {
		fmt.Fprintln(c.out, c.say("有不能原地更改的表：以此声明启动会被拒绝", "some tables cannot be changed in place: a start with these declarations would be refused"))
		return invalid{errors.Join(refused...)}
	}
	if same {
		fmt.Fprintln(c.out, c.say("数据库的表与声明一致", "the tables of the database are as declared"))
	}
	return nil
}
