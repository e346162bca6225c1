package fetch

import (
	"errors"
	"os"
	"testing"
	"time"

	"yanzhen/pipeline"
)

// Mails of strangers push nothing out of the book that is told of others, and a book that cannot be read is not taken for an empty one.
func TestPostbook(t *testing.T) {
	dir := t.TempDir()
	b, err := readBook(dir)
	if err != nil {
		t.Fatal(err)
	}
	b.Refused = []entry{{UID: 1, At: time.Now()}}
	for uid := range uint32(2 * mostMails) {
		b.Strange = append(b.Strange, entry{UID: 2 + uid, At: time.Now(), Stranger: true})
		b.waits(2 + uid)
	}
	if err := b.keep(); err != nil {
		t.Fatal(err)
	}
	b, err = readBook(dir)
	if err != nil || len(b.Refused) != 1 || len(b.Strange) != mostMails || len(b.told()) != 1+2*mostMails {
		t.Fatalf("%v, %d refused, %d strange, %d to look at", err, len(b.Refused), len(b.Strange), len(b.told()))
	}
	if err := os.WriteFile(b.name, []byte(`{"of": `), 0o600); err != nil {
		t.Fatal(err)
	}
	var needs *pipeline.Problem
	if _, err := readBook(dir); !errors.As(err, &needs) || needs.Code != "source_mailbox_book" {
		t.Errorf("a damaged book: %v", err)
	}
}
