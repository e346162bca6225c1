package jobs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline/codes"

	"go.yaml.in/yaml/v3"
)

// Job is one declared job: configs/jobs/<name>.yaml.
type Job struct {
	Name     string     `yaml:"name"`
	Title    codes.Text `yaml:"title"`
	About    codes.Text `yaml:"about"`
	Source   *Source    `yaml:"source"`   // files to load; or
	Builtin  string     `yaml:"builtin"`  // work of the program's own: sweep, chains
	Dataset  string     `yaml:"dataset"`  // auto (default): by the name of the file, else by its header
	Schedule string     `yaml:"schedule"` // five fields of cron, @daily ..., @every 15m; empty: by the watcher or by hand only
	Zone     string     `yaml:"zone"`     // time zone of the schedule; Asia/Shanghai where empty
	Retries  Retries    `yaml:"retries"`
	Missed   string     `yaml:"missed"`   // run_once (default): one run makes up for all slots missed; skip
	Overlap  string     `yaml:"overlap"`  // skip (default): no second run while one is at work; queue: one waits
	Deadline Duration   `yaml:"deadline"` // of a run with all its retries; 1h where empty
	Enabled  *bool      `yaml:"enabled"`  // true where absent

	File     string         `yaml:"-"` // where it is declared
	schedule *Schedule      // nil: none
	files    *regexp.Regexp // nil: every file that is not of another job
}

// Source says which files of which folder a job loads.
type Source struct {
	Dir   string `yaml:"dir"`   // under the data directory; absolute paths as they are
	Files string `yaml:"files"` // regular expression on the base name; groups (?P<sender>) and (?P<period>) fill the request
	Watch *bool  `yaml:"watch"` // load a file as soon as it has stopped growing; true where absent
}

// Retries says how often a run is tried again after a fault that may pass (the database was away,
// the disk was full). A refused file is never retried by itself.
type Retries struct {
	Count   int      `yaml:"count"`
	Backoff Duration `yaml:"backoff"` // before the first retry; doubled for each further one, to a minute at most, with jitter
}

// Duration is a time.Duration written as 90s, 15m or 2h.
type Duration time.Duration

// UnmarshalYAML reads 90s, 15m, 2h.
func (d *Duration) UnmarshalYAML(n *yaml.Node) error {
	v, err := time.ParseDuration(n.Value)
	if err != nil || v <= 0 {
		// a type error, so that the decoder goes on and reports the other faults too
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %q is not a duration above zero such as 90s, 15m or 2h", n.Line, n.Value)}}
	}
	*d = Duration(v)
	return nil
}

// On reports whether the job runs at all.
func (j *Job) On() bool { return j.Enabled == nil || *j.Enabled }

// Watched reports whether the job's folder is watched.
func (j *Job) Watched() bool { return j.Source != nil && (j.Source.Watch == nil || *j.Source.Watch) }

func (j *Job) deadline() time.Duration {
	if j.Deadline > 0 {
		return time.Duration(j.Deadline)
	}
	return time.Hour
}

var reName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Read reads every .yaml file of a directory as a job. It returns all faults of all files at
// once, each with file and line; datasets and builtins are the names a job may give.
func Read(fsys fs.FS, dir string, datasets, builtins []string) ([]*Job, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var out []*Job
	var faults []error
	seen := map[string]string{}
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		j, err := parse(name, text, datasets, builtins)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if other, dup := seen[j.Name]; dup {
			faults = append(faults, fmt.Errorf("%s: name %q is taken by %s", name, j.Name, other))
			continue
		}
		seen[j.Name] = name
		out = append(out, j)
	}
	return out, errors.Join(faults...)
}

// parse reads one declaration.
func parse(file string, text []byte, datasets, builtins []string) (*Job, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("%s: %s", file, yamlText(err))
	}
	if len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s:1: a job is a list of keys and values (name, title, source, schedule and others)", file)
	}
	doc := root.Content[0]
	j := &Job{File: file}
	var faults []error
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(j); err != nil && !errors.Is(err, io.EOF) {
		var te *yaml.TypeError
		if errors.As(err, &te) {
			for _, e := range te.Errors {
				faults = append(faults, fmt.Errorf("%s:%s", file, typeText(e)))
			}
		} else {
			faults = append(faults, fmt.Errorf("%s: %s", file, yamlText(err)))
		}
	}
	if dec.Decode(new(yaml.Node)) == nil {
		faults = append(faults, fmt.Errorf("%s: more than one document; one job a file", file))
	}
	bad := func(key, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s:%d: %s: %s", file, line(doc, key), key, fmt.Sprintf(format, args...)))
	}
	if want := strings.TrimSuffix(path.Base(file), ".yaml"); j.Name != want {
		bad("name", "got %q, want %q, the name of the file", j.Name, want)
	} else if !reName.MatchString(j.Name) {
		bad("name", "%q: small letters, digits and _ only, a letter first", j.Name)
	}
	if j.Title.Zh == "" || j.Title.En == "" {
		bad("title", "both zh and en are needed")
	}
	switch {
	case j.Source == nil && j.Builtin == "":
		bad("source", "missing: either source {dir, files} or builtin")
	case j.Source != nil && j.Builtin != "":
		bad("builtin", "either source or builtin, not both")
	case j.Builtin != "" && !slices.Contains(builtins, j.Builtin):
		bad("builtin", "%q is none of %s", j.Builtin, strings.Join(builtins, ", "))
	}
	if s := j.Source; s != nil {
		if s.Dir == "" {
			bad("source.dir", "missing: the folder to read, such as inbox")
		}
		if s.Files != "" {
			re, err := regexp.Compile(s.Files)
			if err != nil {
				bad("source.files", "%v", err)
			} else {
				for _, g := range re.SubexpNames() {
					if g != "" && g != "sender" && g != "period" {
						bad("source.files", "group %q is none of sender, period", g)
					}
				}
				j.files = re
			}
		}
	}
	if j.Dataset == "auto" {
		j.Dataset = ""
	}
	if j.Dataset != "" && !slices.Contains(datasets, j.Dataset) {
		bad("dataset", "%q is none of auto, %s", j.Dataset, strings.Join(datasets, ", "))
	}
	if j.Schedule != "" || j.Builtin != "" {
		s, err := ParseSchedule(j.Schedule, j.Zone)
		if err != nil {
			key := "schedule"
			if strings.HasPrefix(err.Error(), "zone ") {
				key = "zone"
			}
			bad(key, "%s", strings.TrimPrefix(err.Error(), key+" "))
		} else {
			j.schedule = &s
		}
	} else if j.Source != nil && !j.Watched() {
		bad("schedule", "missing, and the folder is not watched: the job would never run")
	}
	if j.Missed == "" {
		j.Missed = "run_once"
	} else if j.Missed != "run_once" && j.Missed != "skip" {
		bad("missed", "%q is none of run_once, skip", j.Missed)
	}
	if j.Overlap == "" {
		j.Overlap = "skip"
	} else if j.Overlap != "skip" && j.Overlap != "queue" {
		bad("overlap", "%q is none of skip, queue", j.Overlap)
	}
	if j.Retries.Count < 0 || j.Retries.Count > 20 {
		bad("retries.count", "%d: from 0 to 20", j.Retries.Count)
	}
	return j, errors.Join(faults...)
}

// line returns the line of a key (a.b for one inside another), or of the nearest that is there.
func line(doc *yaml.Node, key string) int {
	at := doc.Line
	for _, k := range strings.Split(key, ".") {
		found := false
		for i := 0; i+1 < len(doc.Content); i += 2 {
			if doc.Content[i].Value == k {
				at, doc, found = doc.Content[i].Line, doc.Content[i+1], true
				break
			}
		}
		if !found {
			break
		}
	}
	return at
}

var (
	reUnknown = regexp.MustCompile(`^line (\d+): field (\S+) not found in type \S+$`)
	reType    = regexp.MustCompile("^line (\\d+): cannot unmarshal \\S+ (`.*`) into (\\S+)$")
	reLine    = regexp.MustCompile(`^line (\d+): `)
)

// typeText says what the YAML library says, as line: text, in words that name no Go type.
func typeText(s string) string {
	if m := reUnknown.FindStringSubmatch(s); m != nil {
		return fmt.Sprintf("%s: unknown key %q", m[1], m[2])
	}
	if m := reType.FindStringSubmatch(s); m != nil {
		want := map[string]string{"int": "a whole number", "bool": "true or false", "string": "a text"}[m[3]]
		if want == "" {
			want = "a list of keys and values"
		}
		return fmt.Sprintf("%s: %s: want %s", m[1], m[2], want)
	}
	return reLine.ReplaceAllString(s, "$1: ")
}

func yamlText(err error) string {
	return reLine.ReplaceAllString(strings.TrimPrefix(err.Error(), "yaml: "), "line $1: ")
}
