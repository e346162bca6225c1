package codes

// Verdict is the outcome of one test of a number.
type Verdict uint8

// The verdicts.
const (
	NotTested Verdict = iota // nothing to test, or an earlier test failed
	Good
	Doubtful // possible but unlikely: reported, not refused
	Bad
)

// IDFault says what is wrong with an identity number.
type IDFault uint8

// The faults of an identity number, the first found in this order.
const (
	IDFine      IDFault = iota
	IDBlank             // nothing there
	IDFloat             // 3.31121E+17: a spreadsheet has cut the digits, they cannot be recovered
	IDMasked            // 331121********1234
	IDLength            // neither 15 nor 18 characters
	IDCharacter         // a character that cannot stand in such a number
	IDDate              // the date of birth does not exist
	IDCheck             // the check character is another
	IDRegion            // no division ever had the first four digits: doubtful
)

// ID is what a GB 11643 identity number says. The three verdicts are independent once the format
// is Good: a number may have a right check character and an impossible date.
type ID struct {
	Format    Verdict
	Checksum  Verdict // NotTested for 15 digits, which have none
	Semantics Verdict // Bad: no such date; Doubtful: no such region
	Fault     IDFault
	Number    [18]byte // 18 characters, upper case; a 15-digit number is widened. Never store or print it
	Birth     int32    // days since 1970-01-01; set where Semantics is not Bad
	Year      int
	Month     int
	Day       int
	Male      bool
}

// Valid says whether the number may be accepted: right format and check character, a date that
// exists. A doubtful region is accepted: the lists of historic divisions are never complete.
func (id *ID) Valid() bool {
	return id.Format == Good && id.Checksum != Bad && id.Semantics != Bad && id.Semantics != NotTested
}

// On judges the birth date as of a day (days since 1970-01-01): Bad when it lies ahead, Doubtful
// when the person would be older than 120.
func (id *ID) On(day int32) Verdict {
	if id.Semantics == Bad || id.Semantics == NotTested {
		return NotTested
	}
	switch years := int(day-id.Birth) * 400 / 146097; {
	case id.Birth > day:
		return Bad
	case years > 120:
		return Doubtful
	}
	return Good
}

// Region returns the six digits of the division that issued the number, for a foreigner's
// residence card (first digit 9) the province alone, as 330000.
func (id *ID) Region() string {
	if id.Number[0] == '9' {
		return string(id.Number[1:3]) + "0000"
	}
	return string(id.Number[:6])
}

// Province returns the short Chinese name of the province of issue; empty where there is none.
func (id *ID) Province() string {
	i := 0
	if id.Number[0] == '9' {
		i = 1
	}
	return provinceOf[two(id.Number[i], id.Number[i+1])]
}

func two(a, b byte) int { return int(a-'0')*10 + int(b-'0') }

var idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

const idChecks = "10X98765432"

// halfWidth returns the ASCII character of a full-width one, r itself else.
func halfWidth(r rune) rune {
	if 0xff01 <= r && r <= 0xff5e {
		return r - 0xfee0
	}
	return r
}

func isGap(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '\'', '`', 0xa0, 0x3000, 0xfeff, '-', '－', '—', '–', '·', 0x200b, 0x2018, 0x2019:
		return true
	}
	return 0x2000 <= r && r <= 0x200f
}

// idText takes the digits out of a text, in full or half width, without spaces and hyphens, and says how many there
// are: 15 or 18 where there is no fault.
func idText(s string) (raw [18]byte, n int, fault IDFault) {
	masked, float, odd := false, false, false
	for _, r := range s {
		r = halfWidth(r)
		if isGap(r) {
			continue
		}
		if r == 'x' {
			r = 'X'
		}
		switch {
		case r == '*':
			masked = true
		case r == 'E' || r == 'e' || r == '.' || r == '+':
			float = true
		case r < '0' || r > '9' && r != 'X':
			odd = true
		}
		if n < 18 {
			raw[n] = byte(r)
		}
		n++
	}
	switch {
	case n == 0:
		return raw, n, IDBlank
	case masked:
		return raw, n, IDMasked
	case float && !odd && raw[0] >= '1' && raw[0] <= '9':
		return raw, n, IDFloat
	case n != 15 && n != 18:
		return raw, n, IDLength
	case odd || float || raw[0] == '0':
		return raw, n, IDCharacter
	}
	for i := range n {
		if raw[i] == 'X' && i != 17 {
			return raw, n, IDCharacter
		}
	}
	return raw, n, IDFine
}

// TidyID reports whether a text is 17 digits and a digit or X: an 18-character number as it should be written, so
// that nothing need be folded.
func TidyID(s string) bool {
	return len(s) == 18 && eightDigits(s[:8]) && eightDigits(s[8:16]) && s[16]-'0' <= 9 && (s[17]-'0' <= 9 || s[17] == 'X')
}

// eightDigits reports whether the eight characters of s are digits. They are looked at in one word: of a digit
// the upper half is 3, and stays 3 where 6 is added.
func eightDigits(s string) bool {
	_ = s[7]
	x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	const upper, threes, sixes = 0xf0f0f0f0f0f0f0f0, 0x3030303030303030, 0x0606060606060606
	return x&upper == threes && (x+sixes)&upper == threes
}

// CheckID reads an identity number of 18 characters or 15 digits, in full or half width, with
// spaces and hyphens anywhere. It allocates nothing.
func CheckID(s string) ID {
	var id ID
	n := 18
	if TidyID(s) && s[0] != '0' { // as nearly all are written
		copy(id.Number[:], s)
	} else {
		raw, length, fault := idText(s)
		if fault != IDFine {
			return ID{Format: Bad, Fault: fault}
		}
		if n = length; n == 15 {
			copy(id.Number[:], raw[:6])
			id.Number[6], id.Number[7] = '1', '9'
			copy(id.Number[8:], raw[6:15])
		} else {
			id.Number = raw
		}
	}
	id.Format = Good
	sum := 0
	for i, w := range idWeights {
		sum += int(id.Number[i]-'0') * w
	}
	check := idChecks[sum%11]
	switch {
	case n == 15:
		id.Number[17] = check
	case id.Number[17] == check:
		id.Checksum = Good
	default:
		id.Checksum, id.Fault = Bad, IDCheck
	}

	id.Year = two(id.Number[6], id.Number[7])*100 + two(id.Number[8], id.Number[9])
	id.Month = two(id.Number[10], id.Number[11])
	id.Day = two(id.Number[12], id.Number[13])
	id.Male = (id.Number[16]-'0')%2 == 1
	if id.Year < 1800 || id.Month < 1 || id.Month > 12 || id.Day < 1 || id.Day > MonthLength(id.Year, id.Month) {
		id.Semantics = Bad
		if id.Fault == IDFine {
			id.Fault = IDDate
		}
		return id
	}
	id.Birth = Days(id.Year, id.Month, id.Day)
	id.Semantics = Good
	if !knownRegion(&id.Number) {
		id.Semantics = Doubtful
		if id.Fault == IDFine {
			id.Fault = IDRegion
		}
	}
	return id
}

func knownRegion(n *[18]byte) bool {
	if n[0] == '9' {
		return provinceOf[two(n[1], n[2])] != ""
	}
	p, c := two(n[0], n[1]), two(n[2], n[3])
	return prefectures[p][c/50]&(1<<(c%50)) != 0
}

// IsOtherDocument says whether s has the shape of a document that is not a GB 11643 number: a
// passport (one or two letters and 6 to 9 digits, or 9 digits), a travel permit of Hong Kong, Macao
// (H or M and 8 to 10 digits) or Taiwan (8 digits), an old foreigner's residence card (3 letters
// and 12 digits). It allocates nothing.
func IsOtherDocument(s string) bool {
	letters, digits, n := 0, 0, 0
	for _, r := range s {
		r = halfWidth(r)
		if isGap(r) || r == '(' || r == ')' {
			continue
		}
		n++
		switch {
		case '0' <= r && r <= '9':
			digits++
		case ('A' <= r && r <= 'Z' || 'a' <= r && r <= 'z') && n <= 4:
			letters++
		default:
			return false
		}
	}
	switch letters {
	case 0:
		return digits == 8 || digits == 9
	case 1, 2:
		return digits >= 6 && digits <= 10
	case 3:
		return digits == 12 || digits == 6
	}
	return false
}

// CodeFault says what is wrong with a unified social credit code.
type CodeFault uint8

// The faults of a credit code, the first found in this order.
const (
	CreditFine      CodeFault = iota
	CreditBlank               // nothing there
	CreditOld                 // 15 digits: a registration number from before 2015, not a credit code
	CreditLength              // not 18 characters
	CreditCharacter           // a character the code does not use (I O S V Z among them)
	CreditOuter               // the last character is another
	CreditInner               // the organisation code inside it (9-17) is not sound
)

// Credit is what the tests of a GB 32100 unified social credit code say.
type Credit struct {
	Format Verdict
	Outer  Verdict // character 18 over 1-17
	Inner  Verdict // character 17 over 9-16 (GB 11714)
	Fault  CodeFault
	Code   [18]byte // upper case, half width; set where Format is Good
}

// Valid says whether both check characters are right.
func (c *Credit) Valid() bool { return c.Format == Good && c.Outer == Good && c.Inner == Good }

const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var creditWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

var innerWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}

// creditValue is the place of a character in the alphabet, -1 where it has none.
var creditValue = func() (v [128]int8) {
	for i := range v {
		v[i] = -1
	}
	for i := range len(creditAlphabet) {
		v[creditAlphabet[i]] = int8(i)
	}
	return v
}()

// readCredit takes the characters of s, in half width and upper case, without gaps.
func readCredit(s string) (raw [18]byte, n int) {
	for _, r := range s {
		r = halfWidth(r)
		if isGap(r) {
			continue
		}
		if 'a' <= r && r <= 'z' {
			r -= 'a' - 'A'
		}
		if r >= 128 {
			r = '?'
		}
		if n < 18 {
			raw[n] = byte(r)
		}
		n++
	}
	return raw, n
}

// CheckCredit reads a unified social credit code in full or half width, any case, with spaces and
// hyphens anywhere. It allocates nothing.
func CheckCredit(s string) Credit {
	raw, n := readCredit(s)
	switch {
	case n == 0:
		return Credit{Format: Bad, Fault: CreditBlank}
	case n == 15 && allDigits(raw[:15]):
		return Credit{Format: Bad, Fault: CreditOld}
	case n != 18:
		return Credit{Format: Bad, Fault: CreditLength}
	}
	for i, c := range raw {
		if creditValue[c] < 0 || i >= 2 && i < 8 && c > '9' {
			return Credit{Format: Bad, Fault: CreditCharacter}
		}
	}
	c := Credit{Format: Good, Outer: Bad, Inner: Bad, Code: raw}
	if outer(&raw) == raw[17] {
		c.Outer = Good
	}
	if inner(&raw) == raw[16] {
		c.Inner = Good
	}
	switch {
	case c.Outer == Bad:
		c.Fault = CreditOuter
	case c.Inner == Bad:
		c.Fault = CreditInner
	}
	return c
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func outer(c *[18]byte) byte {
	sum := 0
	for i, w := range creditWeights {
		sum += int(creditValue[c[i]]) * w
	}
	return creditAlphabet[(31-sum%31)%31]
}

func inner(c *[18]byte) byte {
	sum := 0
	for i, w := range innerWeights {
		v := int(c[8+i])
		if v <= '9' {
			v -= '0'
		} else {
			v -= 'A' - 10
		}
		sum += v * w
	}
	switch k := 11 - sum%11; k {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + k)
	}
}

// lookalikes are the characters a typist may have meant by one that stands there.
var lookalikes = map[byte]string{
	'I': "1", 'O': "0DQ", 'S': "58", 'Z': "27", 'V': "UY",
	'0': "DQ", 'D': "0", 'Q': "0", '8': "B", 'B': "8", '6': "G", 'G': "6",
	'1': "L7", 'L': "1", '7': "1", '5': "", '2': "", 'U': "Y", 'Y': "U",
}

// RepairCredit suggests the code that was meant: the only one that differs from s in a single
// character taken for its lookalike (I for 1, O for 0, S for 5, Z for 2 ...) and passes both checks.
// False where s is right already, where none or more than one such code exists, and where the code
// would name another division (a 1 for a 7): a wrong check character makes such a code pass by chance.
func RepairCredit(s string) (string, bool) {
	raw, n := readCredit(s)
	if n != 18 {
		return "", false
	}
	c := CheckCredit(s)
	if c.Valid() {
		return "", false
	}
	found := ""
	for i := range raw {
		was := raw[i]
		for j := range len(lookalikes[was]) {
			raw[i] = lookalikes[was][j]
			if c := CheckCredit(string(raw[:])); c.Valid() {
				if found != "" || i >= 2 && i < 8 && was >= '0' && was <= '9' {
					return "", false
				}
				found = string(raw[:])
			}
		}
		raw[i] = was
	}
	return found, found != ""
}

// provinceOf is the short name by the first two digits of GB/T 2260; 83 is the residence permit of
// Taiwan residents.
var provinceOf = [100]string{
	11: "北京", 12: "天津", 13: "河北", 14: "山西", 15: "内蒙古", 21: "辽宁", 22: "吉林", 23: "黑龙江",
	31: "上海", 32: "江苏", 33: "浙江", 34: "安徽", 35: "福建", 36: "江西", 37: "山东",
	41: "河南", 42: "湖北", 43: "湖南", 44: "广东", 45: "广西", 46: "海南",
	50: "重庆", 51: "四川", 52: "贵州", 53: "云南", 54: "西藏",
	61: "陕西", 62: "甘肃", 63: "青海", 64: "宁夏", 65: "新疆", 71: "台湾", 81: "香港", 82: "澳门", 83: "台湾",
}

// prefectures holds, by province, the third and fourth digits that a prefecture has had at any
// time, as ranges: present cities first, then the prefectures of earlier years (21 and up), and 90
// for counties under the province. An identity number keeps the code of the day it was issued.
var prefectures = func() (p [100][2]uint64) {
	for prov, ranges := range map[int][][2]int{
		11: {{0, 3}}, 12: {{0, 3}}, 31: {{0, 3}}, 50: {{0, 4}},
		13: {{1, 12}, {21, 33}, {90, 90}}, 14: {{1, 11}, {21, 28}}, 15: {{1, 9}, {21, 30}},
		21: {{1, 14}, {21, 28}, {90, 90}}, 22: {{1, 8}, {21, 26}, {90, 90}}, 23: {{1, 12}, {21, 28}, {90, 90}},
		32: {{1, 13}, {19, 30}}, 33: {{1, 11}, {21, 30}}, 34: {{1, 18}, {21, 30}}, 35: {{1, 12}, {21, 28}},
		36: {{1, 11}, {21, 29}}, 37: {{1, 17}, {20, 32}}, 41: {{1, 18}, {21, 31}, {90, 90}},
		42: {{1, 13}, {21, 32}, {90, 90}}, 43: {{1, 13}, {21, 33}}, 44: {{1, 20}, {21, 31}, {51, 53}},
		45: {{1, 14}, {21, 33}}, 46: {{0, 4}, {90, 90}}, 51: {{1, 20}, {21, 38}}, 52: {{1, 6}, {21, 29}},
		53: {{1, 9}, {21, 36}}, 54: {{1, 6}, {21, 28}}, 61: {{1, 10}, {21, 29}}, 62: {{1, 12}, {21, 31}},
		63: {{1, 2}, {21, 28}}, 64: {{1, 5}, {21, 25}}, 65: {{1, 5}, {21, 32}, {40, 44}, {90, 90}},
		71: {{0, 0}}, 81: {{0, 0}}, 82: {{0, 0}}, 83: {{0, 0}},
	} {
		for _, r := range ranges {
			for c := r[0]; c <= r[1]; c++ {
				p[prov][c/50] |= 1 << (c % 50)
			}
		}
	}
	return p
}()
