package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// arrows says which of our rooms a room may import. A room is the longest entry that is a
// prefix of the package's path. Test files are not held to it: they may open any door.
var arrows = map[string][]string{
	"configs":                      {}, // declared things; imports nothing of ours
	"pipeline/codes":               {},
	"pipeline/mask":                {"pipeline/codes"}, // codes: what an identity number is
	"pipeline/days":                {"pipeline/codes"}, // codes: a period is named in both languages
	"pipeline/filename":            {"pipeline/days"},  // days: the period that a name tells
	"pipeline/declare":             {"pipeline/codes"},
	"pipeline/units":               {"pipeline/codes"},
	"pipeline/totals":              {"pipeline/codes"},
	"pipeline/contrary":            {"pipeline/codes", "pipeline/sieve", "pipeline/units"}, // units: a remark may say what a figure counts in, in the words of a heading
	"pipeline/sheets":              {"pipeline/codes"},
	"pipeline/unfinished":          {"pipeline/codes"},
	"pipeline/spool":               {"pipeline/unfinished"},
	"pipeline/sieve":               {},
	"pipeline/dataset":             {"pipeline/totals", "pipeline/contrary", "pipeline/units", "pipeline/declare", "pipeline/codes"},
	"pipeline/account":             {"pipeline/cell", "pipeline/codes", "pipeline/units", "pipeline/totals"}, // cell: how a text is told without the numbers of persons
	"pipeline/account/accounttest": {},                                                                       // a test helper: counts cells with other readers
	"pipeline/source/xmlscan":      {},                                                                       // the XML of workbooks, walked
	"pipeline/source/ink":          {"pipeline/source/xmlscan"},
	"pipeline/source/drawn":        {"pipeline/source/ink", "pipeline/source/xmlscan", "pipeline/account", "pipeline/contrary", "pipeline/units", "pipeline/codes"},
	"pipeline/source/remarks":      {"pipeline/source/xmlscan", "pipeline/account", "pipeline/contrary", "pipeline/units", "pipeline/codes"},
	"pipeline/source/delimited":    {"pipeline/codes"}, // text whose lines are rows, divided
	"pipeline/source/numfmt":       {},                 // what a number format shows
	"pipeline/source/magic":        {"pipeline/codes"},
	"pipeline/source/grid":         {"pipeline/source/numfmt", "pipeline/cell", "pipeline/codes"},                                                                                                                                   // cell: what a blank is
	"pipeline/source/xls":          {"pipeline/source/grid", "pipeline/source/numfmt", "pipeline/source/drawn", "pipeline/source/remarks", "pipeline/cell", "pipeline/codes"},                                                       // as for ods
	"pipeline/source/ods":          {"pipeline/source/grid", "pipeline/source/inflate", "pipeline/source/numfmt", "pipeline/source/xmlscan", "pipeline/source/drawn", "pipeline/source/remarks", "pipeline/cell", "pipeline/codes"}, // cell: guards of texts; drawn, remarks: what stands beside cells is heard as in an xlsx
	"pipeline/source/jsonl":        {"pipeline/source/grid", "pipeline/codes"},
	"pipeline/source/parquet":      {"pipeline/source/grid", "pipeline/codes"},
	"pipeline/source/sheetname":    {"pipeline/codes"},
	"pipeline/source":              {"pipeline/source/jsonl", "pipeline/source/parquet", "pipeline/source/sheetname", "pipeline/source/grid", "pipeline/source/ods", "pipeline/source/xls", "pipeline/source/inflate", "pipeline/source/magic", "pipeline/glance", "pipeline/source/ink", "pipeline/source/remarks", "pipeline/source/numfmt", "pipeline/units", "pipeline/account", "pipeline/source/xmlscan", "pipeline/source/delimited", "pipeline/dataset", "pipeline/codes", "pipeline/cell", "pipeline/source/drawn"}, // cell: what a blank is
	"pipeline/cell":                {"pipeline/units", "pipeline/dataset", "pipeline/days", "pipeline/mask", "pipeline/codes"},                                                                                                                                                                                                                                                                                                                                                                                               // dataset: which columns are personal, what a column's match is
	"pipeline/bind":                {"pipeline/account", "pipeline/contrary", "pipeline/units", "pipeline/source", "pipeline/cell", "pipeline/dataset", "pipeline/codes"},                                                                                                                                                                                                                                                                                                                                                    // source: how a column is named as a spreadsheet does
	"pipeline/rows":                {"pipeline/sieve", "pipeline/source", "pipeline/account", "pipeline/glance", "pipeline/totals", "pipeline/cell", "pipeline/dataset", "pipeline/codes"},                                                                                                                                                                                                                                                                                                                                   // source: rows and their cells
	// account: how a text of a file is quoted
	"pipeline/stacked":        {"pipeline/rows", "pipeline/source", "pipeline/account", "pipeline/days", "pipeline/codes"},
	"pipeline/control":        {"pipeline/dataset"},
	"pipeline/backup":         {"pipeline/check", "pipeline/control", "pipeline/dataset", "pipeline/warehouse"}, // check: when two sums agree
	"pipeline/version":        {"pipeline/warehouse"},
	"pipeline/settled":        {"pipeline/dataset", "pipeline/warehouse"},                                                                                                                                              // dataset: how a text is written in SQL
	"pipeline/states":         {"pipeline/dataset", "pipeline/warehouse"},                                                                                                                                              // dataset: the settings by which rows are on disk before anybody is told
	"pipeline/draft":          {"pipeline/rows", "pipeline/totals", "pipeline/cell", "pipeline/codes", "pipeline/dataset", "pipeline/days", "pipeline/filename", "pipeline/mask", "pipeline/source", "pipeline/units"}, // rows, totals: what is no row of data for the loader is none here; source: a file is looked at as the loader reads it; filename: of which period it is
	"pipeline/keyed":          {},
	"pipeline/glance":         {},
	"pipeline/pool":           {},
	"pipeline/slack":          {},
	"pipeline/identity":       {"pipeline/keyed", "pipeline/source", "pipeline/cell"}, // source: a cell, which is read before the turn of its row
	"pipeline/ahead":          {"pipeline/source"},                                    // source: rows, which are handed from one goroutine to another
	"pipeline/source/inflate": {},
	// rows, source: a cell, and the names that are read for one; bind: what a header says of its column; keyed, identity: persons
	"pipeline/batch/reading":      {"pipeline/account", "pipeline/bind", "pipeline/cell", "pipeline/codes", "pipeline/dataset", "pipeline/glance", "pipeline/identity", "pipeline/keyed", "pipeline/mask", "pipeline/rows", "pipeline/sieve", "pipeline/source"}, // sieve: the shape of a text is found with the rest of it
	"pipeline/batch":              {"pipeline/batch/reading", "pipeline/sieve", "pipeline/ahead", "pipeline/identity", "pipeline/contrary", "pipeline/pool", "pipeline/control", "pipeline/sheets", "pipeline/totals", "pipeline/rows", "pipeline/bind", "pipeline/units", "pipeline/account", "pipeline/source", "pipeline/cell", "pipeline/dataset", "pipeline/codes", "pipeline/stacked"},
	"pipeline/warehouse/greeting": {"pipeline/codes"},
	"pipeline/warehouse/turns":    {"pipeline/codes"},
	"pipeline/warehouse/handed":   {},
	"pipeline/warehouse/embedded": {"pipeline/warehouse/cluster", "pipeline/warehouse/plain", "pipeline/warehouse/turns", "pipeline/warehouse/handed", "pipeline/codes"},  // plain: an answer that fails half-way says why inside what packs it
	"pipeline/warehouse/plain":    {"pipeline/codes"},                                                                                                                     // codes: the languages
	"pipeline/warehouse/grants":   {"pipeline/warehouse", "pipeline/warehouse/door", "pipeline/warehouse/embedded"},                                                       // door: the same limits; embedded: what a role may do
	"pipeline/warehouse/flight":   {"pipeline/warehouse", "pipeline/warehouse/door", "pipeline/warehouse/greeting", "pipeline/warehouse/plain", "pipeline/codes"},         // door: one gate, one set of limits for both
	"pipeline/warehouse/door":     {"pipeline/warehouse/greeting", "pipeline/warehouse/plain", "pipeline/warehouse/turns", "pipeline/warehouse/handed", "pipeline/codes"}, // it speaks to the engine's socket as any client does
	// turns: whose statement one is, said to the engine; handed: how many rows went out of what was broken off
	"pipeline/warehouse":         {"pipeline/warehouse/cluster", "pipeline/warehouse/turns", "pipeline/warehouse/handed"},
	"pipeline/warehouse/cluster": {},
	"pipeline/check":             {"pipeline/dataset", "pipeline/warehouse", "pipeline/codes"}, // codes: Text
	// filename: two files are called versions of one
	"pipeline/hold":      {"pipeline/filename", "pipeline/days", "pipeline/account", "pipeline/source/remarks", "pipeline/sheets", "pipeline/check", "pipeline/source", "pipeline/dataset", "pipeline/warehouse", "pipeline/codes", "pipeline/cell"}, // check: a reason to hold is one of its failures
	"pipeline/stream":    {"pipeline/slack", "pipeline/sheets", "pipeline/account", "pipeline/batch", "pipeline/source", "pipeline/dataset", "pipeline/rows"},
	"pipeline/codetable": {"pipeline/dataset", "pipeline/warehouse", "pipeline/codes"}, // dataset: the lists are part of its catalog, and a view of a dataset's name wins
	// dataset: a view of it as of a moment
	"pipeline/past":            {"pipeline/dataset", "pipeline/warehouse"},
	"pipeline/unmasked":        {"pipeline/dataset", "pipeline/warehouse", "pipeline/warehouse/embedded"}, // embedded: the role that reads what masks hide
	"pipeline/saying":          {"pipeline/codes"},
	"pipeline/frozen":          {"pipeline/mask", "pipeline/warehouse", "pipeline/codes"},
	"pipeline/trouble":         {"pipeline/check", "pipeline/codes", "pipeline/warehouse"}, // warehouse: what the database said, which is for the log alone; check: rows that are not those that were sent
	"pipeline":                 {"pipeline/trouble", "pipeline/frozen", "pipeline/saying", "pipeline/settled", "pipeline/states", "pipeline/version", "pipeline/codetable", "pipeline/control", "pipeline/sheets", "pipeline/bind", "pipeline/stream", "pipeline/hold", "pipeline/account", "pipeline/check", "pipeline/batch", "pipeline/source", "pipeline/filename", "pipeline/cell", "pipeline/mask", "pipeline/dataset", "pipeline/days", "pipeline/codes", "pipeline/warehouse", "pipeline/unfinished", "pipeline/spool", "pipeline/difference"},
	"pipeline/secret":          {"pipeline/declare"}, // declare: where a secret lies is declared
	"pipeline/trace":           {"pipeline", "pipeline/declare", "pipeline/secret"},
	"pipeline/openlineage":     {"pipeline", "pipeline/dataset", "pipeline/codes", "pipeline/declare", "pipeline/secret"}, // pipeline: whose declarations hold now, what of a run is told; dataset: columns, in the words of OpenLineage
	"pipeline/scan":            {"pipeline", "pipeline/declare", "pipeline/codes"},                                        // pipeline: what a refused file is told
	"pipeline/packed":          {"pipeline", "pipeline/filename", "pipeline/codes"},                                       // pipeline: what is inside is loaded as a file is
	"pipeline/fetch/mirror":    {},                                                                                        // rows on disk by their keys
	"pipeline/fetch/answer":    {"pipeline/codes"},
	"pipeline/fetch/database":  {"pipeline/trouble", "pipeline/fetch/answer", "pipeline/secret", "pipeline/declare", "pipeline/mask", "pipeline/codes"}, // mask: a server's words may hold the number of a person
	"pipeline/fetch/webapi":    {"pipeline/trouble", "pipeline/fetch/answer", "pipeline/secret", "pipeline/declare", "pipeline/codes"},
	"pipeline/fetch/folder":    {"pipeline/fetch/answer", "pipeline/filename", "pipeline/secret", "pipeline/declare", "pipeline/codes"}, // filename: what stands in a folder is no submission, or a revision, by its name
	"pipeline/fetch/mailbox":   {"pipeline/trouble", "pipeline/fetch/answer", "pipeline/secret", "pipeline/declare"},
	"pipeline/fetch":           {"pipeline/packed", "pipeline/filename", "pipeline/fetch/folder", "pipeline/fetch/mailbox", "pipeline/trouble", "pipeline", "pipeline/fetch/answer", "pipeline/fetch/database", "pipeline/fetch/webapi", "pipeline/fetch/mirror", "pipeline/dataset", "pipeline/declare", "pipeline/days", "pipeline/codes"}, // pipeline: what is fetched is loaded as a file is; packed: so is a zip of a folder; trouble: a line that breaks is told from a fault of ours
	"pipeline/duty":            {"pipeline/declare", "pipeline/days", "pipeline/codes"},                                                                                                                                                                                                                                                      // codes: which days people work on
	"pipeline/template":        {"pipeline/dataset", "pipeline/source", "pipeline/codes"},                                                                                                                                                                                                                                                    // source: which sheets are the program's own
	"pipeline/marked":          {"pipeline/source", "pipeline/source/remarks", "pipeline/codes"},                                                                                                                                                                                                                                             // source: a text file's cells are read as the loader reads them
	"dashboard/analysis":       {},
	"dashboard/words":          {"pipeline/declare", "pipeline/codes"},                       // every text of the pages; lowest of the dashboard, so that each of its rooms may use it
	"dashboard/metric/method":  {"pipeline/declare", "pipeline/codes", "dashboard/analysis"}, // declare: the options of a method are declared
	"dashboard/metric/formula": {"dashboard/metric/method"},                                  // method: a fault in both languages
	// warehouse: what was asked for an answer is a part of it
	"dashboard/metric": {"dashboard/metric/refusal", "dashboard/metric/timeline", "dashboard/metric/stated", "dashboard/metric/formula", "dashboard/metric/unit", "dashboard/metric/expression", "pipeline/duty", "dashboard/metric/method", "pipeline/declare", "pipeline/dataset", "pipeline/days", "pipeline/codes", "pipeline/warehouse", "dashboard/roman"},
	// dataset: what a column may hold decides how it is read; warehouse: a compiled question is one of its statements
	"dashboard/metric/compile":       {"dashboard/metric", "dashboard/metric/expression", "dashboard/metric/formula", "dashboard/metric/sqltext", "dashboard/metric/stated", "dashboard/metric/timeline", "pipeline/dataset", "pipeline/days", "pipeline/warehouse"},
	"dashboard/metric/small":         {"pipeline/codes", "pipeline/declare", "pipeline/days"}, // declare: what is small is declared
	"dashboard/metric/expression":    {"dashboard/metric/method", "pipeline/codes", "pipeline/declare"},
	"dashboard/metric/refusal":       {"pipeline/codes"},
	"dashboard/metric/timeline":      {"dashboard/metric/refusal", "pipeline/days"},
	"dashboard/metric/sqltext":       {"dashboard/metric/expression", "pipeline/dataset", "pipeline/warehouse"},                          // dataset: in what order the values of a column stand; warehouse: a statement and its parameters as they are shown
	"dashboard/metric/stated":        {"dashboard/metric/expression", "dashboard/metric/sqltext", "pipeline/dataset", "pipeline/states"}, // states: what is kept beside the rows is asked by its own names
	"dashboard/metric/direct":        {"pipeline/dataset"},
	"dashboard/metric/unit":          {"pipeline/codes", "pipeline/declare"},
	"dashboard/metric/missing":       {"dashboard/metric", "pipeline/codes"}, // metric: the reasons that it tells
	"dashboard/metric/compute/word":  {},
	"dashboard/metric/compute/heavy": {"dashboard/metric/refusal", "pipeline/warehouse"},
	"dashboard/metric/compute/sent":  {"pipeline/duty", "pipeline/days", "pipeline/warehouse"},
	// states, direct: which rows a number is made of depends on what is live, and so does what is kept beside them
	"dashboard/metric/compute/published": {"dashboard/metric/compute/word", "dashboard/metric/compute/sent", "dashboard/metric", "dashboard/metric/compile", "dashboard/metric/direct", "pipeline/codes", "pipeline/dataset", "pipeline/days", "pipeline/duty", "pipeline/states", "pipeline/warehouse"},
	"dashboard/metric/compute":           {"dashboard/early", "dashboard/metric/refusal", "dashboard/metric/compute/heavy", "pipeline/states", "dashboard/metric/direct", "pipeline/codes", "pipeline/dataset", "pipeline/duty", "dashboard/metric", "dashboard/metric/compile", "dashboard/metric/method", "dashboard/analysis", "pipeline/warehouse", "pipeline/days", "dashboard/access", "dashboard/metric/small", "dashboard/metric/compute/published"}, // analysis: a method's number is a number, so it is computed here
	"pipeline/stage":                     {"pipeline", "pipeline/dataset", "pipeline/warehouse", "pipeline/codes"},                                                                                                                                                                                                                                                                                                                                           // for scripts of metrics: publishes rows past the loader
	"dashboard/script":                   {"dashboard/metric", "dashboard/metric/compute", "pipeline/stage", "pipeline/declare", "pipeline/days", "pipeline/codes"},                                                                                                                                                                                                                                                                                          // stage: the type of a table; whoever runs a script hands in how it is published. declare: faults in one voice
	"dashboard/address":                  {"dashboard/words", "dashboard/metric", "pipeline/codes", "pipeline/days"},                                                                                                                                                                                                                                                                                                                                         // metric: what a metric calls a filter
	"dashboard/static":                   {"dashboard/reply"},                                                                                                                                                                                                                                                                                                                                                                                                // knows nothing of the pages: they hand it what is written for them
	"dashboard/target":                   {"dashboard/board/period", "dashboard/words", "dashboard/metric", "dashboard/metric/compile", "dashboard/metric/compute", "dashboard/metric/compute/published", "pipeline/warehouse", "pipeline/days", "pipeline/codes", "dashboard/metric/missing"},                                                                                                                                                               // warehouse: the targets that were sent are rows
	"dashboard/cause":                    {"dashboard/words", "dashboard/grid", "dashboard/target", "dashboard/metric", "dashboard/metric/compute", "pipeline/days", "pipeline/codes", "dashboard/metric/missing"},                                                                                                                                                                                                                                           // target: parts are held against what a target wants by now
	"dashboard/palette":                  {},                                                                                                                                                                                                                                                                                                                                                                                                                 // colours of charts and pages
	"dashboard/columnar":                 {"dashboard/grid", "dashboard/words", "pipeline/codes"},                                                                                                                                                                                                                                                                                                                                                            // grid: the table that it writes
	"dashboard/grid":                     {"dashboard/words", "dashboard/metric", "pipeline/codes"},                                                                                                                                                                                                                                                                                                                                                          // metric: the unit of a column
	"dashboard/board":                    {"pipeline/declare", "dashboard/metric", "pipeline/days", "pipeline/codes"},                                                                                                                                                                                                                                                                                                                                        // codes: an area of a map is a value of a code list
	"dashboard/board/period":             {"dashboard/words", "dashboard/metric", "pipeline/days", "pipeline/codes", "dashboard/metric/missing"},                                                                                                                                                                                                                                                                                                             // words: a period is named in both languages
	// dataset: the chains that a figure is of
	"dashboard/board/panel": {"dashboard/board", "dashboard/board/period", "dashboard/grid", "dashboard/words", "dashboard/metric", "dashboard/metric/missing", "pipeline/dataset", "pipeline/days", "pipeline/codes"},
	// a test helper: figures as an engine would answer them
	"dashboard/board/panel/paneltest": {"dashboard/board/panel", "dashboard/metric", "pipeline/days", "pipeline/codes"},
	"dashboard/board/draw":            {"dashboard/board/panel", "dashboard/board/layout", "dashboard/board/period", "dashboard/board", "dashboard/metric", "pipeline/dataset", "pipeline/days", "pipeline/codes", "dashboard/words"},
	"dashboard/document/pdf":          {"dashboard/document", "dashboard/fonts", "dashboard/vector"},                                                                                                                                                            // vector: charts are drawn on the paper
	"dashboard/excluded":              {"dashboard/metric", "dashboard/metric/compute", "dashboard/words", "pipeline", "pipeline/codes", "pipeline/days"},                                                                                                       // pipeline: what the ledger says of refusals
	"dashboard/preview":               {"dashboard/fonts", "dashboard/vector", "dashboard/palette"},                                                                                                                                                             // vector: an icon is a drawing
	"dashboard/fonts":                 {},                                                                                                                                                                                                                       // letters, whoever draws with them
	"dashboard/vector":                {"dashboard/fonts"},                                                                                                                                                                                                      // fonts: a text is drawn with the letters that have its characters
	"dashboard/vector/vectortest":     {"*"},                                                                                                                                                                                                                    // a test helper: draws a chart of every kind
	"dashboard/render":                {},                                                                                                                                                                                                                       // draws options, whoever made them
	"dashboard/picture":               {"dashboard/render", "dashboard/figures", "dashboard/board", "dashboard/palette", "dashboard/board/draw", "dashboard/board/layout"},                                                                                      // palette: the colours of a theme; layout: how many lines a name takes on paper
	"dashboard/workbook":              {"dashboard/figures", "dashboard/board", "dashboard/grid", "dashboard/words", "pipeline/codes", "pipeline/days", "dashboard/address"},                                                                                    // figures: the answers that it writes
	"dashboard/document/docx":         {"dashboard/document"},                                                                                                                                                                                                   // a writer of documents
	"dashboard/document":              {},                                                                                                                                                                                                                       // plain data: who makes the paper adds no figure
	"dashboard/trail":                 {"dashboard/address", "dashboard/board", "dashboard/cause", "dashboard/figures", "dashboard/grid", "dashboard/metric", "dashboard/target", "dashboard/words", "pipeline/codes", "pipeline/days", "dashboard/board/draw"}, // grid: the numbers of a table lead to their causes
	"dashboard/paper":                 {},                                                                                                                                                                                                                       // a test helper: reads PDF documents
	"dashboard/events":                {},                                                                                                                                                                                                                       // tells that something was published, not what
	"dashboard/scene":                 {"dashboard/address", "dashboard/words", "dashboard/board", "pipeline/declare", "pipeline/codes"},                                                                                                                        // address: what the page of a scene keeps of its own
	"dashboard/reply":                 {},
	"dashboard/early":                 {},
	// access: what of a viewer decides on the figures; board, metric: whether there is something on a page; warehouse: whether a load runs
	"dashboard/early/round": {"dashboard/reply", "dashboard/metric", "dashboard/metric/compute", "dashboard/early", "dashboard/access", "dashboard/access/filed", "dashboard/address", "dashboard/board", "pipeline/codes", "pipeline/warehouse"},
	// early: what the program asks before anybody does, nobody waits for
	"dashboard/held":  {"dashboard/early", "dashboard/reply"},                                                                                                                                                                                                                                                          // sends what it is given
	"dashboard/brief": {"dashboard/address", "dashboard/board", "dashboard/board/period", "dashboard/figures", "dashboard/metric", "dashboard/target", "dashboard/trail", "dashboard/words", "pipeline/codes", "pipeline/days", "pipeline/declare", "pipeline/duty", "dashboard/document", "dashboard/metric/missing"}, // trail: every number leads to its cause
	// dashboard/early: what is counted for all who wait is not put behind them
	"dashboard/standing":               {"dashboard/address", "dashboard/board", "dashboard/early", "dashboard/figures", "dashboard/metric", "dashboard/words", "pipeline", "pipeline/codes", "pipeline/dataset", "pipeline/days", "pipeline/duty", "pipeline/frozen"}, // pipeline: what is frozen
	"dashboard/aim":                    {"dashboard/address", "dashboard/figures", "dashboard/metric", "dashboard/target", "dashboard/trail", "dashboard/words"},                                                                                                       // trail: the way to a target has a cause
	"dashboard/board/layout":           {"pipeline/dataset"},                                                                                                                                                                                                           // dataset: the chains
	"dashboard/filter":                 {"dashboard/address", "dashboard/metric", "dashboard/metric/compute", "dashboard/words", "pipeline/codes", "pipeline/days"},                                                                                                    // compute: which values occur is asked of the data
	"dashboard/suppose":                {"pipeline/dataset", "dashboard/words", "dashboard/metric", "dashboard/metric/compute", "pipeline/days", "pipeline/codes"},
	"dashboard/coverage":               {"pipeline/dataset", "dashboard/words", "dashboard/metric", "dashboard/metric/compute/published", "pipeline", "pipeline/duty", "pipeline/days", "pipeline/codes"},                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                             // pipeline: how many rows of a submission were refused
	"dashboard/steps":                  {"dashboard/address", "dashboard/aim", "dashboard/answer", "dashboard/board", "dashboard/board/panel", "dashboard/board/period", "dashboard/cause", "dashboard/figures", "dashboard/filter", "dashboard/grid", "dashboard/menu", "dashboard/metric", "dashboard/target", "dashboard/trail", "dashboard/words", "pipeline/codes", "pipeline/days"},                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                             // aim, filter, menu: the lines, chips and links that a page has; answer: the usual period of a metric, as everywhere
	"dashboard":                        {"pipeline/former", "dashboard/early", "dashboard/early/round", "dashboard/steps", "dashboard/held", "dashboard/aim", "dashboard/events", "dashboard/scene", "dashboard/brief", "pipeline/duty", "dashboard/suppose", "dashboard/coverage", "pipeline/account", "dashboard/static", "dashboard/figures", "dashboard/address", "dashboard/words", "dashboard/palette", "dashboard/grid", "dashboard/board", "dashboard/board/draw", "dashboard/board/panel", "dashboard/board/period", "dashboard/metric", "dashboard/metric/compute", "dashboard/metric/sqltext", "dashboard/target", "dashboard/cause", "dashboard/analysis", "pipeline/dataset", "pipeline/days", "pipeline/codes", "pipeline/warehouse", "pipeline", "dashboard/reply", "dashboard/trail", "dashboard/picture", "dashboard/workbook", "dashboard/filter", "dashboard/columnar", "dashboard/standing", "dashboard/access", "dashboard/door", "dashboard/health", "dashboard/excluded", "dashboard/preview", "dashboard/vector", "dashboard/document", "dashboard/document/docx", "dashboard/document/form", "dashboard/document/web", "dashboard/edition", "dashboard/tally", "dashboard/problem", "dashboard/answer", "dashboard/api", "dashboard/metric/missing", "dashboard/inlet", "dashboard/agent", "dashboard/answer/verified", "dashboard/editor", "dashboard/menu", "dashboard/asking", "dashboard/counter", "dashboard/alerts", "dashboard/jobs", "dashboard/runs", "dashboard/monitor", "dashboard/frame", "dashboard/units", "dashboard/review", "dashboard/quality", "dashboard/typing", "dashboard/drafting"}, // pipeline: the read-only types of runs and rejects
	"dashboard/figures":                {"dashboard/board/period", "dashboard/address", "dashboard/words", "dashboard/grid", "dashboard/board", "dashboard/board/panel", "dashboard/metric", "dashboard/metric/compute", "pipeline/dataset", "pipeline/codes", "pipeline/days", "dashboard/finding", "dashboard/access"},                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              // a panel answered for an address, without HTTP: pages and documents ask for the same
	"dashboard/finding":                {"dashboard/board", "dashboard/board/panel", "dashboard/board/period", "dashboard/metric", "dashboard/words", "pipeline/codes", "pipeline/days"},                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              // draw: the figure whose numbers it tells
	"jobs":                             {"pipeline/mask", "pipeline/trouble", "jobs/paused", "jobs/backfill", "pipeline", "pipeline/packed", "pipeline/filename", "pipeline/days", "pipeline/declare", "pipeline/dataset", "pipeline/codes"},                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          // dataset: a job has its texts in both languages
	"pipeline/quality":                 {"pipeline/codes", "pipeline/days", "pipeline/duty", "pipeline/warehouse"},
	"dashboard/typing":                 {"dashboard/access", "dashboard/access/filed", "dashboard/address", "dashboard/counter", "dashboard/frame", "dashboard/words", "pipeline/codes", "pipeline/dataset", "pipeline/days", "pipeline/filename", "pipeline/template"}, // template: the headings and lists of a workbook to fill in are those of the page
	"dashboard/drafting":               {"dashboard/access", "dashboard/address", "dashboard/frame", "dashboard/words", "pipeline/codes"},
	"dashboard/quality":                {"dashboard/access", "dashboard/address", "dashboard/coverage", "dashboard/frame", "dashboard/metric", "dashboard/metric/compute", "dashboard/words", "pipeline/codes", "pipeline/dataset", "pipeline/days", "pipeline/duty", "pipeline/quality", "pipeline/warehouse"}, // warehouse: handed on to pipeline/quality
	"pipeline/sought":                  {"pipeline", "pipeline/warehouse", "pipeline/codes"},                                                                                                                                                                                                                    // pipeline: what a run is
	"pipeline/forget":                  {"pipeline/mask", "pipeline", "pipeline/cell", "pipeline/check", "pipeline/dataset", "pipeline/keyed", "pipeline/control", "pipeline/warehouse", "dashboard/access/filed"},                                                                                              // cell, keyed: how a number becomes the hash that stands for a person; control, check, dataset: whether a batch was whole before, and what the ledger says of the rows that are left
	"pipeline/former":                  {"pipeline/mask", "pipeline", "pipeline/warehouse", "pipeline/codes", "pipeline/difference"},                                                                                                                                                                            // pipeline: it looks at steps that the loader takes
	"dashboard/units":                  {"pipeline/mask", "pipeline", "pipeline/former", "pipeline/codes", "dashboard/frame", "dashboard/access", "dashboard/address", "dashboard/words"},                                                                                                                       // pipeline: the page has its loader take a step
	"dashboard/runs":                   {"pipeline", "pipeline/sought", "pipeline/warehouse", "pipeline/codes", "dashboard/access", "dashboard/address", "dashboard/words"},                                                                                                                                     // warehouse: handed on to sought
	"jobs/paused":                      {"pipeline/mask", "dashboard/access/filed", "pipeline/codes"},                                                                                                                                                                                                           // filed: a command beside the server changes the same file
	"jobs/backfill":                    {"pipeline/mask", "dashboard/access/filed", "jobs/paused", "pipeline/codes"},                                                                                                                                                                                            // jobs/paused: what is refused is refused alike
	"dashboard/jobs":                   {"jobs", "jobs/paused", "jobs/backfill", "pipeline", "pipeline/warehouse", "pipeline/codes", "dashboard/frame", "dashboard/access", "dashboard/address", "dashboard/words"},                                                                                             // jobs: the page shows its scheduler; warehouse: the last run of every job is one question
	"jobs/timed":                       {"jobs", "dashboard/access", "dashboard/access/account", "dashboard/address", "dashboard/asking", "dashboard/shelf", "dashboard/statement", "pipeline/codes"},                                                                                                           // asking: a statement runs at the same desk as any other; account: with what its owner may do then
	"jobs/channel":                     {"pipeline/secret", "pipeline/declare", "pipeline/codes"},                                                                                                                                                                                                               // ways out; they know nothing of what is told
	"jobs/outbox":                      {"jobs/channel", "dashboard/access/filed", "pipeline/codes"},                                                                                                                                                                                                            // filed: files that are whole or not there
	"jobs/alert":                       {"jobs/channel", "jobs/outbox", "dashboard/access/filed", "pipeline/mask", "pipeline/codes"},                                                                                                                                                                            // mask: no number of a person leaves
	"jobs/alert/intrusion":             {"jobs/alert", "dashboard/access/audit", "pipeline/codes"},                                                                                                                                                                                                              // audit: the trail is where tries stand
	"jobs/alert/rule":                  {"jobs/alert", "pipeline", "pipeline/codes", "pipeline/days", "pipeline/declare", "dashboard/access", "dashboard/answer", "dashboard/metric", "dashboard/target"},                                                                                                       // answer: every number is one that people see
	"jobs/remind":                      {"jobs/alert", "jobs/channel", "pipeline/codes", "pipeline/days", "pipeline/declare", "pipeline/duty"},                                                                                                                                                                  // jobs/alert: reminders go by its book
	"dashboard/monitor":                {"jobs/alert", "jobs/outbox", "pipeline", "pipeline/duty", "pipeline/openlineage", "pipeline/warehouse", "dashboard/access"},                                                                                                                                            // jobs/outbox: how channels do; warehouse: how many runs there are of each kind
	"jobs/subscribe":                   {"jobs", "jobs/alert", "jobs/channel", "jobs/outbox", "pipeline/codes", "pipeline/declare", "dashboard/access", "dashboard/access/account", "dashboard/asking", "dashboard/board", "dashboard/statement"},                                                               // account: whose eyes a mail is made with
	"jobs/alert/source":                {"jobs/alert", "jobs/outbox", "pipeline", "pipeline/trouble", "pipeline/codes", "pipeline/days", "pipeline/duty", "dashboard/access", "dashboard/metric/compute", "dashboard/shelf"},                                                                                    // compute: what has come of each duty
	"pipeline/difference":              {"pipeline/hold", "pipeline/dataset", "pipeline/warehouse", "pipeline/codes"},                                                                                                                                                                                           // hold: what names a row
	"dashboard/review":                 {"pipeline/saying", "pipeline/warehouse", "pipeline/mask", "pipeline", "pipeline/former", "pipeline/codes", "dashboard/frame", "dashboard/access", "dashboard/address", "dashboard/words"},                                                                              // pipeline: its loader writes down what is decided; saying: how a decision is noted, to know it again
	"dashboard/frame":                  {"dashboard/access", "pipeline/codes"},
	"dashboard/alerts":                 {"jobs/alert", "jobs/channel", "jobs/outbox", "dashboard/frame", "dashboard/access", "dashboard/address", "dashboard/words", "pipeline/codes"}, // jobs/alert: the page shows its book
	"cmd/demo":                         {},                                                                                                                                             // the demo zone's senders know nothing of the product
	"cmd/demo/truth":                   {"cmd/demo"},                                                                                                                                   // what must come of the demo files
	"dashboard/access":                 {"pipeline/codes"},                                                                                                                             // codes: roles and rights are named in both languages
	"dashboard/access/accesstest":      {"dashboard/access"},
	"dashboard/access/account":         {"pipeline/mask", "dashboard/access", "dashboard/access/filed", "pipeline/codes"},
	"dashboard/access/federated":       {"dashboard/access", "dashboard/access/account", "pipeline/codes", "pipeline/declare"}, // declare: its settings are a part of yanzhen.yaml
	"dashboard/access/filed":           {},
	"dashboard/door":                   {"dashboard/access", "dashboard/access/account", "dashboard/access/federated", "dashboard/address", "dashboard/words", "pipeline/codes", "dashboard/access/audit", "dashboard/grid", "dashboard/access/token", "dashboard/access/passkey", "dashboard/workbook"},
	"dashboard/metric/called":          {"dashboard/metric", "dashboard/metric/compute", "pipeline/codes", "pipeline/days", "pipeline/warehouse"},                                                                                                                                                                                                                   // compute: the statement of a metric depends on how far the data go
	"dashboard/statement":              {"dashboard/metric/called", "dashboard/workbook", "pipeline/codes", "pipeline/warehouse", "pipeline/warehouse/door", "pipeline/warehouse/turns", "pipeline/warehouse/plain"},                                                                                                                                                // door: one set of limits for all doors; turns: how it is said that a statement waits
	"dashboard/editor":                 {"dashboard/lineage", "pipeline", "dashboard/access", "dashboard/access/audit", "dashboard/address", "dashboard/board", "dashboard/metric", "dashboard/reply", "dashboard/shelf", "dashboard/statement", "dashboard/words", "pipeline/codes", "pipeline/dataset", "pipeline/days", "dashboard/asking", "dashboard/problem"}, // pipeline: from which submissions a column comes stands in the ledger, which is read only; board: what is pinned is checked as a board is; problem: the codes of the API
	"dashboard/asking":                 {"dashboard/access", "dashboard/access/audit", "dashboard/address", "dashboard/shelf", "dashboard/statement", "dashboard/words", "pipeline/codes", "pipeline/mask"},                                                                                                                                                         // mask: numbers of persons in statements are kept nowhere
	"dashboard/mapping":                {"dashboard/access/filed", "pipeline/cell", "pipeline/codes", "pipeline/dataset"},
	"dashboard/counter":                {"pipeline/former", "pipeline/mask", "dashboard/frame", "dashboard/access", "dashboard/address", "dashboard/inlet", "dashboard/words", "pipeline", "pipeline/codes", "pipeline/dataset", "pipeline/days"}, // pipeline: what would come of a file, and its run
	"dashboard/shelf":                  {"dashboard/access/filed", "pipeline/mask", "pipeline/codes"},
	"dashboard/health":                 {"dashboard/access", "pipeline"},                                                                                                                                                                                                                                                                                     // pipeline: what is damaged, what waits
	"dashboard/document/web":           {"dashboard/document", "dashboard/words", "pipeline/codes"},                                                                                                                                                                                                                                                          // a writer of documents, for the browser
	"dashboard/document/form":          {"dashboard/document", "dashboard/document/docx", "dashboard/vector", "dashboard/document/pdf", "dashboard/fonts", "pipeline/declare"},                                                                                                                                                                               // vector: a picture for readers of Word files without vectors
	"dashboard/tally":                  {"dashboard/address", "dashboard/metric", "dashboard/target", "dashboard/trail", "dashboard/words", "pipeline/codes", "pipeline/days", "dashboard/metric/missing"},                                                                                                                                                   // what the page of targets shows, without HTTP
	"dashboard/edition":                {"dashboard/address", "dashboard/board", "dashboard/board/period", "dashboard/brief", "dashboard/document", "dashboard/figures", "dashboard/grid", "dashboard/metric", "dashboard/picture", "dashboard/target", "dashboard/trail", "dashboard/words", "pipeline/codes", "pipeline/days", "dashboard/metric/missing"}, // brief: says the sentences; picture: draws the charts
	"dashboard/access/passkey":         {"dashboard/access/account"},
	"dashboard/access/scoped":          {"dashboard/access", "dashboard/access/account", "dashboard/metric", "pipeline/codes"}, // metric: its dimensions name their code lists
	"dashboard/roman":                  {"pipeline/codes"},                                                                     // codes: the names that are declared
	"dashboard/menu":                   {"dashboard/access", "dashboard/address", "dashboard/board", "dashboard/words", "pipeline/codes"},
	"dashboard/access/audit":           {"dashboard/reply", "pipeline/mask", "dashboard/access", "dashboard/access/filed", "pipeline/codes"},
	"dashboard/access/token":           {"dashboard/access", "dashboard/access/account", "dashboard/access/filed", "pipeline/codes"},                                                                                                                                                                                                                                                                // account: a token is worth what its account is
	"dashboard/problem":                {"dashboard/metric/refusal", "dashboard/address", "dashboard/metric", "dashboard/words", "pipeline/codes", "pipeline/warehouse"},                                                                                                                                                                                                                            // warehouse: a database that does not answer is an error too
	"dashboard/answer":                 {"dashboard/address", "dashboard/board/period", "dashboard/cause", "dashboard/columnar", "dashboard/grid", "dashboard/metric", "dashboard/metric/compute", "dashboard/trail", "dashboard/words", "pipeline/codes", "pipeline/days", "dashboard/metric/missing"},                                                                                             // trail: every number has an address where a person sees it
	"dashboard/api":                    {"dashboard/review", "pipeline/sought", "dashboard/access", "dashboard/address", "dashboard/answer", "dashboard/board", "dashboard/metric", "dashboard/problem", "dashboard/reply", "dashboard/words", "pipeline", "pipeline/codes", "pipeline/dataset", "dashboard/inlet", "pipeline/account", "pipeline/days", "dashboard/asking", "dashboard/statement"}, // pipeline: the read-only types of runs and rejects; review: programs decide at the desk of the page
	"dashboard/inlet":                  {"dashboard/access", "dashboard/access/filed", "dashboard/address", "dashboard/words", "pipeline", "pipeline/codes", "pipeline/filename"},                                                                                                                                                                                                                   // filename: whose file a name says it is
	"dashboard/answer/verified":        {"dashboard/answer", "dashboard/metric", "pipeline/codes", "pipeline/days", "pipeline/declare"},                                                                                                                                                                                                                                                             // answer: the question that is asked in its stead
	"dashboard/lineage":                {},
	"dashboard/agent/veil":             {"dashboard/metric", "dashboard/metric/expression", "dashboard/metric/small", "pipeline/codes", "pipeline/dataset", "pipeline/declare"},
	"dashboard/agent":                  {"dashboard/agent/veil", "pipeline/dataset", "dashboard/access", "dashboard/address", "dashboard/answer", "dashboard/answer/verified", "dashboard/cause", "dashboard/metric", "dashboard/problem", "dashboard/trail", "dashboard/words", "pipeline", "pipeline/codes", "pipeline/days", "pipeline/declare", "pipeline/mask", "dashboard/asking", "dashboard/statement"}, // mask: what agents asked is written down without numbers of persons
	"cmd":                              {"*"},
	"pipeline/fetch/fetchtest":         {},                                                                                         // a test helper: starts servers to fetch from
	"dashboard/browser":                {},                                                                                         // a test helper: finds a Chromium and a font
	"dashboard/browser/browsertest":    {"dashboard/browser"},                                                                      // a test helper: windows of it
	"dashboard/metric/metrictest":      {"*"},                                                                                      // a test helper: opens a warehouse with the shipped declarations
	"pipeline/stage/stagetest":         {"pipeline", "pipeline/dataset", "pipeline/warehouse", "pipeline/warehouse/warehousetest"}, // a test helper: a warehouse with the tables of a catalog
	"pipeline/warehouse/warehousetest": {"pipeline/warehouse", "pipeline/warehouse/cluster"},                                       // a test helper: starts the embedded engine, also as the one node of a cluster
}

// testOnly are the rooms that nothing but tests may import, and why.
var testOnly = map[string]string{
	"dashboard/vector/vectortest":      "draws charts for a test",
	"dashboard/browser/browsertest":    "opens windows for a test",
	"dashboard/board/panel/paneltest":  "makes figures for a test",
	"dashboard/metric/metrictest":      "opens a warehouse for a test",
	"cmd/demo/truth":                   "says what the product must find: the product must not know it",
	"pipeline/warehouse/warehousetest": "starts an engine for a test",
	"pipeline/stage/stagetest":         "makes tables for a test",
	"pipeline/fetch/fetchtest":         "starts servers for a test",
	"dashboard/access/accesstest":      "lets somebody in who did not sign in",
	"pipeline/account/accounttest":     "counts cells with other readers, to hold the product's count against",
}

// doors says which rooms may import a module, and why nobody else.
var doors = map[string]struct {
	rooms []string
	why   string
}{
	"github.com/ClickHouse/clickhouse-go":    {[]string{"pipeline/warehouse"}, "one way into the database, so embedded and remote cannot differ"},
	"github.com/xuri/excelize":               {[]string{"pipeline/source", "dashboard/workbook", "pipeline/template", "pipeline/marked", "cmd/demo", "cmd/bench", "pipeline/account/accounttest"}, "workbooks are read in one place, and written as figures, as a template, and as the sender's own again; the demo and the measurements play the senders; a test counts cells without our reader"},
	"github.com/richardlehane/mscfb":         {[]string{"pipeline/source"}, "the container of old xls files; workbooks are read in one place"},
	"github.com/dop251/goja":                 {[]string{"dashboard/render"}, "a script engine belongs behind the one question: draw this"},
	"github.com/evanw/esbuild":               {[]string{"cmd/web"}, "scripts are bundled when the program is built, never while it runs"},
	"github.com/go-echarts/go-echarts":       {[]string{"dashboard/board/draw"}, "its HTML rendering has two script injections; only option JSON leaves the room"},
	"github.com/ebitengine/purego":           {[]string{"pipeline/warehouse/embedded"}, "calls into C stay behind one endpoint"},
	"codeberg.org/go-pdf/fpdf":               {[]string{"dashboard/document/pdf"}, "what a PDF is made of is decided in one place"},
	"golang.org/x/image/font/sfnt":           {[]string{"dashboard/fonts"}, "which font has a character, and what stands for one that none has, is decided in one place"},
	"github.com/robfig/cron":                 {[]string{"jobs"}, "cron v3 panics on some specs and does not recover jobs; jobs wraps it"},
	"github.com/apache/arrow/go/v17":         {[]string{"dashboard/columnar", "pipeline", "dashboard/metric/metrictest", "cmd/bench"}, "Arrow stops at warehouse.Select and Rows: who asks gets structs, and pages a plain Result; columnar writes files that programs take"},
	"github.com/go-json-experiment/json":     {[]string{"pipeline/source/jsonl"}, "it tells a key that stands twice, which encoding/json does not; still an experiment, so in one place"},
	"github.com/danielgtaylor/huma":          {[]string{"dashboard/api"}, "it describes addresses and lets nobody in: the gate does"},
	"github.com/modelcontextprotocol/go-sdk": {[]string{"dashboard/agent"}, "one server for agents, whose tools know who asks"},
	"golang.org/x/crypto/argon2":             {[]string{"dashboard/access/account"}, "passwords are hashed in one place"},
	"github.com/pquerna/otp":                 {[]string{"dashboard/access/account"}, "a second factor is checked in one place"},
	"github.com/trustelem/zxcvbn":            {[]string{"dashboard/access/account"}, "one rule for passwords"},
	"go.yaml.in/yaml":                        {[]string{"pipeline/declare"}, "one strict reader, so that every kind of declaration is read and faulted alike"},
	"github.com/jackc/pgx":                   {[]string{"pipeline/fetch"}, "what is asked of other systems, and how, is decided in one place"},
	"github.com/emersion/go-imap":            {[]string{"pipeline/fetch"}, "what is asked of other systems, and how, is decided in one place"},
	"go.opentelemetry.io":                    {[]string{"pipeline/trace"}, "what a collector is told is decided in one place"},
	"github.com/google/uuid":                 {[]string{"pipeline/openlineage"}, "runs have numbers of their own; a catalogue asks for UUIDs"},
	"github.com/emersion/go-msgauth":         {[]string{"pipeline/fetch"}, "what proves who sent a mail is decided in one place"},
	"github.com/emersion/go-message":         {[]string{"pipeline/fetch"}, "what mails are taken apart with, and how far, is decided in one place"},
	"github.com/pkg/sftp":                    {[]string{"pipeline/fetch"}, "what is asked of other systems, and how, is decided in one place"},
	"github.com/minio/minio-go":              {[]string{"pipeline/fetch"}, "what is asked of other systems, and how, is decided in one place"},
	"github.com/go-sql-driver/mysql":         {[]string{"pipeline/fetch"}, "what is asked of other systems, and how, is decided in one place"},
	"filippo.io/age":                         {[]string{"pipeline/backup"}, "what of a copy is encrypted, and how, is decided in one place"},
	"github.com/google/jsonschema-go":        {[]string{"pipeline/declare", "dashboard/agent"}, "the schemas come from where the reader comes from; agents are told what a tool takes, by the schema that the protocol's library makes of it"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestArrowsAndDoors(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "yanzhen/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p listed
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		path := strings.TrimPrefix(p.ImportPath, "yanzhen/")
		room := roomOf(path)
		if room == "" {
			t.Errorf("%s is in no room of the map: add it to arrows with its reason", p.ImportPath)
			continue
		}
		seen++
		for _, imp := range p.Imports {
			if ours, ok := strings.CutPrefix(imp, "yanzhen/"); ok {
				to := roomOf(ours)
				if why, ok := testOnly[ours]; ok && testOnly[path] == "" {
					t.Errorf("%s imports %s, which only tests may: it %s", path, ours, why)
				}
				if to != room && !slices.Contains(arrows[room], to) && !slices.Contains(arrows[room], "*") && !(room == "pipeline/warehouse/warehousetest" && to == "pipeline/warehouse/embedded") {
					t.Errorf("%s imports %s: room %q may import only %v", path, ours, room, arrows[room])
				}
				continue
			}
			for module, door := range doors {
				if (imp == module || strings.HasPrefix(imp, module+"/")) && !inRooms(path, door.rooms) {
					t.Errorf("%s imports %s, which only %v may: %s", path, imp, door.rooms, door.why)
				}
			}
		}
	}
	if seen < 10 {
		t.Fatalf("go list showed %d packages: the test looked at nothing", seen)
	}
}

func roomOf(path string) string {
	for p := path; p != ""; {
		if _, ok := arrows[p]; ok {
			return p
		}
		i := strings.LastIndexByte(p, '/')
		if i < 0 {
			return ""
		}
		p = p[:i]
	}
	return ""
}

func inRooms(path string, rooms []string) bool {
	for _, r := range rooms {
		if path == r || strings.HasPrefix(path, r+"/") {
			return true
		}
	}
	return false
}
