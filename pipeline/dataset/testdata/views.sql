create or replace view mart.agreements
definer = default sql security definer
as
select
    rows.`code` as `code`,
    rows.`title` as `title`,
    rows.`country` as `country`,
    rows.`field` as `field`,
    rows.`node` as `node`,
    rows.`partner` as `partner`,
    rows.`enterprise` as `enterprise`,
    rows.`signed_on` as `signed_on`,
    rows.`ended_on` as `ended_on`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.agreements as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'agreements')

create or replace view mart.arrivals
definer = default sql security definer
as
select
    lower(leftPad(hex(rows.`person`), 16, '0')) as `person`,
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
    rows.`park` as `park`,
    rows.`occupation` as `occupation`,
    rows.`skill_level` as `skill_level`,
    rows.`first_local` as `first_local`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.arrivals as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'arrivals')

create or replace view mart.awards
definer = default sql security definer
as
select
    lower(leftPad(hex(rows.`person`), 16, '0')) as `person`,
    if(empty(rows.`name`), rows.`name`, concat(substringUTF8(rows.`name`, 1, 1), '*')) as `name`,
    rows.`award` as `award`,
    rows.`awarded_on` as `awarded_on`,
    rows.`amount` as `amount`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.awards as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'awards')

create or replace view mart.benefits
definer = default sql security definer
as
select
    rows.`code` as `code`,
    lower(leftPad(hex(rows.`person`), 16, '0')) as `person`,
    rows.`kind` as `kind`,
    rows.`policy` as `policy`,
    rows.`node` as `node`,
    rows.`applied_on` as `applied_on`,
    rows.`eligible` as `eligible`,
    rows.`approved_on` as `approved_on`,
    rows.`paid_on` as `paid_on`,
    rows.`requested` as `requested`,
    rows.`approved` as `approved`,
    rows.`paid` as `paid`,
    rows.`placed_on` as `placed_on`,
    rows.`subsidy_ends_on` as `subsidy_ends_on`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.benefits as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'benefits')

create or replace view mart.calendar
definer = default sql security definer
as
select
    rows.`date` as `date`,
    rows.`workday` as `workday`,
    rows.`name` as `name`,
    rows.`nth` as `nth`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.calendar as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'calendar')

create or replace view mart.certificates
definer = default sql security definer
as
select
    lower(leftPad(hex(rows.`person`), 16, '0')) as `person`,
    if(empty(rows.`name`), rows.`name`, concat(substringUTF8(rows.`name`, 1, 1), '*')) as `name`,
    rows.`certified_on` as `certified_on`,
    rows.`skill_level` as `skill_level`,
    rows.`occupation` as `occupation`,
    rows.`node` as `node`,
    rows.`enterprise` as `enterprise`,
    rows.`park` as `park`,
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

create or replace view mart.challenges
definer = default sql security definer
as
select
    rows.`code` as `code`,
    rows.`title` as `title`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`posted_on` as `posted_on`,
    rows.`answered_on` as `answered_on`,
    rows.`accepted_on` as `accepted_on`,
    rows.`amount` as `amount`,
    rows.`university` as `university`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.challenges as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'challenges')

create or replace view mart.contest_projects
definer = default sql security definer
as
select
    rows.`code` as `code`,
    rows.`title` as `title`,
    rows.`event` as `event`,
    rows.`won_on` as `won_on`,
    rows.`prize` as `prize`,
    rows.`registered_on` as `registered_on`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.contest_projects as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'contest_projects')

create or replace view mart.contracts
definer = default sql security definer
as
select
    rows.`number` as `number`,
    rows.`kind` as `kind`,
    rows.`signed_on` as `signed_on`,
    rows.`amount` as `amount`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`partner` as `partner`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.contracts as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'contracts')

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

create or replace view mart.duties
definer = default sql security definer
as
select
    rows.`dataset` as `dataset`,
    rows.`owed_by` as `owed_by`,
    rows.`every` as `every`,
    rows.`due_on` as `due_on`,
    rows.`valid_from` as `valid_from`,
    rows.`valid_to` as `valid_to`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.duties as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'duties')

create or replace view mart.engagements
definer = default sql security definer
as
select
    rows.`code` as `code`,
    lower(leftPad(hex(rows.`person`), 16, '0')) as `person`,
    if(empty(rows.`name`), rows.`name`, concat(substringUTF8(rows.`name`, 1, 1), '*')) as `name`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`started_on` as `started_on`,
    rows.`ended_on` as `ended_on`,
    rows.`days` as `days`,
    rows.`amount` as `amount`,
    rows.`country` as `country`,
    rows.`home` as `home`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.engagements as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'engagements')

create or replace view mart.enterprises
definer = default sql security definer
as
select
    rows.`credit_code` as `credit_code`,
    rows.`name` as `name`,
    rows.`industry` as `industry`,
    rows.`chain` as `chain`,
    rows.`node` as `node`,
    rows.`park` as `park`,
    rows.`scale` as `scale`,
    rows.`employees` as `employees`,
    rows.`registered_on` as `registered_on`,
    rows.`authorised_evaluation` as `authorised_evaluation`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.enterprises as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'enterprises')

create or replace view mart.events
definer = default sql security definer
as
select
    rows.`code` as `code`,
    rows.`title` as `title`,
    rows.`kind` as `kind`,
    rows.`held_on` as `held_on`,
    rows.`people` as `people`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.events as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'events')

create or replace view mart.expert_days
definer = default sql security definer
as
select
    rows.`month` as `month`,
    lower(leftPad(hex(rows.`person`), 16, '0')) as `person`,
    if(empty(rows.`name`), rows.`name`, concat(substringUTF8(rows.`name`, 1, 1), '*')) as `name`,
    rows.`project` as `project`,
    rows.`agreement` as `agreement`,
    rows.`country` as `country`,
    rows.`field` as `field`,
    rows.`node` as `node`,
    rows.`enterprise` as `enterprise`,
    rows.`days` as `days`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.expert_days as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'expert_days')

create or replace view mart.funnel
definer = default sql security definer
as
select
    lower(leftPad(hex(rows.`person`), 16, '0')) as `person`,
    if(empty(rows.`name`), rows.`name`, concat(substringUTF8(rows.`name`, 1, 1), '*')) as `name`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`contacted_on` as `contacted_on`,
    rows.`signed_on` as `signed_on`,
    rows.`started_on` as `started_on`,
    rows.`recognised_on` as `recognised_on`,
    rows.`paid_on` as `paid_on`,
    rows.`left_on` as `left_on`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.funnel as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'funnel')

create or replace view mart.investments
definer = default sql security definer
as
select
    rows.`code` as `code`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`invested_on` as `invested_on`,
    rows.`fund_amount` as `fund_amount`,
    rows.`social_amount` as `social_amount`,
    rows.`stage` as `stage`,
    rows.`closed_on` as `closed_on`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.investments as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'investments')

create or replace view mart.joint_projects
definer = default sql security definer
as
select
    rows.`code` as `code`,
    rows.`agreement` as `agreement`,
    rows.`title` as `title`,
    rows.`country` as `country`,
    rows.`field` as `field`,
    rows.`node` as `node`,
    rows.`enterprise` as `enterprise`,
    rows.`started_on` as `started_on`,
    rows.`ended_on` as `ended_on`,
    rows.`amount` as `amount`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.joint_projects as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'joint_projects')

create or replace view mart.labour
definer = default sql security definer
as
select
    rows.`month` as `month`,
    rows.`area` as `area`,
    rows.`node` as `node`,
    rows.`employed` as `employed`,
    rows.`seekers` as `seekers`,
    rows.`hires` as `hires`,
    rows.`vacancies` as `vacancies`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.labour as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'labour')

create or replace view mart.patents
definer = default sql security definer
as
select
    rows.`number` as `number`,
    rows.`title` as `title`,
    rows.`granted_on` as `granted_on`,
    rows.`expired_on` as `expired_on`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.patents as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'patents')

create or replace view mart.platforms
definer = default sql security definer
as
select
    rows.`code` as `code`,
    rows.`name` as `name`,
    rows.`kind` as `kind`,
    rows.`node` as `node`,
    rows.`opened_on` as `opened_on`,
    rows.`closed_on` as `closed_on`,
    rows.`host` as `host`,
    rows.`park` as `park`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.platforms as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'platforms')

create or replace view mart.postgraduates
definer = default sql security definer
as
select
    lower(leftPad(hex(rows.`person`), 16, '0')) as `person`,
    if(empty(rows.`name`), rows.`name`, concat(substringUTF8(rows.`name`, 1, 1), '*')) as `name`,
    rows.`university` as `university`,
    rows.`degree` as `degree`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`entered_on` as `entered_on`,
    rows.`left_on` as `left_on`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.postgraduates as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'postgraduates')

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

create or replace view mart.products
definer = default sql security definer
as
select
    rows.`code` as `code`,
    rows.`kind` as `kind`,
    rows.`title` as `title`,
    rows.`project` as `project`,
    rows.`agreement` as `agreement`,
    rows.`country` as `country`,
    rows.`field` as `field`,
    rows.`node` as `node`,
    rows.`enterprise` as `enterprise`,
    rows.`produced_on` as `produced_on`,
    rows.`revenue` as `revenue`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.products as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'products')

create or replace view mart.projects
definer = default sql security definer
as
select
    rows.`code` as `code`,
    rows.`name` as `name`,
    rows.`signed_on` as `signed_on`,
    rows.`node` as `node`,
    rows.`enterprise` as `enterprise`,
    rows.`park` as `park`,
    rows.`investment` as `investment`,
    rows.`talent_clause` as `talent_clause`,
    rows.`talents` as `talents`,
    lower(leftPad(hex(rows.`lead`), 16, '0')) as `lead`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.projects as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'projects')

create or replace view mart.publicity
definer = default sql security definer
as
select
    rows.`title` as `title`,
    rows.`level` as `level`,
    rows.`medium` as `medium`,
    rows.`published_on` as `published_on`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.publicity as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'publicity')

create or replace view mart.rd
definer = default sql security definer
as
select
    rows.`year` as `year`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`employed` as `employed`,
    rows.`rd_people` as `rd_people`,
    rows.`rd_fte` as `rd_fte`,
    rows.`phd` as `phd`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.rd as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'rd')

create or replace view mart.research_projects
definer = default sql security definer
as
select
    rows.`code` as `code`,
    rows.`title` as `title`,
    rows.`approved_on` as `approved_on`,
    rows.`lump_sum` as `lump_sum`,
    rows.`amount` as `amount`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.research_projects as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'research_projects')

create or replace view mart.residents
definer = default sql security definer
as
select
    rows.`platform` as `platform`,
    lower(leftPad(hex(rows.`person`), 16, '0')) as `person`,
    if(empty(rows.`name`), rows.`name`, concat(substringUTF8(rows.`name`, 1, 1), '*')) as `name`,
    rows.`class` as `class`,
    rows.`node` as `node`,
    rows.`joined_on` as `joined_on`,
    rows.`left_on` as `left_on`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.residents as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'residents')

create or replace view mart.results
definer = default sql security definer
as
select
    rows.`code` as `code`,
    rows.`title` as `title`,
    rows.`achieved_on` as `achieved_on`,
    rows.`transferred_on` as `transferred_on`,
    rows.`how` as `how`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.results as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'results')

create or replace view mart.selections
definer = default sql security definer
as
select
    lower(leftPad(hex(rows.`person`), 16, '0')) as `person`,
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

create or replace view mart.services
definer = default sql security definer
as
select
    rows.`code` as `code`,
    rows.`channel` as `channel`,
    rows.`matter` as `matter`,
    rows.`opened_on` as `opened_on`,
    rows.`promised_days` as `promised_days`,
    rows.`closed_on` as `closed_on`,
    rows.`visits` as `visits`,
    rows.`answered` as `answered`,
    rows.`satisfaction` as `satisfaction`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.services as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'services')

create or replace view mart.talents
definer = default sql security definer
as
select
    lower(leftPad(hex(rows.`person`), 16, '0')) as `person`,
    if(empty(rows.`name`), rows.`name`, concat(substringUTF8(rows.`name`, 1, 1), '*')) as `name`,
    rows.`class` as `class`,
    rows.`recognised_on` as `recognised_on`,
    rows.`valid_to` as `valid_to`,
    rows.`sex` as `sex`,
    rows.`birth_year` as `birth_year`,
    rows.`education` as `education`,
    rows.`enterprise` as `enterprise`,
    rows.`node` as `node`,
    rows.`park` as `park`,
    rows.`left_on` as `left_on`,
    rows.`flexible` as `flexible`,
    rows.`programme` as `programme`,
    rows.`country` as `country`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.talents as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'talents')

create or replace view mart.targets
definer = default sql security definer
as
select
    rows.`metric` as `metric`,
    rows.`title` as `title`,
    rows.`unit_name` as `unit_name`,
    rows.`scope` as `scope`,
    rows.`period` as `period`,
    rows.`target` as `target`,
    rows.`tier` as `tier`,
    rows.`weight` as `weight`,
    rows.`cap` as `cap`,
    rows.`valid_from` as `valid_from`,
    rows.`reason` as `reason`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.targets as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'targets')

create or replace view mart.teams
definer = default sql security definer
as
select
    lower(leftPad(hex(rows.`lead`), 16, '0')) as `lead`,
    if(empty(rows.`lead_name`), rows.`lead_name`, concat(substringUTF8(rows.`lead_name`, 1, 1), '*')) as `lead_name`,
    rows.`project` as `project`,
    lower(leftPad(hex(rows.`member`), 16, '0')) as `member`,
    if(empty(rows.`member_name`), rows.`member_name`, concat(substringUTF8(rows.`member_name`, 1, 1), '*')) as `member_name`,
    rows.`role` as `role`,
    rows.`node` as `node`,
    rows.`enterprise` as `enterprise`,
    rows.`joined_on` as `joined_on`,
    rows.`left_on` as `left_on`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.teams as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'teams')

create or replace view mart.trainings
definer = default sql security definer
as
select
    lower(leftPad(hex(rows.`person`), 16, '0')) as `person`,
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
    rows.`park` as `park`,
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

create or replace view mart.yearbook
definer = default sql security definer
as
select
    rows.`year` as `year`,
    rows.`item` as `item`,
    rows.`value` as `value`,
    rows.`unit` as `unit`,
    rows.`_file` as `_file`,
    rows.`_sheet` as `_sheet`,
    rows.`_row` as `_row`
from store.yearbook as rows
where rows.`_batch` in (select batch from meta.live where dataset = 'yearbook')

