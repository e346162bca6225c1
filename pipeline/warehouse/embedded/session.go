package embedded

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yanzhen/pipeline/warehouse/cluster"
	"yanzhen/pipeline/warehouse/turns"
)

// Roles of the engine. Over HTTP the user name on the private socket is the role.
const (
	Loader  = "loader"  // everything on store, mart and meta
	Reader  = "reader"  // reads store, mart and meta
	Analyst = "analyst" // reads mart; one SELECT-class statement at a time
	// Unmasked is an analyst who reads plain too, where nothing is masked. The program takes this role for one statement of
	// somebody who may, after the reason is written down.
	Unmasked = "unmasked"
)

// asks says that a role is of people who ask in SQL, who are not trusted.
func asks(role string) bool { return role == Analyst || role == Unmasked }

// lanes bound the statements of a role that run at once, and those that wait for a turn; more are refused. Config.Analysts
// says another number of analysts' statements.
var lanes = map[string]struct{ run, wait int }{Loader: {32, 1024}, Reader: {32, 1024}, Analyst: {4, 64}, Unmasked: {2, 16}}

// engine is the library with its data directory open.
type engine struct {
	l       *library
	args    []string
	version string
	outward map[string]bool // table functions that no analyst may name
	keep    *connection     // closing the last connection would stop the engine
	lanes   map[string]*turns.Lane
	threads int64 // of an analyst's statement, at most
	memory  int64 // bytes of an analyst's statement, at most

	// stuckAfter is how long a statement may go on after it was told to stop. The engine sees a kill
	// between two blocks only; seen once: an insert of one row that never ended, which no kill reached
	// and which held its table for good. It did not come back in 18 minutes on two busy cores of
	// 17,000 inserts of one row from six connections beside 20,000 queries of the same tables, cancelled
	// inserts, 1,200 mutations, 300 drops of all databases and 16 kills of the process. A client that
	// dies while the engine takes its data is noticed only when the engine takes more of them.
	stuckAfter time.Duration

	control sync.Mutex // guards killer
	killer  *connection

	mu      sync.Mutex
	running map[string]context.CancelCauseFunc
	idle    map[string][]*connection // sessions that have only answered questions, by what they were opened for
}

// openEngine opens the data directory below o.Dir. Only one process can.
func openEngine(o orders) (*engine, error) {
	dir := o.Dir
	l, err := load(o.Lib)
	if err != nil {
		return nil, err
	}
	conf := filepath.Join(dir, "config.xml")
	files := filepath.Join(dir, "user_files") // stays empty: what file() may see at most
	for _, d := range []string{files, filepath.Join(dir, "data"), filepath.Join(dir, "tmp")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, err
		}
	}
	users := filepath.Join(dir, "users.xml")
	var further []string
	if o.ReadFiles {
		further = []string{"READ ON FILE"}
	}
	if o.Cluster.Alone {
		further = append(further, "REMOTE ON *.*")
	}
	if err := os.WriteFile(users, []byte(usersXML(o.Cluster.Rows(), further...)), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(conf, []byte(configXML(users, files, filepath.Join(dir, "tmp"), o.Backups, o.Memory, o.Cluster)), 0o600); err != nil {
		return nil, err
	}
	e := &engine{
		l:       l,
		args:    []string{"--path=" + filepath.Join(dir, "data"), "--config-file=" + conf},
		lanes:   map[string]*turns.Lane{},
		running: map[string]context.CancelCauseFunc{},
		idle:    map[string][]*connection{},
		threads: max(1, int64(runtime.NumCPU()/4)),
		memory:  1 << 30,
	}
	if o.Memory > 0 {
		e.memory = o.Memory / 4
	}
	for role, n := range lanes {
		if role == Analyst && o.Analysts > 0 {
			n.run = o.Analysts
		}
		e.lanes[role] = turns.InOrder(n.run, n.wait)
		if asks(role) {
			e.lanes[role] = turns.Shared(n.run, n.wait)
		}
	}
	if e.keep, err = l.open(e.args...); err != nil {
		return nil, err
	}
	if e.killer, err = l.open(e.args...); err != nil {
		return nil, err
	}
	if _, err := e.keep.run("SELECT version()", "TabSeparated", nil, func(b []byte) {
		e.version = strings.TrimSpace(string(b))
	}); err != nil {
		return nil, err
	}
	e.outward, err = outward(e.keep)
	return e, err
}

// close stops the engine. No session may be open.
func (e *engine) close() {
	e.control.Lock()
	defer e.control.Unlock()
	for _, cs := range e.idle {
		for _, c := range cs {
			c.close()
		}
	}
	e.killer.close()
	e.keep.close()
	e.l.shutdown()
}

// request is what a session needs to know.
type request struct {
	id       string
	role     string
	database string
	who      string // whose it is, as the program says; people share the places of their role by it
	settings map[string]string
	within   time.Duration     // it waits for its turn so long at most; 0: as long as its client does
	waits    func(turns.Waits) // called once where the request must wait for its turn; may be nil
}

// The errors of a queue that takes no more.
var (
	errQueue = &exception{202, "Code: 202. DB::Exception: 排队的语句已满，请稍后再试 / too many statements wait for their turn: try again in a moment. (TOO_MANY_SIMULTANEOUS_QUERIES)"}
	errMine  = &exception{202, "Code: 202. DB::Exception: 您排队的语句太多，请等其中一条完成，或停止一条 / too many of your statements wait for their turn: wait for one to end, or stop one. (TOO_MANY_SIMULTANEOUS_QUERIES)"}
)

// late is what a request is told whose turn did not come within the time it gives to that; why is nil where nobody asked yet.
func late(why *turns.Waits) error {
	zh, en := "没有及时轮到，没有运行，请稍后再试", "the turn of the statement did not come in time, and it was not run: try again in a moment"
	if why != nil {
		zh, en = zh+"。"+why.Past().Zh, en+". "+why.Past().En
	}
	return &exception{202, "Code: 202. DB::Exception: " + zh + " / " + en + " (TOO_MANY_SIMULTANEOUS_QUERIES)"}
}

// turn waits for a place to run.
func (e *engine) turn(ctx context.Context, r request) (leave func(), err error) {
	lane, ok := e.lanes[r.role]
	if !ok {
		return nil, &exception{516, "Code: 516. DB::Exception: there is no role " + strconv.Quote(r.role) + ". (AUTHENTICATION_FAILED)"}
	}
	patient, told := ctx, r.waits
	var why *turns.Waits
	if r.within > 0 {
		var end context.CancelFunc
		patient, end = context.WithTimeout(ctx, r.within)
		defer end()
		told = func(w turns.Waits) {
			if why = &w; r.waits != nil {
				r.waits(w)
			}
		}
	}
	switch leave, err = lane.Take(patient, r.who, told); {
	case err == nil:
		return leave, nil
	case err == turns.ErrFull:
		return nil, errQueue
	case err == turns.ErrMany:
		return nil, errMine
	case ctx.Err() == nil:
		return nil, late(why)
	}
	return nil, stopped(ctx)
}

var settingRe = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// session gives a request a connection with its role, database and settings. One of an analyst is its own, so that nothing
// of it (settings, role, database, temporary tables) can reach the next; so is one of a statement that is no question. A
// connection on which the program has only asked, with the same role, database and settings, is taken again: to make one
// costs as much as a short question. The caller calls the function returned, always, and says whether all went well and
// only a question was asked.
func (e *engine) session(ctx context.Context, r request) (*connection, func(asked bool), error) {
	leave, err := e.turn(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	e.rank(r)
	first, each, err := r.words()
	if err != nil {
		leave()
		return nil, nil, err
	}
	c := e.take(first)
	sql := "SET " + each
	if _, ok := r.settings["max_execution_time"]; !ok {
		sql += ", max_execution_time = DEFAULT" // that of the question before
	}
	if c == nil {
		if c, err = e.l.open(e.args...); err != nil {
			leave()
			return nil, nil, newException("Code: 999. DB::Exception: " + err.Error())
		}
		sql = first + ", " + each
	}
	if asks(r.role) {
		sql += ", readonly = 1"
	}
	done := func(asked bool) {
		if !asked || asks(r.role) || !e.rest(first, c) {
			c.close()
		}
		leave()
	}
	if _, err := c.run(sql, "Null", nil, nil); err != nil {
		done(false)
		return nil, nil, err
	}
	return c, done, nil
}

// words make a session the request's: the statements that are the same for many, and the settings of this one.
func (r request) words() (first, each string, err error) {
	var all, own strings.Builder
	fmt.Fprintf(&all, "SET ROLE %s; ", r.role)
	if r.database != "" && r.database != "default" {
		fmt.Fprintf(&all, "USE %s; ", backquote(r.database))
	}
	all.WriteString("SET implicit_select = 0")
	fmt.Fprintf(&own, "log_comment = %s", quote(r.id))
	for _, name := range sortedKeys(r.settings) {
		switch {
		case !settingRe.MatchString(name):
			return "", "", &exception{115, fmt.Sprintf("Code: 115. DB::Exception: Unknown setting %q. (UNKNOWN_SETTING)", name)}
		case name == "max_execution_time": // what is left of a request's time differs from one to the next
			fmt.Fprintf(&own, ", %s = %s", name, quote(r.settings[name]))
		default:
			fmt.Fprintf(&all, ", %s = %s", name, quote(r.settings[name]))
		}
	}
	if r.role == Reader {
		all.WriteString(", readonly = 2") // the program's queries may choose their settings
	}
	return all.String(), own.String(), nil
}

// mostIdle bounds the sessions that wait for a request like their last.
const mostIdle = 32

// take gives a session that waits for such a request; nil where there is none.
func (e *engine) take(first string) *connection {
	e.mu.Lock()
	defer e.mu.Unlock()
	of := e.idle[first]
	if len(of) == 0 {
		return nil
	}
	c := of[len(of)-1]
	if e.idle[first] = of[:len(of)-1]; len(of) == 1 {
		delete(e.idle, first)
	}
	return c
}

// rest lets a session wait for the next request of its kind; false where enough of them wait.
func (e *engine) rest(first string, c *connection) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, of := range e.idle {
		n += len(of)
	}
	if n >= mostIdle {
		return false
	}
	e.idle[first] = append(e.idle[first], c)
	return true
}

// rank puts who waits for a page before who asks in SQL: an analyst's statement stands still while a reader's runs, has
// few threads, and memory of its own that it is stopped for. A request may ask for less, not for more: what the program asks
// before anybody has asked stands behind both.
func (e *engine) rank(r request) {
	switch {
	case r.role == Reader:
		if n, err := strconv.Atoi(r.settings["priority"]); err != nil || n < 1 {
			r.settings["priority"] = "1"
		}
	case asks(r.role):
		r.settings["priority"] = "10"
		for name, most := range map[string]int64{"max_threads": e.threads, "max_memory_usage": e.memory} {
			if n, err := strconv.ParseInt(r.settings[name], 10, 64); err != nil || n <= 0 || n > most {
				r.settings[name] = strconv.FormatInt(most, 10)
			}
		}
	}
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// enter registers a running request under its id, so that KILL QUERY can find it. The context it
// returns ends when the request is killed.
func (e *engine) enter(ctx context.Context, id string) (context.Context, func(), error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.running[id]; ok {
		return nil, nil, &exception{216, fmt.Sprintf("Code: 216. DB::Exception: Query with id = %s is already running. (QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING)", id)}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	e.running[id] = cancel
	return ctx, func() {
		e.mu.Lock()
		delete(e.running, id)
		e.mu.Unlock()
		cancel(nil)
	}, nil
}

var errKilled = &exception{394, "Code: 394. DB::Exception: Query was cancelled. (QUERY_WAS_CANCELLED)"}

// stopped is the error of a request whose context ended.
func stopped(ctx context.Context) error {
	if cause, ok := context.Cause(ctx).(*exception); ok {
		return cause
	}
	return errKilled
}

// kill ends the request of that id; false where none runs.
func (e *engine) kill(id string) bool {
	e.mu.Lock()
	cancel, ok := e.running[id]
	e.mu.Unlock()
	if ok {
		cancel(errKilled)
	}
	return ok
}

// exitStuck is the exit code of an engine process that ended for a statement that does not stop.
const exitStuck = 3

// watch makes the engine stop the statement of a request when ctx ends. The engine knows the
// request by its log_comment, because it takes no query id from outside. The function returned
// ends the watch and waits for it, so that no kill comes late. Where the statement does not stop,
// this process ends and the parent starts another: what was not published is invisible anyway.
func (e *engine) watch(ctx context.Context, id string) func() {
	over, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		select {
		case <-over:
			return
		case <-ctx.Done():
		}
		// a statement may not have entered the engine's list yet: ask again until it ended
		stuck := time.AfterFunc(e.stuckAfter, func() {
			fmt.Fprintf(os.Stderr, "the engine is started anew: statement %s does not stop\n", id)
			os.Exit(exitStuck)
		})
		defer stuck.Stop()
		for wait := 20 * time.Millisecond; ; wait = min(2*wait, time.Second) {
			e.control.Lock()
			_, _ = e.killer.run("KILL QUERY WHERE Settings['log_comment'] = {id:String} ASYNC", "Null",
				[]param{{"id", strings.ReplaceAll(id, `\`, `\\`)}}, nil)
			e.control.Unlock()
			select {
			case <-over:
				return
			case <-time.After(wait):
			}
		}
	}()
	return func() { close(over); <-gone }
}

// Grants are what a role may do, as GRANT says it, without who it is granted to. A server of an installation's own is given
// the same (package grants).
func Grants(role string) []string {
	switch role {
	case Loader:
		return []string{
			"ALL ON store.*", "ALL ON mart.*", "ALL ON meta.*", "SELECT ON system.*", "SELECT ON INFORMATION_SCHEMA.*", "KILL QUERY ON *.*",
			"CREATE TEMPORARY TABLE ON *.*", "SYSTEM RELOAD, SYSTEM DROP CACHE, SYSTEM FLUSH ON *.*", "TABLE ENGINE ON *", "SET DEFINER ON default",
		}
	case Reader:
		return []string{"SELECT ON store.*", "SELECT ON mart.*", "SELECT ON meta.*", "SELECT ON system.*", "SHOW ON store.*", "SHOW ON mart.*", "SHOW ON meta.*"}
	case Analyst:
		return []string{"SELECT ON mart.*", "SHOW ON mart.*"}
	case Unmasked:
		return []string{"SELECT ON mart.*", "SHOW ON mart.*", "SELECT ON plain.*", "SHOW ON plain.*"}
	}
	return nil
}

// usersXML gives the one user of the library no right of its own, only roles; a session takes one. The loader gets what
// else is granted.
func usersXML(rows string, further ...string) string {
	var b strings.Builder
	b.WriteString(`<clickhouse>
<profiles><default/></profiles>
<quotas><default/></quotas>
<users><default>
  <password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
  <grants><query>GRANT loader</query><query>GRANT reader</query><query>GRANT analyst</query><query>GRANT unmasked</query></grants>
</default></users>
<roles>
`)
	for _, role := range []string{Loader, Reader, Analyst, Unmasked} {
		b.WriteString("  <" + role + "><grants>\n")
		for _, g := range Grants(role) {
			b.WriteString("    <query>GRANT " + g + "</query>\n")
			if right, ok := strings.CutSuffix(g, " ON store.*"); ok && rows != "store" {
				b.WriteString("    <query>GRANT " + right + " ON " + rows + ".*</query>\n")
			}
		}
		if role == Analyst { // package past makes them here; a server has none
			b.WriteString("    <query>GRANT SELECT ON past.*</query>\n")
		}
		if role == Loader {
			for _, g := range append([]string{"ALL ON plain.*", "ALL ON past.*"}, further...) {
				b.WriteString("    <query>GRANT " + g + "</query>\n")
			}
		}
		b.WriteString("  </grants></" + role + ">\n")
	}
	b.WriteString("</roles>\n</clickhouse>\n")
	return b.String()
}

func configXML(users, files, tmp, backups string, memory int64, of cluster.Plan) string {
	var b strings.Builder
	b.WriteString("<clickhouse>\n")
	el := func(name, value string) {
		value = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(value)
		fmt.Fprintf(&b, "<%s>%s</%s>\n", name, value, name)
	}
	el("users_config", users)
	el("user_files_path", files+"/")
	el("tmp_path", tmp+"/")
	el("timezone", "UTC")
	if memory > 0 {
		el("max_server_memory_usage", strconv.FormatInt(memory, 10))
	}
	if backups != "" {
		b.WriteString("<backups>")
		el("allowed_path", backups)
		b.WriteString("</backups>\n")
	}
	if of.Alone { // nothing listens at that port: by it the engine knows that it is the shard itself
		el("tcp_port", "9000")
		b.WriteString("<remote_servers><" + of.Name + "><shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard></" + of.Name + "></remote_servers>\n")
	}
	// a power cut may leave hundreds of parts of tables that are not synced broken, and the engine would refuse to
	// start. What is missing of published rows the loader finds by its ledger
	b.WriteString("<merge_tree>\n")
	el("max_suspicious_broken_parts", "1000000")
	el("max_suspicious_broken_parts_bytes", "1000000000000000")
	b.WriteString("</merge_tree>\n")
	b.WriteString("<access_control_improvements>\n")
	el("select_from_system_db_requires_grant", "true")
	el("select_from_information_schema_requires_grant", "true")
	b.WriteString("</access_control_improvements>\n</clickhouse>\n")
	return b.String()
}
