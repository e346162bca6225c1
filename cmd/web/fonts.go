package main

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yanzhen/dashboard/fonts"
)

// letters are the fonts that are built in. The bold ones are cut to the characters of GB 2312, the letters and the signs:
// what is rarer is drawn with the regular ones.
var letters = []struct {
	from, to string
	cut      bool
}{
	{"@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf", "NotoSansSC-Regular.ttf", false},
	{"@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf", "NotoSansSC-Bold.ttf", true},
	{"@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf", "NotoSerifSC-Regular.ttf", false},
	{"@expo-google-fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf", "NotoSerifSC-Bold.ttf", true},
	{"@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf", "NotoSans-Regular.ttf", true},
	{"@expo-google-fonts/noto-serif/400Regular/NotoSerif_400Regular.ttf", "NotoSerif-Regular.ttf", true},
}

// writeFonts puts the fonts where package fonts embeds them, without what nothing here reads: forms for vertical lines
// and other languages.
func writeFonts(modules, dir string) error {
	for _, l := range letters {
		data, err := part(modules, l.from)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, l.to)
		f, err := fonts.Parse(data)
		if err != nil {
			return fmt.Errorf("%s: %w", l.from, err)
		}
		codes := map[rune]rune{}
		for r := rune(' '); r < 0x30000; r++ {
			if (!l.cut || common(r)) && f.Has(r) {
				codes[r] = r
			}
		}
		small, err := f.Subset(codes)
		if err != nil {
			return fmt.Errorf("%s: %w", l.from, err)
		}
		// a folder without a file in it would not be embedded
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := put(to, small); err != nil {
			return err
		}
		family := filepath.Dir(filepath.Dir(l.from))
		licence, err := part(modules, family+"/LICENSE_FONT")
		if err != nil {
			return err
		}
		if err := put(filepath.Join(dir, "LICENSE-"+filepath.Base(family)+".txt"), licence); err != nil {
			return err
		}
	}
	return nil
}

// common says whether a character is no Chinese one, or one of the 6,763 of GB 2312.
func common(r rune) bool {
	if r < 0x2e80 || r >= 0x3000 && r < 0x3400 || r >= 0xff00 && r <= 0xffef {
		return true
	}
	b, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(string(r)))
	return err == nil && len(b) == 2 && b[0] >= 0xb0 && b[0] <= 0xf7 && b[1] >= 0xa1
}
