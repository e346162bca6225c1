package codes

import (
	"testing"
	"time"
)

func day(s string) int32 {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return int32(t.Unix() / 86400)
}

func TestCheckID(t *testing.T) {
	today := day("2026-06-30")
	for _, tt := range []struct {
		id                          string
		format, checksum, semantics Verdict
		fault                       IDFault
		on                          Verdict
	}{
		{"11010519491231002X", Good, Good, Good, IDFine, Good},
		{"440524188001010014", Good, Good, Good, IDFine, Doubtful}, // more than 120 years old
		{"53010219200508011X", Good, Good, Good, IDFine, Good},
		{"371001198010082394", Good, Good, Good, IDFine, Good}, // a division that current lists lack
		{"110105194912310021", Good, Bad, Good, IDCheck, Good},
		{"345955198706122245", Good, Bad, Doubtful, IDCheck, Good},
		{"440882199102104195", Good, Good, Good, IDFine, Good},
		{"440882199102104190", Good, Bad, Good, IDCheck, Good},
		{"110105491231002", Good, NotTested, Good, IDFine, Good},
		{"331121199902290015", Good, Good, Bad, IDDate, NotTested},
		{"331121200002290015", Good, Good, Good, IDFine, Good},
		{"331121198513051235", Good, Good, Bad, IDDate, NotTested},
		{"33112120300101001X", Good, Bad, Good, IDCheck, Bad}, // born ahead of today
		{"１１０１０５１９４９１２３１００２ｘ", Good, Good, Good, IDFine, Good},
		{" 110105-19491231-002X\u3000", Good, Good, Good, IDFine, Good},
		{"110105 1949 1231 002x", Good, Good, Good, IDFine, Good},
		{"3.31121E+17", Bad, NotTested, NotTested, IDFloat, NotTested},
		{"331121********1234", Bad, NotTested, NotTested, IDMasked, NotTested},
		{"", Bad, NotTested, NotTested, IDBlank, NotTested},
		{"  ", Bad, NotTested, NotTested, IDBlank, NotTested},
		{"1101051949123100", Bad, NotTested, NotTested, IDLength, NotTested},
		{"1101051949123100211", Bad, NotTested, NotTested, IDLength, NotTested},
		{"11010519491231X021", Bad, NotTested, NotTested, IDCharacter, NotTested},
		{"E12345678", Bad, NotTested, NotTested, IDLength, NotTested},
		{"张三", Bad, NotTested, NotTested, IDLength, NotTested},
	} {
		id := CheckID(tt.id)
		if id.Format != tt.format || id.Checksum != tt.checksum || id.Semantics != tt.semantics || id.Fault != tt.fault {
			t.Errorf("CheckID(%q): got format %d checksum %d semantics %d fault %d, want %d %d %d %d", tt.id,
				id.Format, id.Checksum, id.Semantics, id.Fault, tt.format, tt.checksum, tt.semantics, tt.fault)
		}
		if got := id.On(today); got != tt.on {
			t.Errorf("CheckID(%q).On(2026-06-30): got %d, want %d", tt.id, got, tt.on)
		}
	}

	old := CheckID("110105491231002")
	if got, want := string(old.Number[:]), "11010519491231002X"; got != want {
		t.Errorf("15 digits widened: got %s, want %s", got, want)
	}
	id := CheckID("11010519491231002X")
	if id.Male || id.Year != 1949 || id.Month != 12 || id.Day != 31 || id.Birth != day("1949-12-31") || id.Region() != "110105" || id.Province() != "北京" {
		t.Errorf("11010519491231002X: got %+v", id)
	}
	if id := CheckID("371001198010082394"); !id.Male || id.Province() != "山东" {
		t.Errorf("371001198010082394: got male %v, province %s", id.Male, id.Province())
	}
	if id := CheckID("345955198706122245"); id.Valid() {
		t.Error("345955198706122245 passes")
	}
}

func TestCheckIDSum(t *testing.T) {
	for id, want := range map[string]int{
		"11010519491231002X": 167, "440524188001010014": 195, "53010219200508011X": 189,
		"371001198010082394": 250, "110105194912310021": 167, "345955198706122245": 398,
	} {
		sum := 0
		for i, w := range idWeights {
			sum += int(id[i]-'0') * w
		}
		if sum != want {
			t.Errorf("sum of %s: got %d, want %d", id, sum, want)
		}
	}
}

// Days before 1970 are negative whole days, not rounded towards zero.
func TestBirthBefore1970(t *testing.T) {
	for _, s := range []string{"1949-12-31", "1969-12-31", "1970-01-01", "1900-03-01"} {
		d, _ := time.Parse(time.DateOnly, s)
		var n [17]byte
		copy(n[:], "110105"+d.Format("20060102")+"002")
		sum := 0
		for i, w := range idWeights {
			sum += int(n[i]-'0') * w
		}
		id := CheckID(string(n[:]) + string(idChecks[sum%11]))
		if got := time.Unix(int64(id.Birth)*86400, 0).UTC().Format(time.DateOnly); !id.Valid() || got != s {
			t.Errorf("birth date %s: got %s, valid %v", s, got, id.Valid())
		}
	}
}

func TestCheckCredit(t *testing.T) {
	for _, code := range []string{
		"91350100M000100Y43", "91440300708461136T", "91110108551385082Q", "91110000802100433B",
		"91110108740084270C", "11610923MB2900168E", "51610700305332460K", "91331121MA2E000030",
		"12331121MB1000002R", "52331121MJ8000004M", "92331121MA2HABCD33", " ９１３５０１００m000100y43 ",
	} {
		if c := CheckCredit(code); !c.Valid() || c.Fault != CreditFine {
			t.Errorf("CheckCredit(%q): got %+v, want valid", code, c)
		}
		if got, ok := RepairCredit(code); ok {
			t.Errorf("RepairCredit(%q) of a right code: got %q", code, got)
		}
	}
	for code, want := range map[string]CodeFault{
		"": CreditBlank, "331121000012345": CreditOld, "91350100M000100Y4": CreditLength,
		"9135O100M000100Y43": CreditCharacter, "91350100M000100Y44": CreditOuter, "信用代码": CreditLength,
		"9135A100M000100Y43": CreditCharacter,
	} {
		if c := CheckCredit(code); c.Fault != want || c.Valid() {
			t.Errorf("CheckCredit(%q): got %d, want %d", code, c.Fault, want)
		}
	}
	// a sound outer check over an unsound organisation code
	bad := [18]byte([]byte("91350100M000100X43"))
	bad[17] = outer(&bad)
	if c := CheckCredit(string(bad[:])); c.Outer != Good || c.Inner != Bad || c.Fault != CreditInner {
		t.Errorf("inner check of %s: got %+v", bad, c)
	}
}

func TestRepairCredit(t *testing.T) {
	for typed, want := range map[string]string{
		"9I350100M000100Y43": "91350100M000100Y43",
		"9135O100M000100Y43": "91350100M000100Y43",
		"9144O300708461136T": "91440300708461136T",
		"91440300708461I36T": "91440300708461136T",
		"9111010855138S082Q": "91110108551385082Q",
		"91350I00MO00100Y43": "", // two characters
		"91350100M000100Y44": "", // nothing lookalike makes it right
		"91350100M00":        "",
		"91110108551385082H": "", // 91170108551385082H passes, and is of another division
	} {
		got, ok := RepairCredit(typed)
		if got != want || ok != (want != "") {
			t.Errorf("RepairCredit(%q): got %q %v, want %q", typed, got, ok, want)
		}
	}
}

func TestIsOtherDocument(t *testing.T) {
	for s, want := range map[string]bool{
		"E12345678": true, "EB1234567": true, "H1234567890": true, "M12345678": true, "12345678": true,
		"DEU123456789012": true, "123456789": true, "张三": false, "11010519491231002X": false, "": false, "ABCDE": false, "1234567": false,
	} {
		if got := IsOtherDocument(s); got != want {
			t.Errorf("IsOtherDocument(%q): got %v, want %v", s, got, want)
		}
	}
}

func TestChecksAllocateNothing(t *testing.T) {
	var passed bool
	if n := testing.AllocsPerRun(100, func() {
		id := CheckID("１１０１０５１９４９１２３１００２ｘ")
		c := CheckCredit("91350100M000100Y43")
		passed = id.Valid() && c.Valid() && IsOtherDocument("E12345678")
	}); n != 0 || !passed {
		t.Errorf("got %v allocations, want 0", n)
	}
}

func BenchmarkCheckID(b *testing.B) {
	for b.Loop() {
		CheckID("11010519491231002X")
	}
}

func FuzzCheckID(f *testing.F) {
	for _, s := range []string{"11010519491231002X", "110105491231002", "3.31121E+17", "１１", "\xff\xfe", "331121********1234"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id := CheckID(s)
		id.On(20000)
		if id.Valid() && CheckID(string(id.Number[:])).Number != id.Number {
			t.Errorf("CheckID(%q): the number it returns reads differently", s)
		}
		c := CheckCredit(s)
		if fixed, ok := RepairCredit(s); ok && c.Valid() {
			t.Errorf("RepairCredit(%q) = %q though it is valid", s, fixed)
		}
		if c.Valid() && IsOtherDocument(s) {
			t.Errorf("%q is a credit code and a passport", s)
		}
	})
}
