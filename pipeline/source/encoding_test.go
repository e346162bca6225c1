package source_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"yanzhen/pipeline/source"
)

// An encoding is told by what it makes of the bytes: plausible Chinese is GB18030, single accented
// letters among plain ones are Windows-1252, and what looks like another is refused by its name. No
// text comes out as one that nobody wrote.
func TestEncodingsToldApart(t *testing.T) {
	western := "code,name,place\nA1,José Müller,São Paulo\nA2,Hélène Lefèvre,Orléans\nA3,naïve café,Zürich\n"
	signs := "code,name,price\nA1,O’Neill – Sons,£1,200\nA2,plain,€30\n"
	japaneseText := "code,name,note\nA1,東京大学,ソニー株式会社\nA2,京都大学,これはテストです\n"
	kanji := "code,name,amount\nA1,東京大学,1\nA2,京都大学,2\n"
	koreanText := "코드,이름,비고\nA1,서울대학교,한국에서 사용하는 자료입니다\nA2,부산대학교,이것은 시험을 위한 것이다\n"
	traditional := "代碼,姓名,備註\nA1,陳建國,臺灣大學的學生\nA2,林淑芬,這是測試資料的說明文字\n"
	simplified := "编号,姓名,备注\nA1,张建国,浙江大学的学生\nA2,欧阳倩雯,这是测试数据的说明文字\n"
	cyrillic := "code,name\nA1,Иван Петров\nA2,Мария Сидорова\n"
	polish := "code,name\nA1,Łódź ąęś\nA2,źdźbło trawy, łąka\n"
	for _, c := range []struct {
		name, text string
		enc        encoding.Encoding
		want       string // the encoding it is read in; or what the refusal names, after a !
	}{
		{"western", western, charmap.Windows1252, "Windows-1252"},
		{"latin-1", western, charmap.ISO8859_1, "Windows-1252"},
		{"western signs", signs, charmap.Windows1252, "Windows-1252"},
		{"simplified", simplified, simplifiedchinese.GB18030, "GB18030"},
		{"simplified, GBK", simplified, simplifiedchinese.GBK, "GB18030"},
		{"shift-jis", japaneseText, japanese.ShiftJIS, "!Shift_JIS"},
		{"shift-jis, kanji alone", kanji, japanese.ShiftJIS, "!Shift_JIS"},
		{"euc-jp", japaneseText, japanese.EUCJP, "!EUC-JP"},
		{"euc-kr", koreanText, korean.EUCKR, "!EUC-KR"},
		{"big5", traditional, traditionalchinese.Big5, "!Big5"},
		{"cyrillic", cyrillic, charmap.Windows1251, "!"},
		{"cyrillic, longer", "код,имя,город\nA1,Александр Соловьёв,Новосибирск\nA2,Екатерина Григорьева,Санкт-Петербург\nA3,Дмитрий,Москва\n", charmap.Windows1251, "!"},
		{"cyrillic, KOI8-R", "код,имя,город\nA1,Александр Соловьев,Новосибирск\nA2,Екатерина Григорьева,Санкт-Петербург\nA3,Дмитрий,Москва\n", charmap.KOI8R, "!"},
		{"greek", "κωδικός,όνομα\nA1,Γιώργος Παπαδόπουλος\nA2,Μαρία Νικολάου\n", charmap.Windows1253, "!"},
		{"one word", "code,name\nA1,钼\n", simplifiedchinese.GB18030, "GB18030"},
		{"one word in Windows-1252", "code,name\nA1,Zoë\n", charmap.Windows1252, "Windows-1252"},
		{"polish", polish, charmap.Windows1250, "!"},
		{"euc-jp, two places", "code,day,amount,name\nA1,2026-03-01,5,東京\nA2,2026-03-01,6,大阪\n", japanese.EUCJP, "!EUC-JP"},
		{"euc-jp, places", "code,name\nA1,東京都港区\nA2,大阪府\n", japanese.EUCJP, "!EUC-JP"},
		{"euc-jp, names", "code,name\nA1,佐藤\nA2,山田太郎\n", japanese.EUCJP, "!EUC-JP"},
		{"euc-jp, one word", "code,name\nA1,製造\n", japanese.EUCJP, "!EUC-JP"},
		{"euc-kr, two places", "code,name\nA1,부산\nA2,인천\n", korean.EUCKR, "!EUC-KR"},
		{"euc-kr, names", "code,name\nA1,김철수\nA2,이순신\n", korean.EUCKR, "!EUC-KR"},
		{"euc-kr, one word", "code,name\nA1,제조\n", korean.EUCKR, "!EUC-KR"},
		{"big5, two places", "code,name\nA1,高雄市\nA2,臺北市\n", traditionalchinese.Big5, "!Big5"},
		{"big5, one word", "code,name\nA1,鑄造\n", traditionalchinese.Big5, "!"},
		{"czech, two places", "code,name\nA1,Žižkov\nA2,Plzeň\n", charmap.Windows1250, "!"},
		{"turkish", "code,name\nA1,İstanbul\nA2,Muğla\n", charmap.Windows1254, "!"},
		{"cyrillic, one word in KOI8-R", "code,name\nA1,Казань\n", charmap.KOI8R, "!"},
		{"cyrillic, two capitals", "code,name\nA1,МОСКВА\nA2,ОМСК\n", charmap.Windows1251, "!"},
		{"euc-kr, Chinese characters", "code,name\nA1,大邱\n", korean.EUCKR, "!"},
		{"thai", "code,name\nA1,กรุงเทพมหานคร\nA2,เชียงใหม่\n", charmap.Windows874, "!"},
		{"two words of Chinese", "code,name\nA1,青田\nA2,丽水\n", simplifiedchinese.GB18030, "GB18030"},
		{"one name", "code,name\nA1,张三\n", simplifiedchinese.GB18030, "GB18030"},
		{"utf-16", simplified, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "UTF-16LE"},
		{"utf-16, western", western, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "UTF-16BE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, "a.csv", encode(t, c.enc, c.text))
			if name, refused := strings.CutPrefix(c.want, "!"); refused {
				if r := refusal(t, path, source.Options{}); r.Rule != "encoding" || !strings.Contains(r.Text.En, name) {
					t.Errorf("got %s %q, want the encoding refused and named %q", r.Rule, r.Text.En, name)
				}
				return
			}
			f := open(t, path, source.Options{})
			if f.Encoding() != c.want {
				t.Fatalf("got %s, want %s", f.Encoding(), c.want)
			}
			g := open(t, write(t, "b.csv", []byte(c.text)), source.Options{})
			if got, want := plain(t, f.Tables()[0]), plain(t, g.Tables()[0]); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
	for name, enc := range map[string]encoding.Encoding{"shift_jis": japanese.ShiftJIS, "euc-jp": japanese.EUCJP} {
		f := open(t, write(t, "a.csv", encode(t, enc, japaneseText)), source.Options{Text: source.Dialect{Encoding: name}})
		if got := plain(t, f.Tables()[0]); !strings.Contains(got, "2:A1|東京大学|ソニー株式会社") {
			t.Errorf("declared %s: got\n%s", name, got)
		}
	}
}

// A few characters that are no common Chinese, in a table whose header is, are names like any other.
func TestEncodingOfRareNames(t *testing.T) {
	text := "编号,姓名\nA1,喆垚\nA2,翀昇\nA3,彧玥\n"
	f := open(t, write(t, "a.csv", encode(t, simplifiedchinese.GB18030, text)), source.Options{Want: []source.Want{{Names: []string{"编号"}}, {Names: []string{"姓名"}}}})
	if got := plain(t, f.Tables()[0]); f.Encoding() != "GB18030" || !strings.Contains(got, "2:A1|喆垚") {
		t.Errorf("got %s\n%s", f.Encoding(), got)
	}
}

// Rows in Shift_JIS or EUC-KR below a heading in Chinese are not read as Chinese; rare and traditional characters are.
func TestForeignBelowChinese(t *testing.T) {
	for _, tt := range []struct {
		rows string
		enc  encoding.Encoding
		like string // empty: it is read
	}{
		{"K1,株式会社サクラ製作所,10.5\nK2,東京エレクトロン,20.5\n", japanese.ShiftJIS, "Shift_JIS"},
		{"K1,東京工業,10.5\nK2,日本電産,20.5\nK3,山田製作所,3\n", japanese.ShiftJIS, "Shift_JIS"},
		{"K1,서울상사,10.5\nK2,한국전자,20.5\nK3,대한조선,3\n", korean.EUCKR, "EUC-KR"},
		{"K1,臺灣積體電路,10.5\nK2,鴻海精密工業,20.5\nK3,國泰金融控股,3\n", simplifiedchinese.GBK, ""},
		{"K1,喆垚彧玥翀昇,10.5\nK2,龘靐齉爩,20.5\n", simplifiedchinese.GBK, ""},
		{"A1,林地,5\nA2,林地,6\nA3,林地,7\nA4,林地,8\n", simplifiedchinese.GBK, ""},
		{strings.Repeat("A1,电力,5\n", 9), simplifiedchinese.GBK, ""},
		{strings.Repeat("A1,老年人,5\nA2,林地,4\n", 9), simplifiedchinese.GBK, ""},
		{"K1,张俊,10.5\nK2,李磊,20.5\nK3,王俊磊,1\nK4,赵俊,2\n", simplifiedchinese.GBK, ""},
	} {
		o := source.Options{Header: "auto", Want: []source.Want{{Names: []string{"编号"}}, {Names: []string{"名称"}}}}
		f, err := source.Open(t.Context(), write(t, "a.csv", append(encode(t, simplifiedchinese.GBK, "编号,名称,金额\n"), encode(t, tt.enc, tt.rows)...)), o)
		if err == nil {
			f.Close()
		}
		if tt.like == "" && err != nil || tt.like != "" && (err == nil || !strings.Contains(err.Error(), tt.like)) {
			t.Errorf("%s: got %v", tt.rows, err)
		}
	}
}
