package alerts

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"yanzhen/cmd/keep"
	"yanzhen/cmd/spoken"
	"yanzhen/jobs/alert"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/forget"
)

// Upkeep is what an installation needs from outside of it, and what its clock owes: a backup, a certificate, slots that begin,
// persons who are to be deleted.
type Upkeep struct {
	Dir     string
	Within  time.Duration                // how old the last backup may be; 0: as old as it likes
	Cert    string                       // file of the certificate; empty: there is none
	Local   func(time.Time) time.Time    // the clock of the office
	Overdue func(now time.Time) []string // jobs whose slot has not begun though it is over; nil: no job runs here
	Refused func() time.Time             // since when declarations are not taken up because something is wrong with them; nil: nobody knows
}

// refusedFor is how long declarations are wrong before that is told: somebody may be at them.
const refusedFor = 15 * time.Minute

// How long before its end a certificate is told of, and when that is worse.
const (
	certWarn  = 21 * 24 * time.Hour
	certGrave = 3 * 24 * time.Hour
)

// Look finds what is wrong with it.
func (u Upkeep) Look(now time.Time) (out []alert.Found) {
	add := func(key string, level int, since time.Time, what, do codes.Text) {
		out = append(out, alert.Found{Key: "degraded/" + key, Kind: "degraded", Level: level, Since: since, What: what, Do: do})
	}
	if at, ok := keep.LastAt(u.Dir); ok && u.Within > 0 && now.Sub(at) > u.Within { // where there never was one only doctor says so
		zh, en := fmt.Sprintf("%d 天前", int(now.Sub(at).Hours()/24)), fmt.Sprintf("%d days old", int(now.Sub(at).Hours()/24))
		if hours := int(now.Sub(at).Hours()); hours < 48 {
			zh, en = fmt.Sprintf("%d 小时前", hours), fmt.Sprintf("%d hours old", hours)
		}
		add("backup", 1+min(int(now.Sub(at)/u.Within)-1, 3), at.Add(u.Within), codes.Text{Zh: "上一次备份已是 " + zh + "，超过了 backup_within", En: "the last backup is " + en + ", more than backup_within"},
			codes.Text{Zh: "看备份的定时任务和备份盘，手动运行 yanzhen backup 看它说什么", En: "look at the timer of the backup and at its disk, and run yanzhen backup by hand to see what it says"})
	}
	if end, err := Expires(u.Cert); err != nil {
		add("certificate", 1, now, codes.Text{Zh: "网页证书的文件读不出：重启后页面打不开", En: "the file of the certificate cannot be read: the pages would not open after a start"},
			codes.Text{Zh: "检查 yanzhen.yaml 的 tls.cert 与权限", En: "check tls.cert in yanzhen.yaml and the rights"})
	} else if left := end.Sub(now); !end.IsZero() && left < certWarn {
		level := 1
		if left < certGrave {
			level = 2
		}
		add("certificate", level, end.Add(-certWarn), codes.Text{Zh: "网页和分析端口的证书 " + u.Local(end).Format(time.DateOnly) + " 到期", En: "the certificate of the pages and ports ends on " + u.Local(end).Format(time.DateOnly)},
			codes.Text{Zh: "换上新证书（同名文件，不用重启）", En: "put the new one into its file; no start is needed"})
	}
	if open, since, err := failing(u.Dir); err != nil {
		add("deletions", 1, now, codes.Text{Zh: "删除个人的记录 forgotten.json 读不出：没做完的删除停着", En: "forgotten.json, which remembers the deletions of persons, cannot be read: those that are not done stand still"},
			codes.Text{Zh: "检查权限和磁盘；坏了就从最近的备份目录复制一份，再对照审计记录里此后的删除（forget），逐一重做", En: "check its rights and the disk; where it is damaged, copy it from the folder of the last backup, and do again what the audit trail says was deleted since (forget)"})
	} else if open > 0 {
		add("deletions", 1+min(int(now.Sub(since)/(24*time.Hour)), 1), since, codes.Text{Zh: fmt.Sprintf("%d 次删除个人没有做完，数据或由它写成的文件可能还在", open), En: fmt.Sprintf("%d deletions of persons are not done: rows of them, or files made of these, may still be there", open)},
			codes.Text{Zh: "服务每三分钟再试一次；原因在日志里（a deletion of a person），多为磁盘满或数据库不应答；yanzhen forget --list 看哪一次", En: "the service tries again every three minutes; the log says why (a deletion of a person), mostly a full disk or a database that does not answer; yanzhen forget --list says which"})
	}
	if u.Refused != nil {
		if at := u.Refused(); !at.IsZero() && now.Sub(at) >= refusedFor {
			add("declarations", 1, at, codes.Text{Zh: "改过的声明有错，没有采用：服务用着先前的，下一次启动会起不来", En: "changed declarations are wrong and not taken up: the service goes on with the former ones, and would not start again"},
				codes.Text{Zh: "yanzhen check 说哪个文件哪一行；改好后几秒自动采用", En: "yanzhen check says which line of which file; what is mended is taken up within seconds"})
		}
	}
	if u.Overdue != nil {
		if names := u.Overdue(now); len(names) > 0 {
			add("clock", 1, now, codes.Text{Zh: fmt.Sprintf("%d 个任务到点没有开始：%s", len(names), some(names)), En: fmt.Sprintf("%d jobs did not begin at their time: %s", len(names), some(names))},
				codes.Text{Zh: "看机器的时钟和服务日志；重启 yanzhen，错过的会补上", En: "look at the machine's clock and the log; start yanzhen again, what was missed is made up for"})
		}
	}
	return out
}

// failing counts the deletions of persons whose last attempt failed, and says since when the first of them does.
func failing(dir string) (n int, since time.Time, err error) {
	all, err := forget.Book{Dir: dir}.Read()
	for _, e := range all {
		if e.Done || e.Failing.IsZero() {
			continue
		}
		if n++; n == 1 || e.Failing.Before(since) {
			since = e.Failing
		}
	}
	return n, since, err
}

func some(names []string) string { return strings.Join(names[:min(5, len(names))], ", ") }

// Expires says when the certificate in a file ends: the first of its chain that does. It is zero where no file is named.
func Expires(file string) (end time.Time, err error) {
	if file == "" {
		return end, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return end, err
	}
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return end, err
		}
		if end.IsZero() || c.NotAfter.Before(end) {
			end = c.NotAfter
		}
	}
	if end.IsZero() {
		return end, errors.New("证书文件里没有证书；检查 tls.cert / there is no certificate in the file; check tls.cert")
	}
	return end, nil
}

// Doctor tells of the certificate and of every channel.
func (d *Desk) Doctor(cert string, say func(state, what, detail string)) {
	z, bad := d.Zone() // what is wrong with it doctor has said
	local := time.Time.UTC
	if bad == nil {
		local = z.Local
	}
	if end, err := Expires(cert); err != nil {
		say("fail", "certificate", spoken.Error(err, d.Lang))
	} else if !end.IsZero() {
		state := "ok"
		if left := time.Until(end); left < 0 {
			state = "fail"
		} else if left < certWarn {
			state = "warn"
		}
		say(state, "certificate", d.say("到期：", "ends on ")+local(end).Format(time.DateOnly))
	}
	list, err := d.channels()
	if err != nil || bad != nil {
		return
	}
	if len(list) == 0 {
		say("ok", "channels", d.say("没有声明渠道，什么也不往外发", "none is declared, and nothing leaves"))
	}
	for _, c := range list {
		s, err := outbox.Look(z.Dir, c)
		switch {
		case err != nil:
			say("fail", "channel", c.Name+": "+spoken.Error(err, d.Lang))
		case !s.Failing.IsZero():
			say("warn", "channel", fmt.Sprintf(d.say("%s 自 %s 起发不出（%s），%d 条在等；试一试：yanzhen alerts test %[1]s", "%s takes nothing since %s (%s), %d wait; try it: yanzhen alerts test %[1]s"), c.Name, z.Local(s.Failing).Format("01-02 15:04"), spoken.Text(s.Error, d.Lang), s.Waiting))
		default:
			say("ok", "channel", fmt.Sprintf(d.say("%s（%s）：已发 %d，在等 %d", "%s (%s): %d sent, %d wait"), c.Name, c.Kind, s.Sent, s.Waiting))
		}
	}
}
