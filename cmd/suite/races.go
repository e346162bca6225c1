package main

// race says which tests of a package run under the race detector, and why these.
type race struct {
	tests string // a pattern of -run; the others run without; "" is all of them
	why   string
}

// raced are the packages whose tests let goroutines meet. The detector makes a test five to ten times as long, so it is
// for those where it can find something. Packages that need the engine are never raced: its library is loaded without C.
var raced = map[string]race{
	"yanzhen/cmd/suite":                      {"^TestRacedOnce$", "two calls of go test are read at once"},
	"yanzhen/cmd/reload":                     {"", "a folder is watched while its files change"},
	"yanzhen/dashboard/access/account":       {"", "many requests sign in, and two processes write, at once"},
	"yanzhen/dashboard/access/audit":         {"", "many write one chain of lines"},
	"yanzhen/dashboard/access/federated":     {"", "many people are on their way to the office's sign-in at once"},
	"yanzhen/dashboard/access/token":         {"", "tokens are made, used and taken back at once"},
	"yanzhen/dashboard/early":                {"", "people come and go while the program asks"},
	"yanzhen/dashboard/early/round":          {"", "something is published while a round waits, and people look meanwhile"},
	"yanzhen/dashboard/events":               {"", "pages come and go while all of them are told"},
	"yanzhen/dashboard/inlet":                {"", "senders upload at once"},
	"yanzhen/dashboard/held":                 {"", "many ask for one answer at once, and give up"},
	"yanzhen/dashboard/metric/compute/heavy": {"", "statements wait for their turn, and give up"},
	"yanzhen/dashboard/metric/compute/word":  {"", "many ask for one answer at once, and give up"},
	"yanzhen/dashboard/menu":                 {"^TestFilled$", "many pages wait for one answer, and give up"},
	"yanzhen/dashboard/render":               {"^(TestManyAtOnce|TestCancelled)$", "script engines are lent to many who draw at once, and taken back from who gave up"},
	"yanzhen/jobs/outbox":                    {"^TestManyAtOnce$", "messages are put in while others are sent"},
	"yanzhen/pipeline/ahead":                 {"", "rows are handed from who reads them to who makes values of them"},
	"yanzhen/pipeline/slack":                 {"", "loads that begin and end at once share one setting of the collector"},
	"yanzhen/pipeline/spool":                 {"", "a piece is hashed while it is written"},
	"yanzhen/pipeline/source/inflate":        {"", "a workbook is unzipped ahead of who reads its XML"},
	"yanzhen/pipeline/batch":                 {"^(TestBatches|TestAlone|TestErrorsAndCancel|TestRowsAndCounts|TestDuplicates|TestUnpivot)$", "a reader fills the next batch while the last one is taken; these end it early, late and in the middle"},
	"yanzhen/pipeline/warehouse/turns":       {"", "people come, go and give up at once"},
	"yanzhen/pipeline/warehouse/greeting":    {"", "what a server says first waits for what its client says"},
	"yanzhen/pipeline/source/delimited":      {"", "a text is decoded ahead of who divides it into lines"},
}

// unraced are the packages that start goroutines or lock, and are not raced all the same.
var unraced = map[string]string{
	"yanzhen/cmd/dist":                      "the program that is tried is waited for on a goroutine, in a run of its own",
	"yanzhen/cmd/people":                    "its test reads the manual; the server that it starts is met by the scripts of cmd/yanzhen",
	"yanzhen/dashboard/brief":               "what it asks at once needs the engine: package dashboard does",
	"yanzhen/dashboard/browser/browsertest": "windows are opened on the goroutines of tests, the lock is for tests side by side",
	"yanzhen/dashboard/door":                "its locks are met by the requests of package dashboard's tests, which need the engine; its own read the manual",
	"yanzhen/dashboard/api":                 "a description that is made once",
	"yanzhen/dashboard/roman":               "a table that is read once",
	"yanzhen/dashboard/figures":             "what it asks at once needs the engine: package dashboard does",
	"yanzhen/dashboard/fonts":               "one lock around the buffer of a face, and a set that is made once",
	"yanzhen/dashboard/words":               "a catalogue that is read once",
	"yanzhen/jobs/subscribe":                "its clock is waited for at the end; what it prints at once needs the engine",
	"yanzhen/jobs/alert":                    "it locks a file; its processes are met by being killed",
	"yanzhen/pipeline/cell":                 "a table that is made once",
	"yanzhen/pipeline/contrary":             "patterns that are made once",
	"yanzhen/pipeline/fetch/answer":         "as of pipeline/fetch/folder",
	"yanzhen/pipeline/fetch/folder":         "what its goroutines share is a count of bytes; the rest is the libraries'",
	"yanzhen/pipeline/fetch/mailbox":        "as of pipeline/fetch/folder",
	"yanzhen/pipeline/warehouse":            "what it locks is a connection: its tests here have none",
	"yanzhen/pipeline/unfinished":           "a lock around what is remembered of packed files, held for no longer than a look into a map",
}

// longest are the packages that take longest, the longest first: what begins last should be short, so that no core idles.
var longest = []string{
	"yanzhen/cmd/yanzhen",
	"yanzhen/dashboard",
	"yanzhen/pipeline",
	"yanzhen/dashboard/metric/compute",
	"yanzhen/cmd/faults",
	"yanzhen/pipeline/batch",
	"yanzhen/dashboard/board/draw",
	"yanzhen/pipeline/warehouse/embedded",
	"yanzhen/cmd/demo/truth",
	"yanzhen/cmd/demo",
	"yanzhen/dashboard/document/pdf",
	"yanzhen/jobs",
}
