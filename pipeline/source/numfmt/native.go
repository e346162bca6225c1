package numfmt

import "strings"

// native is in which digits of a language a format writes a number: 1 to 3 as its [DBNum…] says; as a number is read aloud where
// it is General, one by one where it has places for digits. The zero value is none.
type native struct {
	digits byte
	aloud  bool
}

const foreign = 9

func nativeOf(code string) native {
	_, behind, ok := strings.Cut(strings.ToLower(code), "[dbnum")
	switch {
	case !ok:
		return native{}
	case behind == "" || behind[0] < '1' || behind[0] > '3': // of another language
		return native{digits: foreign}
	}
	return native{digits: behind[0] - '0', aloud: general(code)}
}

var (
	nativeDigits = [...][]rune{1: []rune("〇一二三四五六七八九"), 2: []rune("零壹贰叁肆伍陆柒捌玖"), 3: []rune("０１２３４５６７８９")}
	nativePlaces = [...][]rune{1: []rune(" 十百千"), 2: []rune(" 拾佰仟")}
)

// write writes digits as Excel does; false where it is not certain how that looks: above 9999 programs differ in where a zero is
// read aloud.
func (n native) write(digits string) (string, bool) {
	if n.digits == foreign {
		return "", false
	}
	var out strings.Builder
	whole, behind, point := strings.Cut(digits, ".")
	zero := false
	for i := 0; i < len(whole); i++ {
		d := whole[i] - '0'
		if d > 9 {
			return "", false
		}
		if !n.aloud {
			out.WriteRune(nativeDigits[n.digits][d])
			continue
		}
		if len(whole) > len("9999") || n.digits > 2 || point {
			return "", false
		}
		if d == 0 && len(whole) > 1 {
			zero = true
			continue
		}
		if zero {
			out.WriteRune(nativeDigits[n.digits][0])
			zero = false
		}
		out.WriteRune(nativeDigits[n.digits][d])
		if place := len(whole) - 1 - i; place > 0 {
			out.WriteRune(nativePlaces[n.digits][place])
		}
	}
	if point {
		out.WriteByte('.')
	}
	for _, c := range []byte(behind) {
		if c < '0' || c > '9' {
			return "", false
		}
		out.WriteRune(nativeDigits[n.digits][c-'0'])
	}
	return out.String(), whole != ""
}
