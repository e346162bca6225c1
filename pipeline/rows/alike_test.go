package rows

import "testing"

// What reads alike is one text, and what does not are two.
func TestReads(t *testing.T) {
	for text, want := range map[string]string{
		"第三期": "第3期", "第３期": "第3期", "二〇二六年": "2026年", "一百零三号": "103号", "二十": "20", "十二": "12", "三百二十一": "321", "1,234.50": "1234.5", "1,234": "1234",
		"1234.00": "1234", "1.2.3": "1.2.3", "a 01": "A01", "1-23": "1-23", "零": "0", "九龙": "9龙", "甲,乙": "甲,乙",
	} {
		if got := reads(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
		if even(text) && reads(text) != text {
			t.Errorf("%s is said to read as it is written", text)
		}
	}
}
