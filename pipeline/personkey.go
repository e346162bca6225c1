package pipeline

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"yanzhen/pipeline/warehouse"
)

// checkKey holds the key that persons are hashed with against the value that the store was begun
// with. With another key everybody would become somebody else, so nothing is loaded until the right
// one is back; reading goes on. A store without a value takes the key's.
func (l *Loader) checkKey(ctx context.Context) error {
	h := hmac.New(sha256.New, l.Key)
	h.Write([]byte("yanzhen person key"))
	mine := hex.EncodeToString(h.Sum(nil)[:16])
	got, err := warehouse.Select[struct {
		Value string `db:"value"`
	}](ctx, l.DB, warehouse.Statement{Tag: "key.check", SQL: "select value from meta.keys order by at limit 1"})
	if err != nil {
		return err
	}
	l.wrongKey = nil
	if len(got) == 0 {
		return warehouse.Append(ctx, l.DB, "meta.keys", struct {
			Value string    `db:"value"`
			At    time.Time `db:"at" arrow:"us"`
		}{mine, l.now()})
	}
	if got[0].Value != mine {
		l.wrongKey = problem("wrong_key", "密钥不是建库时的那一把：同一个人会变成两个人，已停止装入", "the key is not the one this store was begun with: one person would become two, so nothing is loaded").
			todo("把原来的 person.key（或 YANZHEN_PERSON_KEY）放回后重启；查看不受影响", "put the former person.key (or YANZHEN_PERSON_KEY) back and start again; reading goes on")
		l.log().Error("the person key is not the one of this store; nothing is loaded", "remedy", l.wrongKey.Remedy.En)
	}
	return nil
}

// WrongKey says why nothing is loaded where the person key is not the store's own; nil where it is.
func (l *Loader) WrongKey() *Problem { return l.wrongKey }
