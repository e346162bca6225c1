// Package saying words what is said of a submission that a person has to decide on: by its reviewer, by its sender, and to whom
// sends the same content again. The states are those of package pipeline.
package saying

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/codes"
)

// Longest is how many runes may be said at once.
const Longest = 300

// Said is what a run tells after somebody has said something of it, and what is to be done now. before is what it told until then:
// of that its beginning stays, all that was said stands in the history of the unit.
func Said(state, by, reason string, before codes.Text) (text, remedy codes.Text) {
	if i := strings.LastIndex(before.Zh, "；原先："); i >= 0 {
		before.Zh = before.Zh[i+len("；原先："):]
	}
	if i := strings.LastIndex(before.En, "; before: "); i >= 0 {
		before.En = before.En[i+len("; before: "):]
	}
	who := codes.Text{Zh: "报送人答复", En: "answered by the sender"}
	switch state {
	case "asked":
		who, remedy = codes.Text{Zh: "审核人询问", En: "a question of the reviewer"}, codes.Text{Zh: "在“报送”页答复，或改正后重新报送", En: "answer on the page of what was sent, or correct it and send it again"}
	case "returned":
		who, remedy = codes.Text{Zh: "退回", En: "returned"}, codes.Text{Zh: "按标注改正后重新报送", En: "correct what is marked and send it again"}
	}
	return codes.Text{Zh: who.Zh + "（" + by + "）：" + reason + "；原先：" + before.Zh, En: who.En + " (" + by + "): " + reason + "; before: " + before.En}, remedy
}

// Again is what whoever sends the same content again is told of a batch that has not been published, with what was said of it last.
func Again(state string, batch uint32, note, when string) (text, remedy codes.Text) {
	switch state {
	case "returned":
		return codes.Text{Zh: "同样的内容已在 " + when + " 退回：" + note, En: "the same content was returned on " + when + ": " + note},
			codes.Text{Zh: "改正后重新报送", En: "correct it and send it again"}
	case "asked":
		return codes.Text{Zh: "审核人询问：" + note, En: "a question of the reviewer: " + note},
			codes.Text{Zh: "在“报送”页答复，或改正后重新报送", En: "answer on the page of what was sent, or correct it and send it again"}
	case "submitted":
		return codes.Text{Zh: "同样的内容已在 " + when + " 报送，待审核", En: "the same content was submitted on " + when + " and waits for its review"},
			codes.Text{Zh: "不必重复报送", En: "there is no need to send it again"}
	}
	return codes.Text{Zh: fmt.Sprintf("同样的内容已在 %s 作为第 %d 批暂缓：%s", when, batch, note), En: fmt.Sprintf("the same content has been held since %s as batch %d", when, batch)},
		codes.Text{Zh: "改正后重新报送；确认无误，请操作员用 yanzhen accept 发布", En: "correct it and send it again, or have an operator publish it (yanzhen accept)"}
}

// Copy asks whether the same bytes are meant under two names of files.
func Copy(file string) (reason, remedy codes.Text) {
	reason = codes.Text{
		Zh: fmt.Sprintf("与已发布的 %s 一字不差，两份会各计一次", file),
		En: fmt.Sprintf("it is byte for byte %s, which is published, and would count beside it", file),
	}
	remedy = codes.Text{
		Zh: "是同一张表，就不必再报送；确实是两张，请操作员用 yanzhen accept 发布",
		En: "if it is the same table, there is nothing to send; if both are meant, have an operator publish it (yanzhen accept)",
	}
	return reason, remedy
}

// Twin asks whether two senders mean the same bytes.
func Twin(sender, file string) (reason, remedy codes.Text) {
	return codes.Text{
		Zh: fmt.Sprintf("与“%s”已发布的 %s 一字不差，两个单位会各计一次", sender, file),
		En: fmt.Sprintf("it is byte for byte what %s sent as %s and is published: it would count for both", sender, file),
	}, codes.Text{Zh: "核对是否放错了文件夹或写错了单位；确实各自报送，请操作员用 yanzhen accept 发布", En: "check whether it lies in the wrong folder or names the wrong sender; if both mean it, have an operator publish it (yanzhen accept)"}
}

// Parts asks whether a file is another part of a unit that came in parts.
func Parts(unit string, parts int) codes.Text {
	return codes.Text{
		Zh: fmt.Sprintf("%s 已由 %d 份文件分部分报送；这份是又一部分，还是替换全部？", unit, parts),
		En: fmt.Sprintf("%s has come in %d parts; is this another, or does it replace all of them?", unit, parts),
	}
}

// Part asks whether a file is a part of what a unit shows beside another, or comes in its place.
func Part(unit string, rows uint64, file string) codes.Text {
	return codes.Text{
		Zh: fmt.Sprintf("会替换 %s 的 %d 行（%s），但看来是它的另一部分：追加，还是替换？", unit, rows, file),
		En: fmt.Sprintf("it would replace %d rows of %s (%s) but looks like another part of it: add, or replace?", rows, unit, file),
	}
}

// Either is how the question is answered of a run; of none, before a file is loaded.
func Either(run string) codes.Text {
	if run == "" { // nothing was loaded yet
		run = "RUN"
	}
	return codes.Text{
		Zh: fmt.Sprintf("告诉操作员是哪一种：另一部分，操作员用 yanzhen accept %[1]s --add；要替换，用 yanzhen accept %[1]s --replace", run),
		En: fmt.Sprintf("tell an operator which: another part of it, which yanzhen accept %[1]s --add says, or in its place, yanzhen accept %[1]s --replace", run),
	}
}

// Same is what is told of content that was published before.
func Same(batch uint32, file, when string, live bool) codes.Text {
	t := codes.Text{
		Zh: fmt.Sprintf("内容与 %s 发布的第 %d 批（%s）相同，未重复装入", when, batch, file),
		En: fmt.Sprintf("the content is that of batch %d (%s), published %s; nothing was loaded", batch, file, when),
	}
	if !live {
		t.Zh += "；该批此后已被替换或撤回，要重新启用，请操作员用 yanzhen rollback 回滚"
		t.En += "; that batch has been replaced or withdrawn since: to use it again, have an operator roll back to it (yanzhen rollback)"
	}
	return t
}

// accepted begins what is noted of a batch that a person has published, as its answer (package pipeline) says.
var accepted = map[string]string{"": "确认发布", "add": "确认追加", "replace": "确认替换"}

// Accepted is what is noted of a batch that a person has published, and why.
func Accepted(how, why string) string {
	note := accepted[how]
	if why != "" {
		note += "：" + why
	}
	return note
}

// How is the answer with which what is noted was Accepted; false: it was not.
func How(note string) (how string, ok bool) {
	for how, begin := range accepted {
		if strings.HasPrefix(note, begin) {
			return how, true
		}
	}
	return "", false
}

// AcceptedEn is Accepted in English.
func AcceptedEn(how string) string {
	return map[string]string{"": "published by hand", "add": "added by hand", "replace": "published by hand in place of what was there"}[how]
}
