package mailbox

import (
	"encoding/base64"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func gbk(s string) string {
	out, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return out
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// Names are read as the mail programs of offices write them, and lead nowhere.
func TestNames(t *testing.T) {
	const name = "引进与流出_2026年6月.xlsx"
	parted := gbk(name)
	for in, want := range map[string]string{
		`attachment; filename="a.xlsx"`: "a.xlsx", `attachment; filename=a.xlsx; size=3`: "a.xlsx", `attachment;filename="a;b.xlsx"`: "a;b.xlsx",
		`attachment; filename=a b.xlsx`: "a b.xlsx", `attachment; filename="a \"b\".xlsx"`: `a "b".xlsx`,
		`attachment; filename="` + name + `"`:                         name,
		`attachment; filename="` + gbk(name) + `"`:                    name,
		`attachment; filename="=?GBK?B?` + b64(gbk(name)) + `?="`:     name,
		`attachment; filename==?gb18030?B?` + b64(gbk(name)) + `?=`:   name,
		`attachment; filename="=?utf-8?Q?=E5=BC=95=E8=BF=9B_1.csv?="`: "引进 1.csv",
		// a letter that is parted between two words
		`attachment; filename="=?gb2312?B?` + b64(parted[:9]) + `?=` + "\r\n\t" + `=?gb2312?B?` + b64(parted[9:]) + `?="`: name,
		`attachment; filename*=UTF-8''` + url.PathEscape(name):                                                            name,
		`attachment; filename="x.xlsx"; filename*=utf-8''` + url.PathEscape(name):                                         name,
		`attachment; filename*=GBK'zh'` + url.PathEscape(gbk(name)):                                                       name,
		`attachment; filename*0="a"; filename*1="b.xlsx"`:                                                                 "ab.xlsx",
		`attachment; filename*1*=` + url.PathEscape(parted[7:]) + `; filename*0*=gb2312''` + url.PathEscape(parted[:7]):   name,
		`attachment; filename="` + url.PathEscape(name) + `"`:                                                             name,
		`attachment; filename="../../etc/a.xlsx"`:                                                                         "a.xlsx",
		`attachment; filename="C:\报送\a.xlsx"`:                                                                             "a.xlsx",
		`attachment; filename="..."`:                                                                                      "",
		`attachment; filename=".a.xlsx"`:                                                                                  "a.xlsx",
		"attachment; filename=\"a\u202ecsv.exe\"":                                                                         "acsv.exe",
		`attachment`: "",
	} {
		_, p := params(in)
		if got := base(p["filename"]); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
	// of a name that is too long its sender, its period and its form are left, and two of them stay two
	long := "甲局_关于" + strings.Repeat("长", 80) + "一批_引进与流出_2026年6月.csv.gz"
	got, other := base(long), base(strings.Replace(long, "一批", "二批", 1))
	if len(got) > mostName || !utf8.ValidString(got) || !strings.HasPrefix(got, "甲局_关于长") || !strings.HasSuffix(got, "长一批_引进与流出_2026年6月.csv.gz") {
		t.Errorf("%s is cut to %s", long, got)
	}
	front := base(strings.Replace(long, "关于长", "关于短", 1))
	back := base("甲局_" + strings.Repeat("长", 40) + "短" + strings.Repeat("长", 60) + ".xlsx")
	if got == other || front == got || back == base("甲局_"+strings.Repeat("长", 41)+"短"+strings.Repeat("长", 59)+".xlsx") {
		t.Errorf("two names are cut to one: %s, %s, %s, %s", got, other, front, back)
	}
}

// The one address that a mail comes from is found, and none where there are several.
func TestFrom(t *testing.T) {
	for in, want := range map[string]string{
		"From: Li@Jia.cn": "li@jia.cn", "From: =?gbk?B?wO65pA==?= <li@jia.cn>": "li@jia.cn", "From: \xc0\xee\xb9\xa4 <li@jia.cn>": "li@jia.cn", `From: "boss@jia.cn" <x@else.cn>`: "x@else.cn",
		"From: a@b.cn, c@d.cn": "", "From: a@b.cn\r\nFrom: c@d.cn": "", "From: \xc0\xee <a@b.cn> <c@d.cn>": "", "From: nobody": "", "Subject: x": "", "From: \xc0 <@jia.cn>": "",
		// lines that are none of a head
		"From x@else.cn Mon Nov 30 10:00:00 2026\r\nFrom: a@b.cn": "a@b.cn", " folded\r\nFrom: a@b.cn": "a@b.cn", "Subject: x\r\nno colon\r\n and more: x\r\nFrom : a@b.cn": "a@b.cn", "x:\r\n\x80y: z\r\nFrom:\r\n a@b.cn": "a@b.cn",
	} {
		m, err := of(1).Parse(strings.NewReader(in+"\r\n\r\nx"), nil)
		if err != nil || m.From != want {
			t.Errorf("%s: got %q, %v, want %q", in, m.From, err, want)
		}
	}
}

// Who sent a mail is proven by the declared server alone, for the domain that the mail is from.
func TestProven(t *testing.T) {
	for said, want := range map[string]bool{
		"":                                      false,
		"mx.zone.cn; dkim=pass header.d=jia.cn": true, "MX.zone.cn; spf=pass smtp.mailfrom=x@JIA.cn; dkim=none": true, "mx.zone.cn; dmarc=pass header.from=jia.cn": true,
		"mx.zone.cn; dkim=fail header.d=jia.cn": false, "mx.zone.cn; dkim=pass header.d=else.cn; spf=pass smtp.mailfrom=x@else.cn": false, "mx.else.cn; dkim=pass header.d=jia.cn": false,
		"mx.zone.cn; none\r\nAuthentication-Results: mx.zone.cn; dkim=pass header.d=jia.cn":                false, // what came with the mail
		"mx.else.cn; dkim=fail\r\nAuthentication-Results: mx.zone.cn; dkim=pass header.d=jia.cn; spf=none": true,
		"mx.zone.cn; ;;=": false,
		`mx.zone.cn; spf=pass smtp.mailfrom="a smtp.mailfrom=x@jia.cn "@evil.cn`:                                               false, // quoted by who sent it
		"mx.zone.cn (amavisd-new); dkim=fail header.d=jia.cn\r\nAuthentication-Results: mx.zone.cn; dkim=pass header.d=jia.cn": false,
		"(filter (a)) mx.zone.cn (v 1) ; dkim=pass (2048-bit; \\) spf=fail) header.d=jia.cn":                                   true,
		"mx.zone.cn; dkim=fail (smtp.mailfrom=a); spf=pass (x) header.d=jia.cn) smtp.mailfrom=x@jia.cn":                        false,
		"mx.zone.cn 2; dkim=pass header.d=jia.cn":                                                                              false,
		"\"mx.else.cn\" (; dkim=pass header.d=jia.cn\r\nAuthentication-Results: mx.zone.cn; dkim=pass header.d=jia.cn":         true,
		"\"mx.zone.cn\"; dkim=fail header.d=jia.cn\r\nAuthentication-Results: mx.zone.cn; dkim=pass header.d=jia.cn":           false,
	} {
		m, err := (&Mailbox{MostMB: 1, Proven: "mx.zone.cn", files: of(1).files}).Parse(strings.NewReader("Authentication-Results: "+said+"\r\nFrom: li@jia.cn\r\n\r\nx"), nil)
		if err != nil || m.Forged == want {
			t.Errorf("%s: proven %v, want %v", said, !m.Forged, want)
		}
	}
}

func of(mb int) *Mailbox {
	return &Mailbox{MostMB: mb, files: regexp.MustCompile(`(?i)[.](xlsx|csv|zip)$`)}
}

// Whatever a mail is, it is read to its end within its bounds, what is put has the bytes that are told, and names are those of files.
func FuzzMail(f *testing.F) {
	f.Add("From: a@b.cn\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nwords\r\n--x\r\nContent-Disposition: attachment; filename*0*=gbk''%D2%FD; filename*1=.csv\r\nContent-Transfer-Encoding: base64\r\n\r\nYSxi\r\n--x--\r\n")
	f.Add("From: <a@b.cn>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\nContent-Type: text/html; charset=gbk\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=B3=AC=B4=F3=B8=BD=BC=FE\r\n--y--\r\n--x\r\nContent-Type: application/ms-tnef\r\n\r\nx\r\n--x")
	f.Add("From: a@b.cn\r\nContent-Type: application/octet-stream; name=\"=?gb2312?B?0v29+C5jc3Y=?=\"\r\nContent-Transfer-Encoding: base64\r\n\r\nYSx!!")
	f.Add("From: a@b.cn\r\n\r\nbegin 644 a.xls\r\nM\r\nend")
	f.Add(strings.Repeat("a: b\r\n", 10) + "\r\n" + strings.Repeat("--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n", 20))
	f.Fuzz(func(t *testing.T, text string) {
		dir, n := t.TempDir(), 0
		m, err := of(1).Parse(strings.NewReader(text), func(_, name string) (*os.File, error) {
			if n++; name == "" || name != filepath.Base(name) || strings.HasPrefix(name, ".") || !utf8.ValidString(name) || len(name) > mostName {
				t.Errorf("a name: %q", name)
			}
			return os.CreateTemp(dir, "")
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range m.Parts {
			if p.Path == "" {
				continue
			}
			n--
			if info, err := os.Stat(p.Path); err != nil || info.Size() != p.Size || p.Kind != Meant {
				t.Errorf("%+v: %v", p, err)
			}
		}
		left, err := os.ReadDir(dir)
		if err != nil || n < 0 || len(left) > len(m.Parts) {
			t.Errorf("%d files begun, %d left, %d parts, %v", n, len(left), len(m.Parts), err)
		}
	})
}

// What stands among the words of a mail is told, and parts within parts come to an end.
func TestWords(t *testing.T) {
	read := func(text string) Mail {
		t.Helper()
		m, err := of(1).Parse(strings.NewReader("From: a@b.cn\r\n"+text), nil)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if m := read("Content-Type: text/html; charset=gbk\r\n\r\n" + gbk("超大附件")); !m.Cloud || m.Inlined {
		t.Errorf("%+v", m)
	}
	if m := read("\r\nhello\r\nbegin 644 a.xls\r\nM"); !m.Inlined || m.Cloud {
		t.Errorf("%+v", m)
	}
	if m := read("Content-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--x\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\nx\r\n", 400) + "--x--"); !m.Many || len(m.Parts) != mostParts-1 {
		t.Errorf("%v %d", m.Many, len(m.Parts))
	}
	if m := read("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\nx"); len(m.Parts) != 1 || m.Parts[0].Kind != Damaged {
		t.Errorf("%+v", m)
	}
	if m := read("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nFrom: x\r\n\r\nx\r\n--x\r\nContent-Type: application/vnd.ms-excel\r\n\r\nx\r\n--x\r\nContent-Type: image/png\r\n\r\nx\r\n--x--"); len(m.Parts) != 2 || m.Parts[0].Name != "attached.eml" || m.Parts[1].Name != "attached" {
		t.Errorf("without names: %+v", m)
	}
	if m := read("X: " + strings.Repeat("x", mostHeader)); !m.Nobody {
		t.Errorf("a head without an end: %+v", m)
	}
	deep := ""
	for _, c := range "abcdefghijklmno" {
		deep += "Content-Type: multipart/mixed; boundary=" + string(c) + "\r\n\r\n--" + string(c) + "\r\n"
	}
	if m := read(deep); !m.Many {
		t.Errorf("%+v", m)
	}
	m := read("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n" + strings.Repeat("x", 1<<20+5) + "\r\n--x\r\nContent-Type: image/png; name=sign.png\r\nContent-Id: <1>\r\n\r\nx\r\n--x\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\nx\r\n--x--")
	if len(m.Parts) != 2 || m.Parts[0].Kind != Large || m.Parts[1].Name != "attached.eml" || m.Broken {
		t.Errorf("%+v", m)
	}
}
