package metric

import "yanzhen/dashboard/metric/refusal"

// Invalid is a question that cannot be asked, as refusal.Invalid has it.
type Invalid = refusal.Invalid

// ErrInvalid is refusal.ErrInvalid.
var ErrInvalid = refusal.ErrInvalid

// Refuse is refusal.Refuse.
func Refuse(zh, en string, args ...any) *Invalid { return refusal.Refuse(zh, en, args...) }
