// Package pipeline loads a file into a dataset: source -> batch -> hidden rows -> verify ->
// publish, with one ledger row making a whole batch visible at once.
package pipeline
