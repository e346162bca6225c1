// Package alert tells once of whatever needs a person: what failed, is late, held, damaged or degraded. It keeps what is open in
// one file of the zone, puts messages about what is new, worse or over into the outbox of every channel that takes them, and
// says nothing twice, whatever stops in between. Where what is open comes from is said by sources.
package alert

import (
	"time"

	"yanzhen/pipeline/codes"
)

// Kind is a kind of alert.
type Kind struct {
	Name string
	Text codes.Text // what it is called
	Do   codes.Text // what to do, where the alert itself does not say
	Page string     // where to look
}

// Kinds are all of them, the gravest first. Each has its row in docs/operations.md.
var Kinds = []Kind{
	{"damaged", codes.Text{Zh: "数据受损", En: "damaged"}, codes.Text{Zh: "把原文件放回收件夹，系统会重新装入", En: "put the original file back into the inbox: it is loaded again"}, "/data"},
	{"degraded", codes.Text{Zh: "运行异常", En: "degraded"}, codes.Text{Zh: "运行 yanzhen doctor，按它说的做", En: "run yanzhen doctor and do what it says"}, "/data"},
	{"failed", codes.Text{Zh: "未装入", En: "failed"}, codes.Text{Zh: "打开该次导入，把标出错误的文件退回报送单位", En: "open the load, and send the file back to its sender with what is wrong marked in it"}, "/data/runs"},
	{"held", codes.Text{Zh: "待确认", En: "held"}, codes.Text{Zh: "打开该次导入看原因，确认无误后运行 yanzhen accept，否则退回", En: "open the load for the reason; run yanzhen accept where it is right, else send it back"}, "/data/runs"},
	{"job", codes.Text{Zh: "任务故障", En: "job fault"}, codes.Text{Zh: "按该次运行的提示处理，任务会按时再试", En: "do what the run says; the job tries again at its time"}, "/data/runs"},
	{"late", codes.Text{Zh: "迟报", En: "late"}, codes.Text{Zh: "打开报送任务页，复制催报文字发给报送单位", En: "open the page of duties and copy the text of the reminder for its sender"}, "/data/duties"},
	{"rule", codes.Text{Zh: "指标告警", En: "metric rule"}, codes.Text{Zh: "打开指标的原因页，看是哪一部分变了", En: "open the cause of the metric: which part of it moved"}, "/data/metrics"},
	{"access", codes.Text{Zh: "登录异常", En: "signing in"}, codes.Text{Zh: "请审计员在审计页看是谁、从哪里；必要时停用账号，或在防火墙挡住地址", En: "have the auditor look in the audit trail who it is and from where; disable the account, or keep the address out at the firewall, where need be"}, "/audit"},
	{"statement", codes.Text{Zh: "定时语句", En: "saved statement"}, codes.Text{Zh: "由语句的主人在 SQL 页查看", En: "its owner looks at it on the page of SQL"}, "/data/runs"},
	{"channel", codes.Text{Zh: "渠道不通", En: "channel down"}, codes.Text{Zh: "运行 yanzhen alerts test 渠道名，按错误提示检查地址、密钥和网络", En: "run yanzhen alerts test NAME, and check address, secret and network by the error"}, "/data/alerts"},
	{"subscription", codes.Text{Zh: "订阅未发", En: "subscription not sent"}, codes.Text{Zh: "看告警里的原因：收件人的账号或权限，或数字算不出来", En: "the alert says why: the account or rights of who receives it, or figures that could not be had"}, "/data/alerts"},
}

// KindNames are the names of all kinds.
func KindNames() (out []string) {
	for _, k := range Kinds {
		out = append(out, k.Name)
	}
	return out
}

// Of is the kind of a name, and its place among all of them.
func Of(name string) (Kind, int) {
	for i, k := range Kinds {
		if k.Name == name {
			return k, i
		}
	}
	return Kind{Name: name, Text: codes.Text{Zh: name, En: name}}, len(Kinds)
}

// Found is something that needs a person now.
type Found struct {
	Key   string     `json:"key"` // the same for the same thing: late/arrivals/区人社局
	Kind  string     `json:"kind"`
	Level int        `json:"level"` // 1, and more where it is worse
	Since time.Time  `json:"since"`
	What  codes.Text `json:"what"`          // a plain sentence, without personal data
	Do    codes.Text `json:"do"`            // empty: what its kind says
	Page  string     `json:"page"`          // empty: that of its kind
	Not   string     `json:"not,omitempty"` // a channel that is not told: it is what fails

	// Until is when nobody looks for it any more, for its age. Where it is not found after that, it ends without a word: it is
	// not over, it is old.
	Until time.Time `json:"until,omitzero"`
}

// Told is what a channel was told of an alert.
type Told struct {
	Level int       `json:"level"`
	At    time.Time `json:"at"`
	ID    string    `json:"id"` // of the message
}

// Alert is something that was found and is not over, or whose end a channel is still to be told.
type Alert struct {
	Found
	First time.Time       `json:"first"` // when it was found first
	Gone  time.Time       `json:"gone,omitzero"`
	Over  time.Time       `json:"over,omitzero"`  // it is over; channels that were told of it are told so
	Eased time.Time       `json:"eased,omitzero"` // since when it is better than what was told
	Ack   *Ack            `json:"ack,omitempty"`
	Told  map[string]Told `json:"told,omitempty"` // by channel
}

// Ack says who deals with an alert: it is not repeated where it worsens.
type Ack struct {
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Note string    `json:"note,omitempty"`
}

// Remedy is what to do.
func (a Found) Remedy() codes.Text {
	if a.Do.Zh != "" {
		return a.Do
	}
	k, _ := Of(a.Kind)
	return k.Do
}

// Address is where to look.
func (a Found) Address() string {
	if a.Page != "" {
		return a.Page
	}
	k, _ := Of(a.Kind)
	return k.Page
}
