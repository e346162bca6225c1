package round

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/filed"
	"yanzhen/dashboard/address"
	"yanzhen/pipeline/codes"
)

// Bounds of what is remembered.
const (
	mostViews  = 64
	mostBeside = 64                 // addresses that a page asks for beside itself
	longest    = 600                // bytes of an address
	lately     = 7 * 24 * time.Hour // that a page is remembered after it was looked at last
	halved     = 48 * time.Hour     // looks of so long ago count half
	mostBytes  = 4 << 20            // of the file
)

// File is where what was looked at is kept, in the data directory.
const File = "looked.json"

// view is a page as it was looked at: what its address says, and what of its viewer decides on the figures. It names nobody.
type view struct {
	Path   string         `json:"path"`            // /b/overview
	Query  string         `json:"query,omitempty"` // its state, as package address writes it
	Lang   codes.Lang     `json:"lang"`
	Scopes []access.Scope `json:"scopes,omitempty"`
	Small  bool           `json:"small,omitempty"`  // figures of few people are shown
	Beside []string       `json:"beside,omitempty"` // of panels it asked for, what follows on its state: flow&format=svg&v=*
	Last   time.Time      `json:"last"`
	Looks  float64        `json:"looks"` // as many as they count at Last
}

func (v *view) key() string {
	return fmt.Sprintf("%s?%s %s %q %t", v.Path, v.Query, v.Lang, v.Scopes, v.Small)
}

// weight says how much a page is looked at.
func (v *view) weight(now time.Time) float64 {
	return v.Looks * math.Exp2(-now.Sub(v.Last).Hours()/halved.Hours())
}

// state is what the addresses of its panels begin with after ?.
func (v *view) state() string {
	q, err := url.ParseQuery(v.Query)
	if err != nil {
		return ""
	}
	q.Set("lang", string(v.Lang))
	return q.Encode()
}

// viewer looks as those who looked: with the right to the pages and no other.
func (v *view) viewer() *access.Viewer {
	who := &access.Viewer{Name: "early", Role: access.Display, May: access.View, Scopes: v.Scopes}
	if v.Small {
		who.May |= access.Small
	}
	return who
}

// Looked remembers which pages people looked at of late. Open makes one. It is safe for concurrent use.
type Looked struct {
	name string
	log  *slog.Logger
	now  func() time.Time

	mu      sync.Mutex
	views   map[string]*view
	changed bool // since it was written down
}

// Open reads what was looked at before the program started, from a directory. A file that cannot be read is told, and left for
// the next to be written over.
func Open(dir string, log *slog.Logger) *Looked {
	l := &Looked{name: dir + "/" + File, log: log, now: time.Now, views: map[string]*view{}}
	list, err := read(l.name)
	if err != nil {
		log.Warn("which pages were looked at cannot be read; it is remembered anew", "file", File, "err", err)
		return l
	}
	for _, v := range list {
		if len(l.views) < mostViews && strings.HasPrefix(v.Path, "/") && v.Lang != "" && len(v.Beside) <= mostBeside {
			l.views[v.key()] = v
		}
	}
	return l
}

func read(name string) (list []*view, err error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case info.Size() > mostBytes:
		return nil, fmt.Errorf("%d bytes, more than %d", info.Size(), mostBytes)
	}
	text, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if slices.Contains(list, nil) {
		err = errors.New("an entry is null")
	}
	return list, err
}

// Save writes down what is new. One at a time saves; nobody waits for the disk to look at a page.
func (l *Looked) Save() {
	l.mu.Lock()
	list := l.sorted()
	if !l.changed {
		l.mu.Unlock()
		return
	}
	var text bytes.Buffer
	to := json.NewEncoder(&text)
	to.SetEscapeHTML(false) // an & stays one byte, as the bound of the file reckons
	err := to.Encode(list)
	l.changed = false
	l.mu.Unlock()
	if err == nil {
		err = filed.Replace(l.name, text.Bytes())
	}
	if err != nil {
		l.log.Warn("which pages were looked at could not be written down", "err", err)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.changed = true
	}
}

// sorted are the pages of late, those that are looked at most first.
func (l *Looked) sorted() []*view {
	now := l.now()
	list := []*view{}
	for key, v := range l.views {
		if now.Sub(v.Last) > lately {
			delete(l.views, key)
			l.changed = true
			continue
		}
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b *view) int {
		return cmp.Or(cmp.Compare(b.weight(now), a.weight(now)), strings.Compare(a.key(), b.key()))
	})
	return list
}

// list are copies of sorted.
func (l *Looked) list() []view {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []view
	for _, v := range l.sorted() {
		c := *v
		c.Beside = slices.Clone(v.Beside)
		out = append(out, c)
	}
	return out
}

// forget drops a page that there is not any more.
func (l *Looked) forget(v view) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.views, v.key())
	l.changed = true
}

// see remembers a request that was answered, where it is of a page, or of a panel beside it, that a person looks at.
func (l *Looked) see(r *http.Request) {
	who := access.From(r.Context())
	page, panel := shown(r.URL.Path)
	if r.Method != http.MethodGet || who == nil || who.Token != "" || page == "" || len(r.URL.Path)+len(r.URL.RawQuery) > longest {
		return
	}
	st, err := address.Read(r, "format", "encoding", "compact", "by", "place", "box", "v", "until")
	if err != nil {
		return
	}
	if !st.AsOf.IsZero() || st.Freeze != "" { // whose figures no publication changes
		return
	}
	q, said := st.Query(), r.URL.Query()
	for _, name := range own { // whatever else stands there is not of the page, and perhaps of who looks
		if len(said[name]) > 0 && !strings.HasPrefix(page, "/b/") {
			q[name] = said[name]
		}
	}
	v := &view{Path: page, Query: q.Encode(), Lang: st.Loc, Scopes: who.Scopes, Small: who.Can(access.Small)}
	l.mu.Lock()
	defer l.mu.Unlock()
	known := l.views[v.key()]
	if panel != "" {
		rest, ok := strings.CutPrefix(r.URL.RawQuery, v.state())
		if known == nil || !ok || rest != "" && rest[0] != '&' || taken(said.Get("format")) {
			return
		}
		rest = panel + plain(rest, said.Get("v"))
		if !slices.Contains(known.Beside, rest) {
			known.Beside = append(known.Beside, rest)
			if l.changed = true; len(known.Beside) > mostBeside {
				known.Beside = known.Beside[1:]
			}
		}
		return
	}
	now := l.now()
	if known == nil {
		known = v
		if list := l.sorted(); len(list) >= mostViews {
			delete(l.views, list[len(list)-1].key())
		}
		l.views[v.key()] = v
	}
	known.Looks, known.Last = known.weight(now)+1, now
	l.changed = true
}

// taken says that a form of a panel is a file, which is made when it is asked for.
func taken(format string) bool { return !slices.Contains([]string{"", "json", "svg", "spark"}, format) }

// plain takes the version of the data out of what an address says.
func plain(rest, version string) string {
	if version == "" {
		return rest
	}
	return strings.Replace(rest, "&v="+version, "&v=*", 1)
}

// own are parameters of pages beside boards.
var own = []string{"period", "unit", "rank", "pace", "seats", "hire", "see", "where", "tap", "by", "all"}

// shown says what an address shows: a page, or a panel that stands on one; nothing where it is of neither, or of a file.
func shown(path string) (page, panel string) {
	if name, ok := strings.CutPrefix(path, "/api/v1/panels/"); ok {
		if board, panel, ok := strings.Cut(name, "/"); ok && board != "" && panel != "" && !strings.Contains(panel, "/") {
			return "/b/" + board, panel
		}
		return "", ""
	}
	for _, of := range []string{"/b/", "/cause/"} {
		if name, ok := strings.CutPrefix(path, of); ok && name != "" && !strings.Contains(name, "/") {
			return path, ""
		}
	}
	if path == "/responsibility" || path == "/chain/whatif" {
		return path, ""
	}
	return "", ""
}
