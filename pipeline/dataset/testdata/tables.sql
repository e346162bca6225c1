create table if not exists store.agreements
(
    `code` String,
    `title` String,
    `country` LowCardinality(String),
    `field` LowCardinality(Nullable(String)),
    `node` LowCardinality(Nullable(String)),
    `partner` Nullable(String),
    `enterprise` Nullable(String),
    `signed_on` Date32,
    `ended_on` Nullable(Date32),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`signed_on`)
order by (`country`, `signed_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

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
    `park` LowCardinality(Nullable(String)),
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
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.awards
(
    `person` UInt64,
    `name` Nullable(String),
    `award` LowCardinality(String),
    `awarded_on` Date32,
    `amount` Float64,
    `enterprise` Nullable(String),
    `node` LowCardinality(Nullable(String)),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`awarded_on`)
order by (`award`, `awarded_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.benefits
(
    `code` String,
    `person` UInt64,
    `kind` LowCardinality(String),
    `policy` LowCardinality(Nullable(String)),
    `node` LowCardinality(Nullable(String)),
    `applied_on` Date32,
    `eligible` Bool,
    `approved_on` Nullable(Date32),
    `paid_on` Nullable(Date32),
    `requested` Nullable(Float64),
    `approved` Nullable(Float64),
    `paid` Nullable(Float64),
    `placed_on` Nullable(Date32),
    `subsidy_ends_on` Nullable(Date32),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`applied_on`)
order by (`kind`, `applied_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.calendar
(
    `date` Date32,
    `workday` Bool,
    `name` LowCardinality(Nullable(String)),
    `nth` Int32,
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
order by (`date`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.certificates
(
    `person` UInt64,
    `name` Nullable(String),
    `certified_on` Date32,
    `skill_level` Int8,
    `occupation` LowCardinality(String),
    `node` LowCardinality(Nullable(String)),
    `enterprise` Nullable(String),
    `park` LowCardinality(Nullable(String)),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`certified_on`)
order by (`certified_on`, `skill_level`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

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
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.challenges
(
    `code` String,
    `title` String,
    `enterprise` String,
    `node` LowCardinality(String),
    `posted_on` Date32,
    `answered_on` Nullable(Date32),
    `accepted_on` Nullable(Date32),
    `amount` Nullable(Float64),
    `university` Nullable(String),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`posted_on`)
order by (`node`, `posted_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.contest_projects
(
    `code` String,
    `title` String,
    `event` LowCardinality(Nullable(String)),
    `won_on` Date32,
    `prize` LowCardinality(Nullable(String)),
    `registered_on` Nullable(Date32),
    `enterprise` Nullable(String),
    `node` LowCardinality(Nullable(String)),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`won_on`)
order by (`won_on`, `code`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.contracts
(
    `number` String,
    `kind` LowCardinality(String),
    `signed_on` Date32,
    `amount` Float64,
    `enterprise` String,
    `node` LowCardinality(Nullable(String)),
    `partner` Nullable(String),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`signed_on`)
order by (`kind`, `signed_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

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
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.duties
(
    `dataset` LowCardinality(String),
    `owed_by` LowCardinality(String),
    `every` LowCardinality(String),
    `due_on` Nullable(Int32),
    `valid_from` Date32,
    `valid_to` Nullable(Date32),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
order by (`dataset`, `owed_by`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.engagements
(
    `code` String,
    `person` UInt64,
    `name` Nullable(String),
    `enterprise` String,
    `node` LowCardinality(String),
    `started_on` Date32,
    `ended_on` Nullable(Date32),
    `days` Nullable(Int32),
    `amount` Nullable(Float64),
    `country` LowCardinality(String),
    `home` Nullable(String),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`started_on`)
order by (`node`, `started_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.enterprises
(
    `credit_code` String,
    `name` String,
    `industry` LowCardinality(Nullable(String)),
    `chain` LowCardinality(Nullable(String)),
    `node` LowCardinality(String),
    `park` LowCardinality(Nullable(String)),
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
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.events
(
    `code` String,
    `title` String,
    `kind` LowCardinality(String),
    `held_on` Date32,
    `people` Int32,
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`held_on`)
order by (`kind`, `held_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.expert_days
(
    `month` Date32,
    `person` UInt64,
    `name` Nullable(String),
    `project` String,
    `agreement` Nullable(String),
    `country` LowCardinality(String),
    `field` LowCardinality(Nullable(String)),
    `node` LowCardinality(Nullable(String)),
    `enterprise` Nullable(String),
    `days` Int32,
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`month`)
order by (`country`, `month`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.funnel
(
    `person` UInt64,
    `name` Nullable(String),
    `enterprise` String,
    `node` LowCardinality(String),
    `contacted_on` Date32,
    `signed_on` Nullable(Date32),
    `started_on` Nullable(Date32),
    `recognised_on` Nullable(Date32),
    `paid_on` Nullable(Date32),
    `left_on` Nullable(Date32),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`contacted_on`)
order by (`node`, `contacted_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.investments
(
    `code` String,
    `enterprise` String,
    `node` LowCardinality(Nullable(String)),
    `invested_on` Date32,
    `fund_amount` Float64,
    `social_amount` Float64,
    `stage` LowCardinality(Nullable(String)),
    `closed_on` Nullable(Date32),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`invested_on`)
order by (`node`, `invested_on`, `_batch`)
settings allow_nullable_key = 1, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.joint_projects
(
    `code` String,
    `agreement` Nullable(String),
    `title` String,
    `country` LowCardinality(String),
    `field` LowCardinality(Nullable(String)),
    `node` LowCardinality(Nullable(String)),
    `enterprise` Nullable(String),
    `started_on` Date32,
    `ended_on` Nullable(Date32),
    `amount` Nullable(Float64),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`started_on`)
order by (`country`, `started_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.labour
(
    `month` Date32,
    `area` LowCardinality(String),
    `node` LowCardinality(String),
    `employed` Int32,
    `seekers` Int32,
    `hires` Int32,
    `vacancies` Nullable(Int32),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`month`)
order by (`area`, `month`, `node`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.patents
(
    `number` String,
    `title` Nullable(String),
    `granted_on` Date32,
    `expired_on` Nullable(Date32),
    `enterprise` String,
    `node` LowCardinality(Nullable(String)),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`granted_on`)
order by (`node`, `granted_on`, `_batch`)
settings allow_nullable_key = 1, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.platforms
(
    `code` String,
    `name` String,
    `kind` LowCardinality(String),
    `node` LowCardinality(String),
    `opened_on` Date32,
    `closed_on` Nullable(Date32),
    `host` Nullable(String),
    `park` LowCardinality(Nullable(String)),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
order by (`kind`, `code`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.postgraduates
(
    `person` UInt64,
    `name` Nullable(String),
    `university` LowCardinality(String),
    `degree` LowCardinality(String),
    `enterprise` Nullable(String),
    `node` LowCardinality(String),
    `entered_on` Date32,
    `left_on` Nullable(Date32),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`entered_on`)
order by (`university`, `entered_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

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
settings allow_nullable_key = 1, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.products
(
    `code` String,
    `kind` LowCardinality(String),
    `title` String,
    `project` String,
    `agreement` Nullable(String),
    `country` LowCardinality(String),
    `field` LowCardinality(Nullable(String)),
    `node` LowCardinality(Nullable(String)),
    `enterprise` Nullable(String),
    `produced_on` Date32,
    `revenue` Nullable(Float64),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`produced_on`)
order by (`country`, `produced_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.projects
(
    `code` String,
    `name` String,
    `signed_on` Date32,
    `node` LowCardinality(String),
    `enterprise` Nullable(String),
    `park` LowCardinality(Nullable(String)),
    `investment` Float64,
    `talent_clause` Bool,
    `talents` Int32,
    `lead` Nullable(UInt64),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`signed_on`)
order by (`node`, `signed_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.publicity
(
    `title` String,
    `level` LowCardinality(String),
    `medium` LowCardinality(Nullable(String)),
    `published_on` Date32,
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`published_on`)
order by (`level`, `published_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.rd
(
    `year` Int16,
    `enterprise` String,
    `node` LowCardinality(String),
    `employed` Int32,
    `rd_people` Int32,
    `rd_fte` Float64,
    `phd` Int32,
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
order by (`year`, `node`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.research_projects
(
    `code` String,
    `title` String,
    `approved_on` Date32,
    `lump_sum` Bool,
    `amount` Float64,
    `enterprise` Nullable(String),
    `node` LowCardinality(Nullable(String)),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`approved_on`)
order by (`approved_on`, `code`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.residents
(
    `platform` String,
    `person` UInt64,
    `name` Nullable(String),
    `class` LowCardinality(Nullable(String)),
    `node` LowCardinality(Nullable(String)),
    `joined_on` Date32,
    `left_on` Nullable(Date32),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`joined_on`)
order by (`platform`, `joined_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.results
(
    `code` String,
    `title` String,
    `achieved_on` Date32,
    `transferred_on` Nullable(Date32),
    `how` LowCardinality(Nullable(String)),
    `enterprise` Nullable(String),
    `node` LowCardinality(Nullable(String)),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`achieved_on`)
order by (`achieved_on`, `code`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

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
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.services
(
    `code` String,
    `channel` LowCardinality(String),
    `matter` LowCardinality(Nullable(String)),
    `opened_on` Date32,
    `promised_days` Nullable(Int16),
    `closed_on` Nullable(Date32),
    `visits` Nullable(Int8),
    `answered` Nullable(Bool),
    `satisfaction` LowCardinality(Nullable(String)),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`opened_on`)
order by (`channel`, `opened_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

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
    `park` LowCardinality(Nullable(String)),
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
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.targets
(
    `metric` LowCardinality(String),
    `title` LowCardinality(Nullable(String)),
    `unit_name` LowCardinality(String),
    `scope` LowCardinality(Nullable(String)),
    `period` LowCardinality(String),
    `target` Float64,
    `tier` LowCardinality(String),
    `weight` Nullable(Float64),
    `cap` Nullable(Float64),
    `valid_from` Date32,
    `reason` Nullable(String),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
order by (`metric`, `unit_name`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.teams
(
    `lead` UInt64,
    `lead_name` Nullable(String),
    `project` Nullable(String),
    `member` UInt64,
    `member_name` Nullable(String),
    `role` LowCardinality(Nullable(String)),
    `node` LowCardinality(String),
    `enterprise` Nullable(String),
    `joined_on` Date32,
    `left_on` Nullable(Date32),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
partition by toYear(`joined_on`)
order by (`lead`, `joined_on`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

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
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.vacancies
(
    `posted_on` Date32,
    `closed_on` Nullable(Date32),
    `enterprise` String,
    `node` LowCardinality(String),
    `park` LowCardinality(Nullable(String)),
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
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

create table if not exists store.yearbook
(
    `year` Int16,
    `item` LowCardinality(String),
    `value` Float64,
    `unit` LowCardinality(Nullable(String)),
    `_batch` UInt32,
    `_file` LowCardinality(String),
    `_sheet` LowCardinality(String),
    `_row` UInt32
)
engine = MergeTree
order by (`item`, `year`, `_batch`)
settings fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1

