package inlet

import (
	"context"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Empty is what stands on a page that has no data yet. Who keeps the installation is told the folder and the first three
// steps; a nil inlet has no folder.
func (i *Inlet) Empty(ctx context.Context, loc codes.Lang) string {
	if i == nil || !access.From(ctx).Can(access.Operate) {
		return words.In(loc, "no_data_yet")
	}
	return words.In(loc, "first_steps", i.Dir)
}
