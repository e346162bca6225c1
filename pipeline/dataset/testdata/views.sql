create or replace view mart.arrivals
definer = default sql security definer
as
select
    rows.`person` as `person`,
    if(empty(rows.`name`), rows.`name`, concat(substringUTF8(rows.`name`, 1, 1), '*')) as `name`,
    rows.`date` as `date`,
    rows.`direction` as `direction`,
    rows.`origin_province` as `origin_province`,
    rows.`origin_country` as `origin_country`,
    rows.`school` as `school`,
    rows.`education` as `education`,
    rows.`birth_date` as `birth_date`,
    rows.`birth_year` as `birth_year`,
    rows.`sex` as `sex`,
    rows.`channel` as `channel`,
    rows.`employment` as `employment`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`occupation` as `occupation`,
    rows.`skill_level` as `skill_level`,
    rows.`first_local` as `first_local`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.arrivals as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'arrivals')

create or replace view mart.certificates
definer = default sql security definer
as
select
    rows.`person` as `person`,
    if(empty(rows.`name`), rows.`name`, concat(substringUTF8(rows.`name`, 1, 1), '*')) as `name`,
    rows.`certified_on` as `certified_on`,
    rows.`skill_level` as `skill_level`,
    rows.`occupation` as `occupation`,
    rows.`node` as `node`,
    rows.`enterprise` as `enterprise`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.certificates as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'certificates')

create or replace view mart.chains
definer = default sql security definer
as
select
    rows.`chain` as `chain`,
    rows.`chain_zh` as `chain_zh`,
    rows.`chain_en` as `chain_en`,
    rows.`segment` as `segment`,
    rows.`segment_zh` as `segment_zh`,
    rows.`segment_en` as `segment_en`,
    rows.`node` as `node`,
    rows.`node_zh` as `node_zh`,
    rows.`node_en` as `node_en`,
    rows.`position` as `position`,
    rows.`industries` as `industries`,
    rows.`occupations` as `occupations`,
    rows.`skills` as `skills`,
    rows.`feeds` as `feeds`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.chains as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'chains')

create or replace view mart.cooperations
definer = default sql security definer
as
select
    rows.`code` as `code`,
    rows.`kind` as `kind`,
    rows.`title` as `title`,
    rows.`country` as `country`,
    rows.`node` as `node`,
    rows.`started_on` as `started_on`,
    rows.`ended_on` as `ended_on`,
    rows.`partner` as `partner`,
    rows.`enterprise` as `enterprise`,
    rows.`people` as `people`,
    rows.`amount` as `amount`,
    rows.`permit_class` as `permit_class`,
    rows.`role` as `role`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.cooperations as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'cooperations')

create or replace view mart.enterprises
definer = default sql security definer
as
select
    rows.`credit_code` as `credit_code`,
    rows.`name` as `name`,
    rows.`industry` as `industry`,
    rows.`chain` as `chain`,
    rows.`node` as `node`,
    rows.`scale` as `scale`,
    rows.`employees` as `employees`,
    rows.`registered_on` as `registered_on`,
    rows.`authorised_evaluation` as `authorised_evaluation`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.enterprises as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'enterprises')

create or replace view mart.postings
definer = default sql security definer
as
select
    rows.`url` as `url`,
    rows.`title` as `title`,
    rows.`company` as `company`,
    rows.`salary_from` as `salary_from`,
    rows.`salary_to` as `salary_to`,
    rows.`salary_months` as `salary_months`,
    rows.`salary_kind` as `salary_kind`,
    rows.`province` as `province`,
    rows.`city` as `city`,
    rows.`district` as `district`,
    rows.`skills` as `skills`,
    rows.`ownership` as `ownership`,
    rows.`size` as `size`,
    rows.`industry` as `industry`,
    rows.`experience` as `experience`,
    rows.`education` as `education`,
    rows.`posted_on` as `posted_on`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.postings as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'postings')

create or replace view mart.selections
definer = default sql security definer
as
select
    rows.`person` as `person`,
    if(empty(rows.`name`), rows.`name`, concat(substringUTF8(rows.`name`, 1, 1), '*')) as `name`,
    rows.`programme` as `programme`,
    rows.`level` as `level`,
    rows.`year` as `year`,
    rows.`selected_on` as `selected_on`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.selections as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'selections')

create or replace view mart.talents
definer = default sql security definer
as
select
    rows.`person` as `person`,
    if(empty(rows.`name`), rows.`name`, concat(substringUTF8(rows.`name`, 1, 1), '*')) as `name`,
    rows.`class` as `class`,
    rows.`recognised_on` as `recognised_on`,
    rows.`valid_to` as `valid_to`,
    rows.`sex` as `sex`,
    rows.`birth_year` as `birth_year`,
    rows.`education` as `education`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`left_on` as `left_on`,
    rows.`flexible` as `flexible`,
    rows.`programme` as `programme`,
    rows.`country` as `country`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.talents as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'talents')

create or replace view mart.trainings
definer = default sql security definer
as
select
    rows.`person` as `person`,
    if(empty(rows.`name`), rows.`name`, concat(substringUTF8(rows.`name`, 1, 1), '*')) as `name`,
    rows.`course` as `course`,
    rows.`provider` as `provider`,
    rows.`node` as `node`,
    rows.`skill_level` as `skill_level`,
    rows.`started_on` as `started_on`,
    rows.`ended_on` as `ended_on`,
    rows.`enrolled` as `enrolled`,
    rows.`examined` as `examined`,
    rows.`passed` as `passed`,
    rows.`certified_on` as `certified_on`,
    rows.`employed_before` as `employed_before`,
    rows.`employed_after_6m` as `employed_after_6m`,
    rows.`subsidy` as `subsidy`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.trainings as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'trainings')

create or replace view mart.vacancies
definer = default sql security definer
as
select
    rows.`posted_on` as `posted_on`,
    rows.`closed_on` as `closed_on`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`occupation` as `occupation`,
    rows.`skill_level` as `skill_level`,
    rows.`education` as `education`,
    rows.`needed` as `needed`,
    rows.`filled` as `filled`,
    rows.`applicants` as `applicants`,
    rows.`urgent` as `urgent`,
    rows.`salary_from` as `salary_from`,
    rows.`salary_to` as `salary_to`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.vacancies as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'vacancies')

