// Package compare reads what a tree of declarations says, as values under their paths, and tells how two of them differ.
package compare

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"yanzhen/configs"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// All is what the files say, ready to be compared: kind (datasets, metrics ...) -> name -> path
// inside the declaration (columns/person/type) -> value.
type All map[string]map[string]map[string]string

// Read reads every declaration of fsys, which was checked before.
func Read(fsys fs.FS) (All, error) {
	all := All{}
	put := func(kind, name string) map[string]string {
		if all[kind] == nil {
			all[kind] = map[string]map[string]string{}
		}
		if all[kind][name] == nil {
			all[kind][name] = map[string]string{}
		}
		return all[kind][name]
	}
	files, err := configs.Files(fsys)
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
			for _, key := range []string{"name", "scene", "board", "chain", "answer"} {
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

// shownDifferences is how many differences of one declaration are printed.
const shownDifferences = 12

// Differences prints what is declared otherwise here than there; false where nothing is. clean makes a text of a file
// harmless for a terminal.
func Differences(out io.Writer, lang codes.Lang, clean func(string) string, here, there All) (any bool) {
	say := func(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(lang) }
	titles := map[string][2]string{
		"datasets": {"数据集", "dataset"}, "chains": {"产业链", "chain"}, "codes": {"代码表", "code list"}, "dimensions": {"维度", "dimension"},
		"metrics": {"指标", "metric"}, "boards": {"页面", "board"}, "jobs": {"任务", "job"}, "maps": {"地图", "map"}, "duties": {"报送任务", "duties"}, "briefings": {"结论", "briefing"}, "scenes": {"大屏", "scene"}, "answers": {"问答", "verified question"},
	}
	for _, kind := range union(here, there) {
		title := kind
		if t, ok := titles[kind]; ok {
			title = say(t[0], t[1])
		}
		for _, name := range union(here[kind], there[kind]) {
			now, declared := here[kind][name]
			was, served := there[kind][name]
			var lines []string
			word := say("有改动", "changed")
			switch {
			case !served:
				word = say("新增", "new")
			case !declared:
				word = say("不再声明", "no longer declared")
			default:
				if lines = changed(now, was, say); len(lines) == 0 {
					continue
				}
			}
			any = true
			fmt.Fprintf(out, "%s %s  %s\n", title, clean(name), word)
			for i, line := range lines {
				if i == shownDifferences {
					fmt.Fprintf(out, say("    …… 另有 %d 处\n", "    ... and %d more\n"), len(lines)-i)
					break
				}
				fmt.Fprintf(out, "    %s\n", clean(line))
			}
		}
	}
	return any
}

// changed lists how one declaration differs: a part that is only on one side once, by its name.
func changed(now, was map[string]string, say func(zh, en string) string) []string {
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
			other, word, value := was, say("新增", "new"), new
			if !here {
				other, word, value = now, say("删去", "removed"), old
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
