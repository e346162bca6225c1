package numfmt

import "testing"

// What a number format shows is what the sender sees.
func TestFormats(t *testing.T) {
	for _, c := range []struct {
		code, digits string
		text         string
		kind         Kind
	}{
		{"General", "1234", "1234", Number},
		{"G/通用格式", "1234", "1234", Number},
		{"G/標準", "1234", "1234", Number},
		{"Standard", "1234", "1234", Number},
		{"Estándar", "1234", "1234", Number},
		{"Общий", "46203", "46203", Number},
		{"000000", "1234", "001234", Number},
		{"000", "70", "070", Number},
		{"000", "1234", "1234", Number},
		{"0000", "12.5", "12.5", Number},
		{"0", "7", "7", Number},
		{"0.00", "7", "7", Number},
		{"#,##0", "12345", "12345", Number},
		{"#,##0.00_ ;[Red]\\-#,##0.00\\ ", "-3.5", "-3.5", Number},
		{"0.0,", "12300", "12300", Scaled},
		{"#,##0,,", "12300000", "12300000", Scaled},
		{"0!.0,", "123000", "123000", Scaled},
		{"0\\.0000", "123000", "123000", Scaled},
		{"0.00\"万元\"", "3.2", "3.20万元", Text},
		{"0\"百人\"", "5", "5百人", Text},
		{"0人", "5", "5人", Text},
		{"0.0\\%", "12.3", "12.3%", Text},
		{"\"QT\"0000", "12", "QT0012", Text},
		{"0.00%", "0.123", "12.30%", Text},
		{"¥#,##0.00", "3", "3", Number},
		{"[$¥-804]#,##0.00", "3", "3", Number},
		{"[$$-409]#,##0.00", "3", "$3.00", Text},
		{"_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", "3.25", "3.25", Number},
		{"[h]:mm", "1.5", "1.5", Scaled},
		{"h:mm", "0.5", "0.5", Scaled},
		{"yyyy/m/d", "46203", "2026-06-30", Date},
		{"yyyy年m月d日", "46203", "2026-06-30", Date},
		{"[$-804]aaaa", "46203", "2026-06-30", Date},
		{"d.m.yyyy", "46203", "2026-06-30", Date},
		{"yyyy-mm-dd hh:mm:ss", "46112.99999998843", "2026-03-31 23:59:59", Date},
		{"@", "3", "3", Number},
		{"#,##0;-#,##0;\"—\"", "0", "0", Number},
		{"@\"号\"", "3", "3号", Text},
		{"# ?/?", "0.5", "0.5", Number},
		{"0.00E+00", "12345", "12345", Number},
		{"0.00E+00\"元\"", "5", "5元", Text},
		{"0元/人", "5", "5", Scaled},
		{"0\"+\"", "5", "5+", Text},
		{"\"+\"0", "5", "5", Number},
		{"0%;0%", "-0.5", "-0.5", Scaled},
		{"0%;0%", "0.5", "50%", Text},
		{"0%;-0%", "-0.5", "-50%", Text},
		{"0%;[Red]0%", "-0.5", "-50%", Text},
		{"General\"亿元\"", "5", "5亿元", Text},
		{"G/通用格式\"元\"", "5", "5元", Text},
		{"General元", "5", "5元", Text},
		{"[DBNum2][$-804]General\"元整\"", "12", "壹拾贰元整", Text},
		{"[DBNum2][$-804]General\"元整\"", "12000", "12000", Scaled},
		{"\"第\"[DBNum1]General\"号\"", "12", "第一十二号", Text},
		{"\"第\"[DBNum1]General\"号\"", "1005", "第一千〇五号", Text},
		{"\"第\"[DBNum1]General\"号\"", "120", "第一百二十号", Text},
		{"\"第\"[DBNum1]General\"号\"", "0", "第〇号", Text},
		{"\"第\"[DBNum1]0\"号\"", "12", "第一二号", Text},
		{"\"第\"[DBNum1]00\"号\"", "7", "第〇七号", Text},
		{"\"第\"[DBNum3]0\"号\"", "12", "第１２号", Text},
		{"\"第\"[DBNum4]0\"号\"", "12", "12", Scaled},
		{"0\"号\";[DBNum1]-0\"号\"", "-3", "-3", Scaled},
		{"0\"号\";[DBNum1]-0\"号\"", "3", "3号", Text},
		{"\"第\"[DBNum3]General\"号\"", "12", "12", Scaled},
		{"\"约\"[DBNum1]0.0\"成\"", "2.5", "约二.五成", Text},
		{"\"约\"[DBNum1]#,##0\"户\"", "1200", "1200", Scaled},
		{"\"约\"General", "5", "约5", Text},
		{"\"-\"General", "5", "5", Scaled},
		{"[>100]0;0\"元\"", "5", "5元", Text},
		{"[>100]0;0\"元\"", "500", "500", Number},
		{"[=1]0;0\"亿元\"", "5", "5亿元", Text},
		{"[>=10000]0!.0,\"万\";0", "5", "5", Number},
		{"[>=10000]0!.0,\"万\";0", "50000", "50000", Scaled},
		{"0;0\"亿元\"", "-5", "-5", Scaled},
		{"0;-0\"亿元\"", "-5", "-5亿元", Text},
		{"0;-0\"亿元\"", "5", "5", Number},
		{"0;0", "-5", "-5", Scaled},
		{"0;0", "5", "5", Number},
		{"0.00_);[Red](0.00)", "-5", "-5", Number},
		{"0.00;[Red]0.00", "-5", "-5", Number},
		{"0;;", "-5", "-5", Scaled},
		{";;;", "5", "5", Scaled},
		{"\"10\"", "7", "7", Scaled},
		{"0;-0;\"未报\"", "0", "未报", Text},
		{"0;-0;\"-\"", "0", "0", Number},
		{"0;-0;", "0", "0", Number},
		{"[<10]\"少于10\";0", "5", "5", Scaled},
		{"\"No.\"0.0", "1", "No.1.0", Text},
		{"0;\"负\"0", "-5", "-5", Number},
		{"\"-\"0", "5", "5", Scaled},
		{"\\-0", "5", "5", Scaled},
		{"-0", "5", "5", Scaled},
		{"\"(\"0\")\"", "5", "5", Scaled},
		{"000-000", "1234", "1234", Scaled},
		{"\"No.\"0", "1234", "No.1234", Text},
		{"\"QT-\"0", "1234", "QT-1234", Text},
		{"0_元", "5", "5", Number},
		{"0* 元", "5", "5元", Text},
	} {
		text, kind, ok := Read(c.code).Write(c.digits, Epoch{})
		if !ok {
			text, kind = c.digits, Number
		}
		if text != c.text || kind != c.kind {
			t.Errorf("%s under %q: got %q kind %d, want %q kind %d", c.digits, c.code, text, kind, c.text, c.kind)
		}
	}
}

// A column of texts holds what its cells show, also of a number.
func TestForms(t *testing.T) {
	for _, c := range [][3]string{ // format, digits, what is shown
		{"General", "1.1", "1.1"},
		{"0.00", "1.1", "1.10"},
		{"0.0", "20", "20.0"},
		{"0.0#", "20", "20.0"},
		{"0.##", "1.5", "1.5"},
		{"#,##0", "1234", "1,234"},
		{"#,##0.00_ ", "-1234567.5", "-1,234,567.50"},
		{"#,##0", "13812345678", ""},
		{"0", "5.67", "6"},
		{"0.0", "9.96", "10.0"},
		{"0.00", "-2.675", "-2.68"},
		{"0.00", "2.675", "2.68"},
		{"0", "-9.5", "-10"},
		{"0.0", "0.30000000000000004", "0.3"},
		{"General", "0.30000000000000004", "0.3"},
		{"# ?/?", "0.5", ""},
		{"\"¥\"0.00", "3", ""},
		{"0\".\"", "12", ""},
		{"#,##0.00_);(#,##0.00)", "3", "3.00"},
		{"[DBNum1]0", "1234", ""},
		{"[DBNum2]General", "12", ""},
		{"000.0", "1", ""},
		{"0000", "12.5", ""},
		{"0000", "-5", ""},
		{"0000", "12345", "12345"},
		{"0.00E+00", "123456789012", "123456789012"},
		{"0.00;-0.00;0", "1.1", "1.10"},
		{"[Red]0.0;0.00", "1", "1.0"},
		{"@", "1.1", "1.1"},
	} {
		show := Read(c[0])
		if got, ok := show.Form(c[1]).Write(c[1]); got != c[2] || ok != (c[2] != "") {
			t.Errorf("%s under %q: got %q, want %q", c[1], c[0], got, c[2])
		}
	}
	for id, want := range map[int]string{0: "1.5", 1: "2", 2: "1.50", 4: "1.50", 12: "", 49: "1.5"} {
		show := Builtin(id)
		if got, _ := show.Form("1.5").Write("1.5"); got != want {
			t.Errorf("format %d: got %q, want %q", id, got, want)
		}
	}
}

func FuzzForm(f *testing.F) {
	f.Add("0.00", "9.999")
	f.Add("[DBNum1]0.0#;0", "-1e-7")
	f.Fuzz(func(t *testing.T, code, digits string) {
		show := Read(code)
		show.Form(digits).Write(digits)
	})
}

func FuzzFormat(f *testing.F) {
	for _, s := range []string{"0.00\"万元\"", "[h]:mm", "0!.0,", "G/通用格式", "\\", "\"", "[$¥-804]0;;;@"} {
		f.Add(s, "12.5")
	}
	f.Fuzz(func(t *testing.T, code, digits string) {
		Read(code).Write(digits, Epoch{}) // whatever it is, it does not panic
	})
}

// A stranger's format is read to its end, whatever stands in it.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"0;0\"亿元\"", "[>100]0;0\"元\"", "0_", "\"", "[", "0\\", "[>", "General;[=1]0;;@", "0* 元", "\xff_\xff"} {
		f.Add(s, "-5")
	}
	f.Fuzz(func(t *testing.T, code, digits string) {
		show := Read(code)
		show.Write(digits, Epoch{})
	})
}

// A format for texts writes what stands around its @, and shows nothing of a text where it has no place for one.
func TestWords(t *testing.T) {
	for _, c := range []struct {
		code, want string
		other      bool
	}{
		{`@"号"`, "A1号", false},
		{`"浙"@`, "浙A1", false},
		{"@", "A1", false},
		{"General", "A1", false},
		{"0.00", "A1", false},
		{"yyyy/m/d;@", "A1", false},
		{`0;-0;0;\(@\)`, "A1", false},
		{`_ * #,##0.00_ ;_ * \-#,##0.00_ ;_ * "-"??_ ;_ @_ `, "A1", false},
		{`0;-0;0;"第"@"批"`, "第A1批", false},
		{";;;", "A1", true},
		{`0;-0;0;"保密"`, "A1", true},
		{"0;-0;0;General", "A1", false},
		{"#,##0.00;-#,##0.00;", "A1", false},
		{`"@"0`, "A1", false},
		{`@元`, "A1元", false},
	} {
		s := Read(c.code)
		if got, other := s.Words("A1"); got != c.want || other != c.other {
			t.Errorf("%s: got %q, %v", c.code, got, other)
		}
	}
}

// A number that is no day keeps its digits, whatever a format of days shows of them.
func TestNumbersOfDayFormats(t *testing.T) {
	for _, code := range []string{`yyyy"年"m"月"`, "yyyy", "mmm-yy"} {
		show := Read(code)
		if got, ok := show.Form("0").Write("0"); got != "0" || !ok {
			t.Errorf("%s: got %s", code, got)
		}
		if got := show.Form("12.5").pad("12.5"); got != "12.5" {
			t.Errorf("%s: got %s", code, got)
		}
	}
}
