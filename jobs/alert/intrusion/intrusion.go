// Package intrusion finds in the audit trail what looks like somebody trying to get in, or further than they may: sign-ins that
// fail in numbers, by one address, for one account or from everywhere, and refusals of one account one after another. It keeps
// nobody out: the pauses of the sign-in do.
package intrusion

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/access/audit"
	"yanzhen/jobs/alert"
	"yanzhen/pipeline/codes"
)

// Kind is the kind of its alerts.
const Kind = "access"

// What is told of: so many in an hour.
const (
	within       = time.Hour
	ofAddress    = 20
	ofAccount    = 10
	ofEverybody  = 100
	ofRefusals   = 30
	worse        = 10     // times as many are a level worse
	mostCounted  = 10_000 // counts of one kind at once: of more the smallest are forgotten, a tenth at a time
	mostFound    = 20     // alerts of one kind of count: of more the greatest
	tries, turns = "try/", "refused/"
)

// The kinds of counts but that of everybody, by how their keys begin: each has its own bound, so that invented names of accounts
// keep no address from being counted.
var kinds = []string{tries + "from/", tries + "of/", turns + "of/"}

// Guard counts what the trail of a zone's directory says.
type Guard struct {
	follower audit.Follower
	counts   map[string]*count
	have     map[string]int // how many of each kind
}

// count is what happened in each of the last minutes.
type count struct {
	minutes [int(within / time.Minute)]int32
	first   time.Time
	last    time.Time
}

// New makes a guard of a zone's directory.
func New(dir string) *Guard {
	return &Guard{audit.Follower{Dir: dir}, map[string]*count{}, map[string]int{}}
}

// Source tells what the guard found; one goroutine asks it.
func (g *Guard) Source() alert.Source { return alert.Source{Kinds: []string{Kind}, Look: g.look} }

func (g *Guard) look(_ context.Context, now time.Time) ([]alert.Found, error) {
	for key, c := range g.counts { // first, so that there is room
		if now.Sub(c.last) >= within {
			g.forget(key)
		}
	}
	err := g.follower.Next(now.Add(-within), func(e audit.Entry) {
		if now.Sub(e.At) < within {
			g.hear(e)
		}
	})
	if err != nil {
		return nil, err
	}
	return g.found(now), nil
}

// hear counts an entry.
func (g *Guard) hear(e audit.Entry) {
	from := e.From
	if host, _, err := net.SplitHostPort(from); err == nil {
		from = host
	}
	known := e.Who != "" && e.Who != "?"
	switch {
	case failed(e):
		g.add(tries, e.At)
		if from != "" {
			g.add(tries+"from/"+from, e.At)
		}
		if known {
			g.add(tries+"of/"+e.Who, e.At)
		}
	case known && refused(e):
		g.add(turns+"of/"+e.Who, e.At)
	}
}

// failed reports whether an entry is of somebody who did not come in.
func failed(e audit.Entry) bool {
	in := slices.Contains([]string{"signin", "token", "link", "password", "factor", "key"}, e.Did)
	return in && slices.Contains([]string{"wrong", "later", "refused"}, e.Result) && !strings.HasPrefix(e.What, "program: ") // who spoke another protocol
}

// refused reports whether an entry is of somebody who asked for more than they may: a page, or what a statement may not read.
func refused(e audit.Entry) bool {
	return e.Result == "403" || e.Did == "sql" && strings.HasPrefix(e.Result, "error 497")
}

func (g *Guard) add(key string, at time.Time) {
	c := g.counts[key]
	if c == nil {
		kind := kindOf(key)
		if kind != "" && g.have[kind] >= mostCounted {
			g.thin(kind)
		}
		c = &count{first: at}
		g.counts[key] = c
		g.have[kind]++
	}
	c.until(at)
	c.minutes[minute(at)]++
	c.last = at
}

// kindOf is how a key begins; empty: it counts everybody.
func kindOf(key string) string {
	for _, k := range kinds {
		if strings.HasPrefix(key, k) {
			return k
		}
	}
	return ""
}

func (g *Guard) forget(key string) {
	delete(g.counts, key)
	g.have[kindOf(key)]--
}

// thin forgets the smallest tenth of a kind, of equal ones those that have been quiet for longest.
func (g *Guard) thin(kind string) {
	type one struct {
		key string
		n   int
		at  time.Time
	}
	var all []one
	for key, c := range g.counts {
		if kindOf(key) == kind {
			all = append(all, one{key, c.sum(), c.last})
		}
	}
	slices.SortFunc(all, func(a, b one) int { return cmp.Or(a.n-b.n, a.at.Compare(b.at)) })
	for _, x := range all[:len(all)/10+1] {
		g.forget(x.key)
	}
}

func (c *count) sum() (n int) {
	for _, m := range c.minutes {
		n += int(m)
	}
	return n
}

func minute(t time.Time) int { return int(t.Unix()/60) % int(within/time.Minute) }

// until forgets what is older than an hour at a moment.
func (c *count) until(now time.Time) {
	for at := c.last.Truncate(time.Minute).Add(time.Minute); !c.last.IsZero() && !at.After(now) && at.Before(c.last.Add(within+time.Minute)); at = at.Add(time.Minute) {
		c.minutes[minute(at)] = 0
	}
	if now.After(c.last) {
		c.last = now
	}
}

func (g *Guard) found(now time.Time) (out []alert.Found) {
	lists := map[string][]alert.Found{}
	sums := map[string]int{}
	for key, c := range g.counts {
		last := c.last
		c.until(now)
		c.last = last
		n := c.sum()
		least, kind, text := told(key, n)
		if n < least {
			continue
		}
		f := alert.Found{Kind: Kind, Level: 1, Since: c.first, What: text, Key: Kind + "/" + key, Until: last.Add(within)}
		if n >= worse*least {
			f.Level = 2
		}
		if begin := kindOf(key); strings.HasSuffix(begin, "of/") { // the names of accounts stand in the trail alone
			sum := sha256.Sum256([]byte(key))
			f.Key = Kind + "/" + begin + hex.EncodeToString(sum[:8])
		}
		sums[f.Key] = n
		lists[kind] = append(lists[kind], f)
	}
	for _, list := range lists {
		slices.SortFunc(list, func(a, b alert.Found) int { return sums[b.Key] - sums[a.Key] })
		out = append(out, list[:min(len(list), mostFound)]...)
	}
	slices.SortFunc(out, func(a, b alert.Found) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// told says from how many on a count is told, of which kind it is, and in which words.
func told(key string, n int) (least int, kind string, text codes.Text) {
	say := func(zh, en string, args ...any) codes.Text {
		return codes.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}
	}
	n = about(n)
	switch {
	case key == tries:
		return ofEverybody, key, say("一小时内登录失败超过 %d 次，来自各处", "more than %d sign-ins failed within an hour, from anywhere", n)
	case strings.HasPrefix(key, tries+"from/"):
		return ofAddress, "from", say("一小时内从同一地址 %[2]s 登录失败超过 %[1]d 次", "more than %d sign-ins from one address, %s, failed within an hour", n, key[len(tries+"from/"):])
	case strings.HasPrefix(key, tries):
		return ofAccount, "of", say("一小时内同一账号登录失败超过 %d 次", "more than %d sign-ins of one account failed within an hour", n)
	}
	return ofRefusals, "refused", say("一小时内同一账号的访问被拒绝超过 %d 次", "more than %d requests of one account were refused within an hour", n)
}

// about rounds down, so that a count that goes on is not another sentence every minute.
func about(n int) int {
	step := 10
	for step*10 <= n {
		step *= 10
	}
	return n / step * step
}
