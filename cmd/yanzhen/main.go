// Command yanzhen (雁阵) is the data service of a development zone's talent office: it loads
// workbooks on a clock into ClickHouse and serves the figures as pages, SQL and files.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	completion "github.com/jotaen/kong-completion"

	"yanzhen/cmd/alerts"
	"yanzhen/cmd/bridge"
	"yanzhen/cmd/demo"
	"yanzhen/cmd/jobs"
	"yanzhen/cmd/people"
	"yanzhen/cmd/programs"
	"yanzhen/cmd/question"
	"yanzhen/cmd/saved"
	"yanzhen/cmd/spoken"
	"yanzhen/dashboard/access"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/version"
)

// cli is the command line. Every command that needs the database works through a running
// `yanzhen serve` of the same directory, and opens the engine itself where none runs.
type cli struct {
	Config  string     `help:"Configuration file; see configs/yanzhen.yaml for every key." env:"YANZHEN_CONFIG" placeholder:"FILE"`
	Configs string     `help:"Directory whose files replace the built-in declarations (datasets, metrics, boards, jobs ...)." env:"YANZHEN_CONFIGS" placeholder:"DIR"`
	Dir     string     `help:"Data directory; overrides the configuration." env:"YANZHEN_DIR" placeholder:"DIR"`
	Lang    codes.Lang `help:"Language of messages: zh or en." enum:"zh,en" default:"zh" env:"YANZHEN_LANG"`
	Verbose bool       `help:"Log more." short:"v"`

	Version kong.VersionFlag `help:"Show the version."`

	commands

	out, err io.Writer
	log      *slog.Logger
}

// commands are what it can be asked for.
type commands struct {
	Serve serveCmd     `cmd:"" help:"Load on a clock, watch the inbox and serve the pages."`
	Demo  demo.Command `cmd:"" help:"Write the files of a synthetic zone, as its offices would send them."`
	Plan  planCmd      `cmd:"" help:"Show what loading a file would do. Loads nothing."`
	Load  loadCmd      `cmd:"" help:"Load files into a dataset."`
	questions

	Runs  runsCmd           `cmd:"" help:"List load runs, or show one with its rejects."`
	Inbox jobs.InboxCommand `cmd:"" help:"List what lies in the inbox, its state and why."`
	ofSenders
	needs

	ofUnits
	Forget    forgetCmd             `cmd:"" help:"Delete a person: every row of every version, by number or key."`
	Aside     asideCmd              `cmd:"" help:"Put the table of a dataset that was declared wrong aside, so that it is made anew."`
	Freeze    freezeCmd             `cmd:"" help:"Freeze the figures of a report date under a name."`
	User      people.Commands       `cmd:"" help:"Who may come in: accounts, roles, links."`
	Access    people.AccessCommands `cmd:"" help:"What the roles may see and do."`
	Audit     people.AuditCommands  `cmd:"" help:"The audit trail: its head, whether it is whole, its latest entries."`
	Warehouse programs.Commands     `cmd:"" help:"Of a ClickHouse server of one's own: who may ask it what."`
	Mcp       bridge.Command        `cmd:"" help:"Speak the Model Context Protocol over standard input and output, for a program of an agent."`
	ofKeeping
	Doctor doctorCmd `cmd:"" help:"Check the installation: engine, directory, declarations, data."`
	Check  checkCmd  `cmd:"" help:"Validate every declaration; needs no database."`
	Test   testCmd   `cmd:"" help:"Run scripts of metrics: rows in, numbers out; touches no zone's data."`
	Docs   docsCmd   `cmd:"" help:"Write the data dictionary, the list of indicators and the manual of declarations with its schemas."`

	Completion completeCmd `cmd:"" help:"How to complete commands and flags with Tab in bash, zsh or fish."`
}

// questions are the commands that ask.
type questions struct {
	Query  queryCmd       `cmd:"" help:"Ask a question in SQL over the mart views."`
	Saved  saved.Commands `cmd:"" help:"Saved statements: which there are, and which run by the clock."`
	Metric metricCmd      `cmd:"" help:"Compute declared metrics; the numbers are those of the pages."`
	Brief  briefCmd       `cmd:"" help:"Write a declared document, a report, a notice or an order, as a file for Word or PDF."`
}

// needs are the commands that say what needs a person.
type needs struct {
	Duties dutiesCmd       `cmd:"" help:"List who owes which dataset and has not sent it."`
	Alerts alerts.Commands `cmd:"" help:"What needs a person: alerts, who was told, channels."`
}

// ofUnits are the commands about what units show.
type ofUnits struct {
	Units    unitsCmd    `cmd:"" help:"List what the units of a dataset show, or the versions of one."`
	Accept   acceptCmd   `cmd:"" help:"Publish a load that is held, or answer what it asks."`
	Review   reviewCmd   `cmd:"" help:"List what waits for its review; return it, ask, answer."`
	Rollback rollbackCmd `cmd:"" help:"Return to an earlier version of a unit, or let it show nothing."`
}

// ofSenders are the commands about those who send files.
type ofSenders struct {
	Template templateCmd `cmd:"" help:"Write a workbook for a sender to fill in."`
	Mapping  mappingCmd  `cmd:"" help:"Headings of a sender that are read as a column: list them, remember one, withdraw one."`
	Return   returnCmd   `cmd:"" help:"Write a sender's file again, with what is wrong marked in it."`
}

// ofKeeping are the commands about an installation that goes on for years.
type ofKeeping struct {
	Fetch    fetchCmd             `cmd:"" help:"Fetch the rows of a declared source, a database for example."`
	Jobs     jobs.Commands        `cmd:"" help:"Jobs of the clock: when each runs, how it went; run now, pause, resume."`
	Backfill jobs.BackfillCommand `cmd:"" help:"Do a job's work again for periods that are past."`
	Backup   backupCmd            `cmd:"" help:"Back up the installation, also while it runs."`
	Init     initCmd              `cmd:"" help:"Write the configuration and the lists of an office of its own."`
	Declare  declareCmd           `cmd:"" help:"Draft a dataset, its metrics and a page from a workbook."`
	Reload   reloadCmd            `cmd:"" help:"Have the running server read its declarations again."`
	Restore  restoreCmd           `cmd:"" help:"Make a new data directory of a backup, and compare it with the ledger."`
}

// say chooses the text of the language.
func (c *cli) say(zh, en string) string {
	if c.Lang == "en" {
		return en
	}
	return zh
}

// misread says what is wrong with a command line, and where it is written how it is meant.
func (c *cli) misread(err error) string {
	said, of := spoken.Parsed(err, c.Lang), ""
	if at := (*kong.ParseError)(nil); errors.As(err, &at) && at.Context != nil && at.Context.Selected() != nil {
		of = at.Context.Selected().Path()
	}
	if name, ok := strings.CutPrefix(err.Error(), "unexpected argument "); ok && of == "" && !strings.Contains(name, " ") {
		said = c.say("没有命令 ", "there is no command ") + name
	}
	if of == "" {
		return said + "\n" + c.say("yanzhen --help 列出全部命令", "yanzhen --help lists the commands")
	}
	return said + "\n" + fmt.Sprintf(c.say("怎样写：yanzhen %s --help", "how it is written: yanzhen %s --help"), of)
}

// timed has the log tell times by the clock of the office, with its distance from UTC, and pages and messages too.
func (c *cli) timed() func([]string, slog.Attr) slog.Attr {
	cfg, err := c.settings()
	if err != nil {
		return nil
	}
	cfg.clocks()
	return func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindTime {
			a.Value = slog.TimeValue(cfg.local(a.Value.Time()))
		}
		return a
	}
}

const about = `Yanzhen 雁阵: the data service of a development zone's talent office.

  yanzhen serve --demo                       try it: a synthetic zone on the embedded engine
  yanzhen plan  人社局_引进与流出_2026年7月.xlsx   what would loading this file do?
  yanzhen load  人社局_引进与流出_2026年7月.xlsx   load it
  yanzhen query "select class, count() from talents group by class"

Exit codes: 0 done, 1 failed, 2 wrong arguments or configuration, 3 the file was refused or held
(nothing was published), 4 the database does not answer or another process owns the directory,
130 cancelled.`

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is main with its edges as parameters; it returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, rows := access.Counting(ctx)

	c := &cli{out: stdout, err: stderr}
	args = question.Arguments(args)
	if len(args) > 0 && args[0] == "help" {
		args = append(args[1:], "--help")
	}
	exited := -1
	parser, err := kong.New(c, kong.Name("yanzhen"), kong.Description(about), kong.Writers(stdout, stderr),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.BindTo(stdout, (*io.Writer)(nil)), kong.Vars{"version": version.Program() + ", " + runtime.Version()})
	if err != nil {
		fmt.Fprintln(stderr, "yanzhen:", err)
		return exitFailed
	}
	if language(args) != "en" {
		translate(parser.Model.Node)
	}
	completion.Register(parser)
	command, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		c.Lang = codes.Lang(language(args))
		fmt.Fprintf(stderr, "yanzhen: %s\n", c.misread(err))
		return exitUsage
	}
	// serve tells what it does; another command prints its outcome, and a log besides would say it twice
	level := slog.LevelError + 1
	switch {
	case c.Verbose:
		level = slog.LevelDebug
	case command.Command() == "serve":
		level = slog.LevelInfo
	}
	c.log = slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level, ReplaceAttr: c.timed()}))

	err = command.Run(c, c.desk(), c.site(), c.bells())
	if cfg, bad := c.settings(); bad == nil {
		people.Record(cfg.Dir, command.Command(), args, rows.Load(), exitCode(err), c.log)
	}
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, c.say("yanzhen: 已取消", "yanzhen: cancelled"))
	case err != nil:
		fmt.Fprintln(stderr, "yanzhen:", spoken.Error(err, c.Lang))
	}
	return exitCode(err)
}
