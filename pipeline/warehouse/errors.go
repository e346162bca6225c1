package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"syscall"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// ErrUnavailable: the database does not answer.
var ErrUnavailable = errors.New("数据库无应答 / the database does not answer")

// Error is what the database said to a statement.
type Error struct {
	Code    int    // ClickHouse's number, such as 60
	Name    string // ClickHouse's name for it, such as UNKNOWN_TABLE
	Message string // without values of the data
	QueryID string
}

func (e *Error) Error() string {
	return fmt.Sprintf("database error %d (%s), query %s: %s", e.Code, e.Name, e.QueryID, e.Message)
}

// Remedy is what an operator does about what the database ran short of; empty where it ran short of nothing.
func (e *Error) Remedy() (zh, en string) {
	switch e.Code {
	case 241: // MEMORY_LIMIT_EXCEEDED
		return "内存不够：把 database.memory 调大，或把文件拆小后分部分报送；稍后会自动重试", "not enough memory: raise database.memory, or send the file in smaller parts; it is tried again later"
	case 243: // NOT_ENOUGH_SPACE
		return "磁盘已满：腾出空间后会自动继续", "the disk is full: it goes on by itself once there is room"
	case 285, 286, 289, 319: // TOO_FEW_LIVE_REPLICAS, UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE, REPLICA_IS_NOT_IN_QUORUM, UNKNOWN_STATUS_OF_INSERT
		return "集群里答应的副本不够：查看各节点；稍后会自动重试", "too few replicas of the cluster answer: look at its nodes; it is tried again later"
	case 252: // TOO_MANY_PARTS
		return "表里的数据块太多，合并跟不上：稍后会自动重试；若持续出现，减少同时报送的小文件", "the table has too many parts, and merging is behind: it is tried again later; if this goes on, send fewer small files at once"
	}
	return "", ""
}

// explain turns the driver's errors into the package's: *Error, ErrUnavailable or the context's own.
func explain(ctx context.Context, id string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	var said *Error
	if errors.As(err, &said) {
		said.QueryID = id
		return said
	}
	var ex *clickhouse.Exception
	if errors.As(err, &ex) {
		if ctx.Err() != nil && ex.Code == 394 {
			return fmt.Errorf("query %s: %w", id, ended(ctx))
		}
		return &Error{Code: int(ex.Code), Name: ex.CodeName, Message: withoutData(int(ex.Code), ex.Message), QueryID: id}
	}
	if ctx.Err() != nil {
		return fmt.Errorf("query %s: %w", id, ended(ctx))
	}
	var ne net.Error
	if errors.As(err, &ne) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, syscall.ENOENT) || errors.Is(err, clickhouse.ErrAcquireConnTimeout) {
		return fmt.Errorf("%w: query %s: %w", ErrUnavailable, id, rootCause(err))
	}
	return fmt.Errorf("query %s: %w", id, err)
}

// rootCause drops the address that net/http puts before an error.
func rootCause(err error) error {
	return urlError(errors.Unwrap(&wrapped{err}))
}

type wrapped struct{ error }

func (w *wrapped) Unwrap() error { return w.error }

var (
	quotedRe = regexp.MustCompile(`'(?:[^'\\]|\\.)*'`)
	rowRe    = regexp.MustCompile(`(?s)\(?(?:at row|Row \d+|while parsing|ERROR: ).*`)
	digitsRe = regexp.MustCompile(`\d{11,}[\dXx]?`)
	// the text of the statement, which a message quotes; it may hold what somebody typed
	scopeRe  = regexp.MustCompile(`(?s):? (?:in|In) scope .*?(\. Maybe you meant|$)`)
	queryRe  = regexp.MustCompile(`(?s):? ?\(in query: .*`)
	syntaxRe = regexp.MustCompile(`(?s)^(Syntax error.*?failed at position \d+).*?(\(line \d+, col \d+\))?: .*?(\. Expected .*)?$`)
	// the name of the code and the version, which the engine puts at the end, sometimes again and again
	tailRe = regexp.MustCompile(`(?:\.? ?\((?:version [^()]*(?:\([^()]*\))?|[A-Z][A-Z_]+)\))+\.?$`)
)

// dataCodes are errors whose text quotes the data.
var dataCodes = map[int]bool{6: true, 26: true, 27: true, 32: true, 33: true, 38: true, 41: true, 53: true, 69: true, 70: true, 72: true, 117: true, 130: true, 131: true, 321: true, 349: true, 407: true, 469: true, 691: true}

// withoutData takes out of a message what may be a value of the data: everything quoted where the
// error is about a value, and long numbers (identity and phone numbers) everywhere.
func withoutData(code int, msg string) string {
	msg = tailRe.ReplaceAllString(strings.TrimSpace(msg), "")
	if dataCodes[code] {
		msg = quotedRe.ReplaceAllString(msg, "'…'")
		msg = rowRe.ReplaceAllString(msg, "")
	}
	msg = scopeRe.ReplaceAllString(msg, "$1")
	msg = queryRe.ReplaceAllString(msg, "")
	msg = syntaxRe.ReplaceAllString(msg, "$1 $2$3")
	return strings.TrimSpace(digitsRe.ReplaceAllString(msg, "…"))
}
