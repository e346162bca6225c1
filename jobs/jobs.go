// Package jobs times the work: which source is loaded when, what is made up after a standstill,
// what happens when runs overlap or fail, and how all of it stops. robfig/cron is the timer;
// what has run is known from the ledger's runs, not from memory.
package jobs
