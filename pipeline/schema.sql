-- What the loader keeps about its own work. Every table is append-only: a fact is never changed,
-- a later row says otherwise. {definer} is replaced by the user whose rights the views lend.
create database if not exists store engine = Atomic;

create database if not exists mart engine = Atomic;

create database if not exists meta engine = Atomic;

-- Who took which block of 64 batch numbers. A block with two claims belongs to nobody.
create table if not exists meta.batches
(
    block UInt32,
    claim String,
    at DateTime64(6, 'UTC')
)
engine = MergeTree
order by block
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- One row for each step of each batch. The row with state 'published' is what makes rows visible.
create table if not exists meta.ledger
(
    seq UInt64,
    at DateTime64(6, 'UTC'),
    batch UInt32,
    dataset LowCardinality(String),
    unit String,
    state LowCardinality(String),
    fingerprint String,
    content String,
    file String,
    sender String,
    period String,
    read UInt64,
    loaded UInt64,
    rejected UInt64,
    excluded UInt64,
    duplicates UInt64,
    sums String,
    min_date Nullable(Date32),
    max_date Nullable(Date32),
    run String,
    note String,
    by String
)
engine = MergeTree
order by (dataset, unit, seq)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- The check value of the key that persons are hashed with: the first row is the store's.
create table if not exists meta.keys
(
    value String,
    at DateTime64(6, 'UTC')
)
engine = MergeTree
order by at
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- By which versions of this schema the store was brought up to date; the highest is its own.
create table if not exists meta.versions
(
    version UInt32,
    program String,
    at DateTime64(6, 'UTC')
)
engine = MergeTree
order by (version, at)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- Live batches whose rows are not those that were published; the last row of a batch is the truth.
create table if not exists meta.damage
(
    at DateTime64(6, 'UTC'),
    dataset LowCardinality(String),
    unit String,
    batch UInt32,
    file String,
    `column` String,
    want Float64,
    have Float64,
    healed Bool
)
engine = MergeTree
order by (batch, at);

-- One row a run and version of it; the highest version is the truth.
create table if not exists meta.runs
(
    run String,
    version UInt64,
    kind LowCardinality(String),
    parent String,
    job LowCardinality(String),
    slot Nullable(DateTime64(3, 'UTC')),
    attempt UInt32,
    dataset LowCardinality(String),
    file String,
    sender String,
    period String,
    unit String,
    state LowCardinality(String),
    started DateTime64(3, 'UTC'),
    finished Nullable(DateTime64(3, 'UTC')),
    batch UInt32,
    bytes UInt64,
    fingerprint String,
    read UInt64,
    loaded UInt64,
    rejected UInt64,
    excluded UInt64,
    duplicates UInt64,
    warnings UInt64,
    encoding String,
    code LowCardinality(String),
    message_zh String,
    message_en String,
    remedy_zh String,
    remedy_en String,
    owner String,
    mark String,
    account String
)
engine = ReplacingMergeTree(version)
order by run;

-- The cells and rows that were refused, with their addresses. Personal values are masked before.
create table if not exists meta.rejects
(
    run String,
    nr UInt32,
    batch UInt32,
    dataset LowCardinality(String),
    file String,
    sheet String,
    row UInt32,
    `column` LowCardinality(String),
    cell String,
    raw String,
    rule LowCardinality(String),
    reason_zh String,
    reason_en String,
    remedy_zh String,
    remedy_en String,
    warn Bool,
    at DateTime64(3, 'UTC')
)
engine = MergeTree
partition by toYYYYMM(at)
order by (run, nr);

-- The report dates with a name: the figures reported under one are those as of its moment.
create table if not exists meta.freezes
(
    name String,
    at DateTime64(6, 'UTC'),
    note String,
    by String,
    seq DateTime64(6, 'UTC')
)
engine = MergeTree
order by (name, seq)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- The report dates that were taken back: no figure is given as of one.
create table if not exists meta.withdrawn_freezes
(
    name String,
    at DateTime64(6, 'UTC'),
    by String,
    reason String
)
engine = MergeTree
order by (name, at)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- Of which batches counts are kept beside the rows (package states), under which definition and number. Nobody reads the
-- counts of a number that does not stand here.
create table if not exists meta.states
(
    definition String,
    batch UInt32,
    state UInt64,
    rows UInt64,
    at DateTime64(6, 'UTC')
)
engine = MergeTree
order by (definition, batch, state)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- The live batch of each unit: the latest word among published and withdrawn.
create or replace view meta.live
definer = {definer} sql security definer
as select
    dataset,
    unit,
    batch,
    at,
    seq,
    fingerprint,
    file,
    sender,
    period,
    read,
    loaded,
    rejected,
    excluded,
    duplicates,
    min_date,
    max_date,
    run
from
(
    select *
    from meta.ledger
    where state in ('published', 'withdrawn')
    order by seq desc, batch desc
    limit 1 by dataset, unit
)
where state = 'published';

-- The same as of a moment: any figure that was ever reported can be computed again.
create or replace view meta.live_at
definer = {definer} sql security definer
as select
    dataset,
    unit,
    batch,
    at,
    seq,
    fingerprint,
    file,
    sender,
    period,
    read,
    loaded,
    rejected,
    excluded,
    duplicates,
    min_date,
    max_date,
    run
from
(
    select *
    from meta.ledger
    where state in ('published', 'withdrawn') and at <= {as_of:DateTime64(6, 'UTC')}
    order by seq desc, batch desc
    limit 1 by dataset, unit
)
where state = 'published';
