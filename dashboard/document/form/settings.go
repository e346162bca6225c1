package form

import (
	"errors"

	"yanzhen/dashboard/document/docx"
	"yanzhen/dashboard/fonts"
	"yanzhen/pipeline/declare"
)

// Settings says how documents look.
type Settings struct {
	Address string    `yaml:"address"`
	Faces   FaceNames `yaml:"faces"`
	Fonts   FontFiles `yaml:"fonts"`
}

// FontFiles are an office's own fonts for its documents.
type FontFiles struct {
	Title    string `yaml:"title"`
	FangSong string `yaml:"fangsong"`
	Hei      string `yaml:"hei"`
	Kai      string `yaml:"kai"`
	Song     string `yaml:"song"`
}

// roles are the files by what they are for.
func (f FontFiles) roles() map[fonts.Role]string {
	return map[fonts.Role]string{fonts.Title: f.Title, fonts.FangSong: f.FangSong, fonts.Hei: f.Hei, fonts.Kai: f.Kai, fonts.Song: f.Song}
}

// FaceNames are the names of type faces; empty: those of official documents.
type FaceNames struct {
	Title    string `yaml:"title"`
	Body     string `yaml:"body"`
	Heading1 string `yaml:"heading1"`
	Heading2 string `yaml:"heading2"`
	Song     string `yaml:"song"`
	Latin    string `yaml:"latin"`
}

// Style is how documents are written as files.
func (p Settings) Style() *Style {
	return &Style{Faces: docx.Fonts(p.Faces), Files: p.Fonts.roles()}
}

// Declared says what is declared of documents.
func (Settings) Declared() declare.Keys {
	return declare.Keys{
		"address": {Zh: "读者打开页面的地址：文件里每个数字的链接以此开头；不写：下载的用下载时的地址，命令写的用 listen", En: "the address by which readers reach the pages: the link of every number begins with it; absent: a download has the address it was asked for by, a command that of listen", Example: "http://talent.example.gov.cn"},
		"faces":   {Zh: "Word 文件的字体名；不写的用公文字体", En: "names of the type faces of Word files; absent: those of official documents", Example: "{body: 仿宋}"},
		"fonts":   {Zh: "PDF 所用字体的文件（TTF 或 TTC）；不写的用随附的思源（Noto）字体，文件属性里注明用了哪些", En: "font files (TTF or TTC) for PDF documents; those not named are the built-in Noto fonts, and a file's properties say which were used", Example: "{fangsong: /usr/share/fonts/simfang.ttf}"},
	}
}

// Declared says what is declared of fonts.
func (FontFiles) Declared() declare.Keys {
	return declare.Keys{
		"title":    {Zh: "标题，小标宋", En: "the title", Example: "/usr/share/fonts/FZXBSJW.TTF"},
		"fangsong": {Zh: "正文，仿宋", En: "running text", Example: "/usr/share/fonts/simfang.ttf"},
		"hei":      {Zh: "一级标题、表头，黑体", En: "first headings and heads of tables", Example: "/usr/share/fonts/simhei.ttf"},
		"kai":      {Zh: "二级标题，楷体", En: "second headings", Example: "/usr/share/fonts/simkai.ttf"},
		"song":     {Zh: "页码、表格、说明，宋体", En: "page numbers, tables and remarks", Example: "/usr/share/fonts/simsun.ttc"},
	}
}

// Declared says what is declared of type faces.
func (FaceNames) Declared() declare.Keys {
	face := func(zh, en, name string) declare.Key {
		return declare.Key{Zh: zh, En: en, Default: name, Example: name}
	}
	return declare.Keys{
		"title":    face("标题", "of the title", docx.Official.Title),
		"body":     face("正文", "of the text", docx.Official.Body),
		"heading1": face("一级标题", "of first headings", docx.Official.Heading1),
		"heading2": face("二级标题", "of second headings", docx.Official.Heading2),
		"song":     face("页码与表格", "of page numbers and tables", docx.Official.Song),
		"latin":    face("西文与数字", "of Latin letters and digits", docx.Official.Latin),
	}
}

// Check tells which font files cannot be used.
func (s Settings) Check(f *declare.File, at string) {
	for role, file := range s.Fonts.roles() {
		if file == "" {
			continue
		}
		if _, err := fonts.Open(map[fonts.Role]string{role: file}); err != nil && !errors.Is(err, fonts.ErrNone) {
			f.Fault(at+".fonts."+string(role), "字体文件用不了，请换一个 TTF 或 TTC 文件：%v", "the font file cannot be used, name another TTF or TTC file: %v", err)
		}
	}
}
