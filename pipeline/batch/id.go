package batch

// identity is what a GB 11643 number says.
type identity struct {
	format  bool // 17 digits and a check character, or 15 digits
	check   bool
	meaning bool // the birth date exists and is not in the future
	full    string
	birth   int32 // days since 1970-01-01
	male    bool
}

func checkIdentity(s string, today int32) (id identity) {
	if len(s) == 15 {
		for i := range s {
			if s[i]-'0' > 9 {
				return id
			}
		}
		s = s[:6] + "19" + s[6:]
		s += string(idCheck(s))
	}
	if len(s) != 18 {
		return id
	}
	for i := 0; i < 17; i++ {
		if s[i]-'0' > 9 {
			return id
		}
	}
	id.format = true
	id.check = idCheck(s) == s[17]
	num := func(a, b int) (n int) {
		for ; a < b; a++ {
			n = n*10 + int(s[a]-'0')
		}
		return n
	}
	d, f := day(num(6, 10), num(10, 12), num(12, 14))
	id.meaning = f == nil && d <= today
	id.birth, id.male, id.full = d, (s[16]-'0')%2 == 1, s
	return id
}

var idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

func idCheck(s string) byte {
	sum := 0
	for i, w := range idWeights {
		sum += int(s[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}
