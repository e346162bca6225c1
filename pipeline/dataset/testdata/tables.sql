create table if not exists store.arrivals
(
    `person` UInt64,
    `name` Nullable(String),
    `date` Date32,
    `direction` LowCardinality(String),
    `origin_province` LowCardinality(Nullable(String)),
    `origin_country` LowCardinality(String),
    `school` Nullable(String),
    `education` LowCardinality(Nullable(String)),
    `birth_date` Nullable(Date32),
    `birth_year` Nullable(Int16),
    `sex` LowCardinality(Nullable(String)),
    `channel` LowCardinality(Nullable(String)),
    `employment` LowCardinality(String),
    `enterprise` String,
    `node` LowCardinality(String),
    `occupation` LowCardinality(Nullable(String)),
    `skill_level` Nullable(Int8),
    `first_local` Bool,
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`date`)
order by (`node`, `date`, `_batch`)

create table if not exists store.certificates
(
    `person` UInt64,
    `name` Nullable(String),
    `certified_on` Date32,
    `skill_level` Int8,
    `occupation` LowCardinality(String),
    `node` LowCardinality(Nullable(String)),
    `enterprise` Nullable(String),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`certified_on`)
order by (`certified_on`, `skill_level`, `_batch`)

create table if not exists store.chains
(
    `chain` LowCardinality(String),
    `chain_zh` LowCardinality(String),
    `chain_en` LowCardinality(String),
    `segment` LowCardinality(String),
    `segment_zh` LowCardinality(String),
    `segment_en` LowCardinality(String),
    `node` LowCardinality(String),
    `node_zh` LowCardinality(String),
    `node_en` LowCardinality(String),
    `position` Int32,
    `industries` Array(LowCardinality(String)),
    `occupations` Array(LowCardinality(String)),
    `skills` Array(LowCardinality(String)),
    `feeds` Array(LowCardinality(String)),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
order by (`chain`, `position`, `_batch`)

create table if not exists store.cooperations
(
    `code` String,
    `kind` LowCardinality(String),
    `title` String,
    `country` LowCardinality(String),
    `node` LowCardinality(Nullable(String)),
    `started_on` Date32,
    `ended_on` Nullable(Date32),
    `partner` Nullable(String),
    `enterprise` Nullable(String),
    `people` Nullable(Int32),
    `amount` Nullable(Float64),
    `permit_class` LowCardinality(Nullable(String)),
    `role` LowCardinality(Nullable(String)),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`started_on`)
order by (`kind`, `country`, `started_on`, `_batch`)

create table if not exists store.enterprises
(
    `credit_code` String,
    `name` String,
    `industry` LowCardinality(Nullable(String)),
    `chain` LowCardinality(Nullable(String)),
    `node` LowCardinality(String),
    `scale` LowCardinality(String),
    `employees` Nullable(Int32),
    `registered_on` Nullable(Date32),
    `authorised_evaluation` Bool,
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
order by (`node`, `credit_code`, `_batch`)

create table if not exists store.postings
(
    `url` Nullable(String),
    `title` String,
    `company` String,
    `salary_from` Nullable(Float64),
    `salary_to` Nullable(Float64),
    `salary_months` Nullable(Int8),
    `salary_kind` LowCardinality(String),
    `province` LowCardinality(Nullable(String)),
    `city` LowCardinality(Nullable(String)),
    `district` LowCardinality(Nullable(String)),
    `skills` Array(LowCardinality(String)),
    `ownership` LowCardinality(Nullable(String)),
    `size` LowCardinality(Nullable(String)),
    `industry` LowCardinality(Nullable(String)),
    `experience` LowCardinality(Nullable(String)),
    `education` LowCardinality(Nullable(String)),
    `posted_on` Nullable(Date32),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
order by (`salary_kind`, `city`, `title`, `_batch`)
settings allow_nullable_key = 1

create table if not exists store.selections
(
    `person` UInt64,
    `name` Nullable(String),
    `programme` LowCardinality(String),
    `level` LowCardinality(String),
    `year` Int16,
    `selected_on` Date32,
    `enterprise` Nullable(String),
    `node` LowCardinality(Nullable(String)),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`selected_on`)
order by (`level`, `year`, `_batch`)

create table if not exists store.talents
(
    `person` UInt64,
    `name` Nullable(String),
    `class` LowCardinality(String),
    `recognised_on` Date32,
    `valid_to` Nullable(Date32),
    `sex` LowCardinality(Nullable(String)),
    `birth_year` Nullable(Int16),
    `education` LowCardinality(Nullable(String)),
    `enterprise` String,
    `node` LowCardinality(Nullable(String)),
    `left_on` Nullable(Date32),
    `flexible` Bool,
    `programme` LowCardinality(Nullable(String)),
    `country` LowCardinality(String),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`recognised_on`)
order by (`class`, `recognised_on`, `_batch`)

create table if not exists store.trainings
(
    `person` UInt64,
    `name` Nullable(String),
    `course` LowCardinality(String),
    `provider` LowCardinality(String),
    `node` LowCardinality(Nullable(String)),
    `skill_level` Int8,
    `started_on` Date32,
    `ended_on` Nullable(Date32),
    `enrolled` Bool,
    `examined` Bool,
    `passed` Bool,
    `certified_on` Nullable(Date32),
    `employed_before` Bool,
    `employed_after_6m` Nullable(Bool),
    `subsidy` Nullable(Float64),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`started_on`)
order by (`provider`, `started_on`, `_batch`)

create table if not exists store.vacancies
(
    `posted_on` Date32,
    `closed_on` Nullable(Date32),
    `enterprise` String,
    `node` LowCardinality(String),
    `occupation` LowCardinality(String),
    `skill_level` Nullable(Int8),
    `education` LowCardinality(Nullable(String)),
    `needed` Int32,
    `filled` Int32,
    `applicants` Int32,
    `urgent` Bool,
    `salary_from` Nullable(Float64),
    `salary_to` Nullable(Float64),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`posted_on`)
order by (`node`, `posted_on`, `_batch`)

