package settled

import (
	"context"
	"crypto/sha256"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// Declared is the live batch of a file of the program's own whose text and whose dataset's declaration are these, 0 where
// there is none. To ask for it costs a tenth of finding out by loading the text that nothing is to be loaded.
func Declared(ctx context.Context, db *warehouse.DB, ds *dataset.Dataset, file, text string) (batch uint32, err error) {
	sum := sha256.Sum256([]byte(text))
	live, err := warehouse.Select[struct {
		Batch uint32 `db:"batch"`
	}](ctx, db, warehouse.Statement{
		Tag: "ledger.declared",
		SQL: `select batch from (select batch, state, file, fingerprint from meta.ledger
where dataset = {dataset:String} and state in ('published', 'withdrawn') order by seq desc, batch desc limit 1 by unit)
where state = 'published' and file = {file:String} and fingerprint = {fingerprint:String} order by batch limit 1`,
		Params: map[string]string{"dataset": ds.Name, "file": file, "fingerprint": ds.Fingerprint(sum[:])},
	})
	for _, l := range live {
		batch = l.Batch
	}
	return batch, err
}
