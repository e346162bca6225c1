package states

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"yanzhen/pipeline/warehouse"
)

// A person who is known by a hash of 64 bits has a number of 32 beside it, from 0 on without large gaps, so that many people are
// a small bitmap. Numbers are of this package alone: nobody is shown one.
//
// Whoever writes numbers claims a stretch of them first: a claim is written and read back, and whoever reads last sees both of
// two that overlap and takes another. No number is ever given to two people. Two processes that meet a person at once may give
// two numbers to one: each reads back after it wrote, so that one of them at the least sees both, and says so in
// meta.number_twins before anybody reads what it keeps. Whoever reads takes them for one. A number that a process has given
// before it was killed is used by the next that meets the person.

// numbersDDL makes the tables of numbers.
func numbersDDL() []string {
	return []string{
		"create table if not exists meta.numbers\n(\n    person UInt64,\n    number UInt32\n)\nengine = MergeTree\norder by person" + durable(", index_granularity = 1024"),
		"create table if not exists meta.number_claims\n(\n    first UInt64,\n    next UInt64,\n    at DateTime64(6, 'UTC')\n)\nengine = MergeTree\norder by first" + durable(""),
		"create table if not exists meta.number_twins\n(\n    number UInt32,\n    least UInt32\n)\nengine = ReplacingMergeTree\norder by (number, least)" + durable(""),
	}
}

// number gives numbers to those people of a slice who have none.
func (k *Keeper) number(ctx context.Context, s slice, w writing) error {
	k.numbering.Lock()
	defer k.numbering.Unlock()
	without := s.people() + " and `" + s.Person + "` not in (select person from meta.numbers where " + within("person") + " and person in (" + s.people() + "))"
	var n uint64
	if err := k.DB.Row(ctx, warehouse.Statement{Tag: "states.numbers", SQL: "select count() from (" + without + ")", Params: s.params, Settings: w.settings}, &n); err != nil {
		return err
	}
	if n > 0 {
		first, err := k.claim(ctx, n)
		if err != nil {
			return err
		}
		s.params["first"] = strconv.FormatUint(first, 10)
		if err := w.exec(ctx, "insert into meta.numbers (person, number)\nselect _p, toUInt32({first:UInt64} + rowNumberInAllBlocks()) from ("+without+")", s.params); err != nil {
			return err
		}
	}
	return w.exec(ctx, "insert into meta.number_twins (number, least)\nselect arrayJoin(arrayFilter(_x -> _x != _least, _all)), _least\n"+
		"from (select groupUniqArray(number) as _all, min(number) as _least from meta.numbers where "+within("person")+" and person in ("+s.people()+") group by person having count() > 1)", s.params)
}

// claim returns the first of n numbers that nobody else has or will have.
func (k *Keeper) claim(ctx context.Context, n uint64) (first uint64, err error) {
	type row struct {
		First uint64    `db:"first"`
		Next  uint64    `db:"next"`
		At    time.Time `db:"at" arrow:"us"`
	}
	for try := range 20 {
		if err := k.DB.Row(ctx, warehouse.Statement{Tag: "states.numbers", SQL: "select max(next) from meta.number_claims"}, &first); err != nil {
			return 0, err
		}
		if try > 0 { // another process is at it too
			first += rand.Uint64N(n << min(try, 8))
		}
		if first+n > 1<<32 {
			return 0, errors.New("the numbers of people are used up")
		}
		if err := warehouse.Append(ctx, k.DB, "meta.number_claims", row{first, first + n, k.now()}); err != nil {
			return 0, err
		}
		var claims uint64
		if err := k.DB.Row(ctx, warehouse.Statement{
			Tag: "states.numbers", SQL: "select count() from meta.number_claims where first < {next:UInt64} and next > {first:UInt64}",
			Params: map[string]string{"first": strconv.FormatUint(first, 10), "next": strconv.FormatUint(first+n, 10)},
		}, &claims); err != nil {
			return 0, err
		}
		if claims == 1 {
			return first, nil
		}
	}
	return 0, errors.New("no numbers of people could be had in 20 attempts: other processes keep taking them")
}

// mostTwins bounds the numbers that a statement takes for others; with more the rows are read.
const mostTwins = 1000

// twins are the people who have two numbers: of each, one number and the one that it is taken for.
func twins(ctx context.Context, db warehouse.Querier) (number, least []uint32, err error) {
	rows, err := warehouse.Select[struct {
		Number uint32 `db:"number"`
		Least  uint32 `db:"least"`
	}](ctx, db, warehouse.Statement{Tag: "metric.live", SQL: fmt.Sprintf("select distinct number, least from meta.number_twins order by number, least limit %d", mostTwins+1)})
	if err != nil {
		return nil, nil, err
	}
	same := map[uint32]uint32{}
	var of func(n uint32) uint32
	of = func(n uint32) uint32 {
		if to, ok := same[n]; ok {
			return of(to)
		}
		return n
	}
	for _, r := range rows {
		a, b := of(r.Number), of(r.Least)
		if a != b {
			same[max(a, b)] = min(a, b)
		}
	}
	for n := range same {
		number = append(number, n)
	}
	slices.Sort(number)
	for _, n := range number {
		least = append(least, of(n))
	}
	return number, least, nil
}
