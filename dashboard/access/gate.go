package access

import "net/http"

// Need is what an address asks of who looks. The zero Need lets nobody in.
type Need struct {
	right  Right
	either bool // one of the rights is enough
	public bool
	whole  bool
	signed bool
}

// To needs a right. What is answered is held to the viewer's row scopes by who answers.
func To(r Right) Need { return Need{right: r} }

// Either needs one of two rights. What is answered is held to the viewer's row scopes by who answers.
func Either(a, b Right) Need { return Need{right: a | b, either: true} }

// Whole needs a right, and refuses whoever is kept to a part of the rows: the answer cannot be divided.
func Whole(r Right) Need { return Need{right: r, whole: true} }

// Public lets everybody in: what signs in, what has no content.
func Public() Need { return Need{public: true} }

// SignedIn needs an account and no right.
func SignedIn() Need { return Need{signed: true} }

// Verdict says why somebody is not let in.
type Verdict string

// The verdicts.
const (
	Admitted  Verdict = ""
	NotSigned Verdict = "sign_in"   // nobody is signed in
	Owing     Verdict = "owing"     // something is due first
	NoRight   Verdict = "no_right"  // the role lacks the right
	NotWhole  Verdict = "not_whole" // the address cannot be kept to a part of the rows
)

// Judge says whether v may see what needs n.
func (n Need) Judge(v *Viewer) Verdict {
	switch {
	case n.public:
		return Admitted
	case v == nil:
		return NotSigned
	case n.signed:
		return Admitted
	case v.Owes:
		return Owing
	case !v.Can(n.right) && !(n.either && v.May&n.right != 0):
		return NoRight
	case n.whole && !v.Whole():
		return NotWhole
	}
	return Admitted
}

// personal says whether what is answered may be of persons or of the installation: no browser keeps it.
func (n Need) personal() bool {
	return n.signed || n.right&(Rows|SQL|Audit|Accounts|Unmask) != 0
}

// Gate is the one way to every address. An address cannot be registered without what it needs, and what asks nobody is
// answered nothing.
type Gate struct {
	// Refuse answers whom the gate does not let in.
	Refuse func(w http.ResponseWriter, r *http.Request, why Verdict)

	mux    http.ServeMux
	routes []Route
}

// Route is an address with what it needs.
type Route struct {
	Pattern string
	Need    Need
}

// Right is the right that is needed; 0: none.
func (r Route) Right() Right { return r.Need.right }

// Public says whether everybody is let in.
func (r Route) Public() bool { return r.Need.public }

// Handle registers an address.
func (g *Gate) Handle(pattern string, need Need, h http.Handler) {
	g.routes = append(g.routes, Route{pattern, need})
	g.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if why := need.Judge(From(r.Context())); why != Admitted {
			g.Refuse(w, r, why)
			return
		}
		switch {
		case need.personal():
			w.Header().Set("Cache-Control", "no-store")
		case !need.public: // whoever answers may say more
			w.Header().Set("Cache-Control", "private, no-cache")
		}
		h.ServeHTTP(w, r)
	})
}

// Routes are the addresses there are, in the order in which they were registered.
func (g *Gate) Routes() []Route { return g.routes }

// ServeHTTP answers whom the context of a request says that looks.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.mux.ServeHTTP(w, r) }
