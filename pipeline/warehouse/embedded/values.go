package embedded

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// What the engine takes of a parameter without a word though it does not fit its type: of {n:UInt8} it makes 44 of 300, of a
// {d:Date} the second of March of the thirtieth of February and 1970 of what lies before, and of {x:Decimal(4, 1)} it drops digits.
// An answer to another question than was asked is worse than none, so misfit refuses such a value.

// placed finds {name:Type}.
var placed = regexp.MustCompile(`\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*:\s*([^{}]+?)\s*\}`)

var (
	wrapped   = regexp.MustCompile(`(?i)^(?:Array|Nullable|LowCardinality)\((.*)\)$`)
	integer   = regexp.MustCompile(`(?i)^(U?)Int(8|16|32|64|128|256)$`)
	decimal   = regexp.MustCompile(`(?i)^Decimal(?:32|64|128|256)?\((?:\s*\d+\s*,)?\s*(\d+)\s*\)$`)
	dated     = regexp.MustCompile(`(?i)^(Date|Date32|DateTime|DateTime64)(?:\(.*\))?$`)
	wholes    = regexp.MustCompile(`^[+-]?[0-9]+$`)
	fractions = regexp.MustCompile(`^[+-]?[0-9]*\.([0-9]+)$`)
	moments   = regexp.MustCompile(`^([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?:[ T]([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.[0-9]*)?)?)?(?:Z|[+-][0-9:]+)?$`)
)

// years are the first and the last year of which a type has every day.
var years = map[string][2]int{"date": {1970, 2148}, "date32": {1900, 2299}, "datetime": {1970, 2105}, "datetime64": {1900, 2299}}

// misfit is what speaks against the values of a statement's parameters; nil: nothing that the engine would not say itself.
func misfit(sql string, params []param) error {
	for _, m := range placed.FindAllStringSubmatch(sql, -1) {
		for _, p := range params {
			if p.name == m[1] && !fits(m[2], p.value) {
				return &exception{457, fmt.Sprintf("Code: 457. DB::Exception: Value %.100s cannot be parsed as %.100s for query parameter '%s' because it does not fit. (BAD_QUERY_PARAMETER)", p.value, m[2], p.name)}
			}
		}
	}
	return nil
}

// fits says whether a value is one of a type, where that can be said; the engine has a word to say of all others.
func fits(kind, value string) bool {
	for {
		m := wrapped.FindStringSubmatch(kind)
		if m == nil {
			break
		}
		if kind = strings.TrimSpace(m[1]); strings.HasPrefix(strings.TrimSpace(value), "[") {
			for _, v := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune("[],'", r) }) {
				if !fits(kind, strings.TrimSpace(v)) {
					return false
				}
			}
			return true
		}
	}
	switch {
	case integer.MatchString(kind) && wholes.MatchString(value):
		m := integer.FindStringSubmatch(kind)
		bits, _ := strconv.Atoi(m[2])
		n, _ := new(big.Int).SetString(strings.TrimPrefix(value, "+"), 10)
		if m[1] != "" {
			return n.Sign() >= 0 && n.BitLen() <= bits
		}
		if n.Sign() < 0 { // two's complement has one more of these
			n.Add(n, big.NewInt(1))
		}
		return n.BitLen() < bits
	case decimal.MatchString(kind) && fractions.MatchString(value):
		scale, err := strconv.Atoi(decimal.FindStringSubmatch(kind)[1])
		return err != nil || len(strings.TrimRight(fractions.FindStringSubmatch(value)[1], "0")) <= scale
	case dated.MatchString(kind):
		return isMoment(years[strings.ToLower(dated.FindStringSubmatch(kind)[1])], moments.FindStringSubmatch(value))
	}
	return true
}

// isMoment says whether there is such a day, and such a time of it, in some years; nil: it is written in another way.
func isMoment(within [2]int, m []string) bool {
	if m == nil {
		return true
	}
	n := make([]int, len(m))
	for i := range m {
		n[i], _ = strconv.Atoi(m[i])
	}
	day := time.Date(n[1], time.Month(n[2]), n[3], 0, 0, 0, 0, time.UTC)
	return n[1] >= within[0] && n[1] <= within[1] && day.Month() == time.Month(n[2]) && day.Day() == n[3] && n[4] < 24 && n[5] < 60 && n[6] < 60
}
