create or replace view mart.agreements
(
    `code` String comment '协议编号 / Agreement',
    `title` String comment '协议名称 / Title',
    `country` LowCardinality(String) comment '国家或地区；代码见 codes_countries / Country or region; codes: codes_countries',
    `field` LowCardinality(Nullable(String)) comment '合作领域；代码见 codes_cooperation_fields / Field; codes: codes_cooperation_fields',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `partner` Nullable(String) comment '外方单位 / Partner',
    `enterprise` Nullable(String) comment '承担单位 / Enterprise',
    `signed_on` Date32 comment '签订日期 / Signed on',
    `ended_on` Nullable(Date32) comment '终止日期 / Ends on',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '国际合作协议：每行一份与外方签订的合作协议。项目、驻区天数与成果以协议编号与它相连。 / International agreements: One row per agreement signed with a foreign side. Projects, days on site and products lead back to it by its number.'

create or replace view mart.arrivals
(
    `person` String comment '身份证号；居民身份证、护照或工作许可证号；只存加密散列；加密散列，各数据集可据此关联 / Identity number; Resident identity card, passport or work-permit number; only a keyed hash is stored; keyed hash, by which datasets join',
    `name` Nullable(String) comment '姓名；只显示姓 / Name; only the family name is shown',
    `date` Date32 comment '日期；到岗或离岗的日期 / Date; The day the person started or left',
    `direction` LowCardinality(String) comment '流向；代码见 codes_directions / Direction; codes: codes_directions',
    `origin_province` LowCardinality(Nullable(String)) comment '来源省份；引进为来源地，流出为去向；代码见 codes_provinces / Province of origin; Where from when in, where to when out; codes: codes_provinces',
    `origin_country` LowCardinality(String) comment '来源国家；代码见 codes_countries / Country of origin; codes: codes_countries',
    `school` Nullable(String) comment '毕业院校 / School',
    `education` LowCardinality(Nullable(String)) comment '学历；代码见 codes_education / Education; codes: codes_education',
    `birth_date` Nullable(Date32) comment '出生日期；文件中以身份证号为准补缺 / Date of birth; Filled from the identity number',
    `birth_year` Nullable(Int16) comment '出生年份 / Year of birth',
    `sex` LowCardinality(Nullable(String)) comment '性别；代码见 codes_sexes / Sex; codes: codes_sexes',
    `channel` LowCardinality(Nullable(String)) comment '引进渠道；代码见 codes_channels / Channel; codes: codes_channels',
    `employment` LowCardinality(String) comment '用工方式；代码见 codes_employments / Employment; codes: codes_employments',
    `enterprise` String comment '用人单位 / Employer',
    `node` LowCardinality(String) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `park` LowCardinality(Nullable(String)) comment '园区；用人单位所在的园区；代码见 codes_parks / Park; The park the employer is in; codes: codes_parks',
    `occupation` LowCardinality(Nullable(String)) comment '职业 / Occupation',
    `skill_level` Nullable(Int8) comment '技能等级；位次 0 至 8；高级工（三级）为 4，及以上为高技能；位次见 codes_skill_levels.rank / Skill level; Rank 0 to 8; senior worker (level 3) is 4, that and above is high-skilled; ranks: codes_skill_levels.rank',
    `first_local` Bool comment '是否首次在本区参保；此前 12 个月在本区无参保记录；文件没有该列时按是 / First contribution in the zone; No contribution in the zone in the 12 months before; yes where the file lacks the column',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '引进与流出：每行一人一次进入或离开开发区的用人单位。净流入为引进减流出。 / Arrivals and departures: One row per person and move into or out of an employer of the zone. Net arrivals is in less out.'

create or replace view mart.awards
(
    `person` String comment '身份证号；居民身份证、护照或工作许可证号；只存加密散列；加密散列，各数据集可据此关联 / Identity number; Resident identity card, passport or work-permit number; only a keyed hash is stored; keyed hash, by which datasets join',
    `name` Nullable(String) comment '姓名；只显示姓 / Name; only the family name is shown',
    `award` LowCardinality(String) comment '奖励类别；代码见 codes_award_kinds / Award; codes: codes_award_kinds',
    `awarded_on` Date32 comment '奖励日期 / Awarded on',
    `amount` Float64 comment '奖励金额（万元）；单位 万元 / Amount (10 000 yuan); unit 万元',
    `enterprise` Nullable(String) comment '企业名称 / Enterprise',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '人才奖励：每行一人获一项人才奖励及金额。 / Awards: One row per person and award, with the amount.'

create or replace view mart.benefits
(
    `code` String comment '申请编号 / Code',
    `person` String comment '身份证号；居民身份证、护照或工作许可证号；只存加密散列；加密散列，各数据集可据此关联 / Identity number; Resident identity card, passport or work-permit number; only a keyed hash is stored; keyed hash, by which datasets join',
    `kind` LowCardinality(String) comment '兑现类别；代码见 codes_benefit_kinds / Kind; codes: codes_benefit_kinds',
    `policy` LowCardinality(Nullable(String)) comment '政策名称 / Policy',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `applied_on` Date32 comment '申请日期 / Applied on',
    `eligible` Bool comment '是否符合条件 / Eligible',
    `approved_on` Nullable(Date32) comment '批准日期 / Approved on',
    `paid_on` Nullable(Date32) comment '兑付日期 / Paid on',
    `requested` Nullable(Float64) comment '申请金额（万元）；单位 万元 / Requested (10 000 yuan); unit 万元',
    `approved` Nullable(Float64) comment '批准金额（万元）；单位 万元 / Approved (10 000 yuan); unit 万元',
    `paid` Nullable(Float64) comment '兑付金额（万元）；单位 万元 / Paid (10 000 yuan); unit 万元',
    `placed_on` Nullable(Date32) comment '落实日期；入住、入学或发卡的日期 / Given on; Housed, in school, or the card issued',
    `subsidy_ends_on` Nullable(Date32) comment '补贴到期日 / Subsidy ends on',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '政策兑现：每行一件人才政策申请：申请、审核、批准、兑付与落实（入住、入学、发卡）。 / Policy benefits: One row per application under a talent policy: applied, checked, approved, paid, and given (housed, in school, card issued).'

create or replace view mart.calendar
(
    `date` Date32 comment '日期 / Date',
    `workday` Bool comment '是否工作日 / Working day',
    `name` LowCardinality(Nullable(String)) comment '节日 / Holiday',
    `nth` Int32 comment '工作日序号；自 2020 年 1 月 1 日起到该日（含）的工作日数 / Number of working days; Working days from 1 January 2020 up to and with the day',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '工作日历：由代码表 holidays（国务院办公厅历年放假安排）生成：每行一天，是否工作日，自 2020 年 1 月 1 日起的第几个工作日。两日之间的工作日数为两日序号之差。 / Working days: Made from the code list holidays (the yearly notices of the State Council): one row per day, whether it is a working day, and how many there have been since 1 January 2020. Working days between two days are the difference of their numbers.'

create or replace view mart.certificates
(
    `person` String comment '身份证号；只存加密散列；加密散列，各数据集可据此关联 / Identity number; Only a keyed hash is stored; keyed hash, by which datasets join',
    `name` Nullable(String) comment '姓名；只显示姓 / Name; only the family name is shown',
    `certified_on` Date32 comment '发证日期 / Certified on',
    `skill_level` Int8 comment '技能等级；位次 1 至 8；高级工（三级）为 4，及以上为高技能；位次见 codes_skill_levels.rank / Skill level; Rank 1 to 8; senior worker (level 3) is 4, that and above is high-skilled; ranks: codes_skill_levels.rank',
    `occupation` LowCardinality(String) comment '职业（工种） / Occupation',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `enterprise` Nullable(String) comment '用人单位 / Employer',
    `park` LowCardinality(Nullable(String)) comment '园区；用人单位所在的园区；代码见 codes_parks / Park; The park the employer is in; codes: codes_parks',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '技能等级证书：每行一本新核发的职业技能等级证书。一人一期只按最高等级计一次。 / Skill certificates: One row per newly issued vocational skill certificate. A person counts once a period, at the highest level.'

create or replace view mart.chains
(
    `chain` LowCardinality(String) comment '产业链代码；代码见 codes_chains / Chain code; codes: codes_chains',
    `chain_zh` LowCardinality(String) comment '产业链 / Chain (Chinese)',
    `chain_en` LowCardinality(String) comment '产业链（英文） / Chain (English)',
    `segment` LowCardinality(String) comment '环节代码；代码见 codes_segments / Segment code; codes: codes_segments',
    `segment_zh` LowCardinality(String) comment '环节 / Segment (Chinese)',
    `segment_en` LowCardinality(String) comment '环节（英文） / Segment (English)',
    `node` LowCardinality(String) comment '节点代码；代码见 codes_nodes / Node code; codes: codes_nodes',
    `node_zh` LowCardinality(String) comment '节点 / Node (Chinese)',
    `node_en` LowCardinality(String) comment '节点（英文） / Node (English)',
    `position` Int32 comment '次序 / Position',
    `industries` Array(LowCardinality(String)) comment '行业 / Industries',
    `occupations` Array(LowCardinality(String)) comment '职业 / Occupations',
    `skills` Array(LowCardinality(String)) comment '技能 / Skills',
    `feeds` Array(LowCardinality(String)) comment '下游节点 / Feeds',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '产业链：由 configs/chains 的声明生成：每行一个节点，含环节、行业、职业与技能。 / Industry chains: Made from the declarations in configs/chains: one row per node with its segment, industries, occupations and skills.'

create or replace view mart.challenges
(
    `code` String comment '榜单编号 / Code',
    `title` String comment '难题名称 / Title',
    `enterprise` String comment '企业名称 / Enterprise',
    `node` LowCardinality(String) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `posted_on` Date32 comment '发榜日期 / Posted on',
    `answered_on` Nullable(Date32) comment '揭榜日期 / Answered on',
    `accepted_on` Nullable(Date32) comment '验收日期 / Accepted on',
    `amount` Nullable(Float64) comment '榜单金额（万元）；单位 万元 / Amount (10 000 yuan); unit 万元',
    `university` Nullable(String) comment '揭榜单位 / University',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '揭榜挂帅：企业出题、人才答题：每行一道企业难题，发榜、揭榜、验收。 / Problems posted and answered: Companies pose, talents answer: one row per problem, posted, answered, accepted.'

create or replace view mart.contest_projects
(
    `code` String comment '项目编号 / Code',
    `title` String comment '项目名称 / Title',
    `event` LowCardinality(Nullable(String)) comment '大赛名称 / Contest',
    `won_on` Date32 comment '获奖日期 / Won on',
    `prize` LowCardinality(Nullable(String)) comment '奖次 / Prize',
    `registered_on` Nullable(Date32) comment '注册日期 / Registered on',
    `enterprise` Nullable(String) comment '企业名称 / Enterprise',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '大赛项目：每行一个大赛获奖项目，及其在区内注册的日期。 / Contest winners: One row per winning project of a contest, and the day it was registered in the zone.'

create or replace view mart.contracts
(
    `number` String comment '合同编号 / Number',
    `kind` LowCardinality(String) comment '合同类别；代码见 codes_contract_kinds / Kind; codes: codes_contract_kinds',
    `signed_on` Date32 comment '签订日期 / Signed on',
    `amount` Float64 comment '合同成交额（万元）；单位 万元 / Amount (10 000 yuan); unit 万元',
    `enterprise` String comment '企业名称 / Enterprise',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `partner` Nullable(String) comment '交易对方 / Partner',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '技术合同：每行一份登记的技术合同。两个单位报送同一合同时按合同编号只计一次。 / Technology contracts: One row per technology contract registered. A contract that two offices send counts once, by its number.'

create or replace view mart.cooperations
(
    `code` String comment '项目编号 / Code',
    `kind` LowCardinality(String) comment '合作类别；代码见 codes_cooperation_kinds / Kind; codes: codes_cooperation_kinds',
    `title` String comment '项目名称 / Title',
    `country` LowCardinality(String) comment '国家或地区；代码见 codes_countries / Country or region; codes: codes_countries',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `started_on` Date32 comment '开始日期 / Started on',
    `ended_on` Nullable(Date32) comment '结束日期；此日起不再计为在运行；空为仍在运行 / Ended on; No longer active from this day on; blank is still active',
    `partner` Nullable(String) comment '外方单位 / Partner',
    `enterprise` Nullable(String) comment '承担单位 / Enterprise',
    `people` Nullable(Int32) comment '人数；单位 人 / People; unit 人',
    `amount` Nullable(Float64) comment '金额（万元）；单位 万元 / Amount (10 000 yuan); unit 万元',
    `permit_class` LowCardinality(Nullable(String)) comment '许可类别；代码见 codes_permit_classes / Permit class; codes: codes_permit_classes',
    `role` LowCardinality(Nullable(String)) comment '参与方式；代码见 codes_standard_roles / Role; codes: codes_standard_roles',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '国际合作：每行一个国际合作事项：联合实验室、技术转移中心、海外引才站、外籍专家、出访团组、国际会议、境外研发、国际标准、引进技术。 / International cooperation: One row per undertaking: joint laboratory, transfer centre, overseas station, foreign expert, delegation, conference, R&D abroad, standard, technology.'

create or replace view mart.duties
(
    `dataset` LowCardinality(String) comment '数据集；数据集的英文名，如 arrivals / Dataset; The dataset\'s name, such as arrivals',
    `owed_by` LowCardinality(String) comment '应报单位；写法与其文件名中的一致 / Owed by; As their files\' names have it',
    `every` LowCardinality(String) comment '报送频次；代码见 codes_frequencies / How often; codes: codes_frequencies',
    `due_on` Nullable(Int32) comment '期满后第几个工作日 / Due on working day',
    `valid_from` Date32 comment '起报日期 / Owed from',
    `valid_to` Nullable(Date32) comment '止报日期；自该日起不再应报；空白为一直应报 / Owed until; The first day it is owed for no more; blank: for good',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '报送任务：谁应报哪个数据集、多久一次、期满后第几个工作日前。每次报送替换该单位上次所报。 / Duties: Who owes which dataset, how often, and by which working day after the period. Each submission replaces the sender\'s last.'

create or replace view mart.engagements
(
    `code` String comment '合同编号 / Code',
    `person` String comment '身份证号；居民身份证、护照或工作许可证号；只存加密散列；加密散列，各数据集可据此关联 / Identity number; Resident identity card, passport or work-permit number; only a keyed hash is stored; keyed hash, by which datasets join',
    `name` Nullable(String) comment '姓名；只显示姓 / Name; only the family name is shown',
    `enterprise` String comment '企业名称 / Enterprise',
    `node` LowCardinality(String) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `started_on` Date32 comment '合同起始日期 / Started on',
    `ended_on` Nullable(Date32) comment '合同终止日期 / Ended on',
    `days` Nullable(Int32) comment '年服务天数；单位 天 / Days a year; unit 天',
    `amount` Nullable(Float64) comment '合同金额（万元）；单位 万元 / Amount (10 000 yuan); unit 万元',
    `country` LowCardinality(String) comment '国籍；代码见 codes_countries / Nationality; codes: codes_countries',
    `home` Nullable(String) comment '原单位 / Home institution',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '柔性引才合同：每行一份柔性引才合同：不转人事关系、按约定天数服务。 / Flexible engagements: One row per flexible contract: serves agreed days, employment stays elsewhere.'

create or replace view mart.enterprises
(
    `credit_code` String comment '统一社会信用代码；18 位，两个校验位都须正确（GB 32100-2015） / Unified social credit code; 18 characters, both check characters right (GB 32100-2015)',
    `name` String comment '企业名称 / Enterprise',
    `industry` LowCardinality(Nullable(String)) comment '行业；国民经济行业（GB/T 4754）名称或代码，照文件所写 / Industry; Industry of GB/T 4754, name or code as written',
    `chain` LowCardinality(Nullable(String)) comment '产业链；代码见 codes_chains / Chain; codes: codes_chains',
    `node` LowCardinality(String) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `park` LowCardinality(Nullable(String)) comment '园区；企业所在的园区；代码见 codes_parks / Park; The park the enterprise is in; codes: codes_parks',
    `scale` LowCardinality(String) comment '企业规模；代码见 codes_scales / Size; codes: codes_scales',
    `employees` Nullable(Int32) comment '从业人数；单位 人 / Employees; unit 人',
    `registered_on` Nullable(Date32) comment '成立日期 / Registered on',
    `authorised_evaluation` Bool comment '是否人才评价授权企业 / Authorised to evaluate talent',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '企业名录：开发区企业登记：统一社会信用代码、行业、产业链节点、规模。每次报送替换该单位上一版。 / Enterprises: Register of the zone\'s enterprises: credit code, industry, chain node, size. Each submission replaces the sender\'s last.'

create or replace view mart.events
(
    `code` String comment '活动编号 / Code',
    `title` String comment '活动名称 / Title',
    `kind` LowCardinality(String) comment '活动类型；代码见 codes_event_kinds / Kind; codes: codes_event_kinds',
    `held_on` Date32 comment '举办日期 / Held on',
    `people` Int32 comment '参加人次；单位 人次 / People; unit 人次',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '人才活动：每行一场人才活动与参加人次；同一人可重复参加。 / Events: One row per event and the people who came; a person may come more than once.'

create or replace view mart.expert_days
(
    `month` Date32 comment '月份；该月第一天 / Month; The first day of the month',
    `person` String comment '证件号码；护照、工作许可证号或居民身份证号；只存加密散列；加密散列，各数据集可据此关联 / Passport or identity number; Passport, work-permit number or resident identity card; only a keyed hash is stored; keyed hash, by which datasets join',
    `name` Nullable(String) comment '姓名；只显示姓 / Name; only the family name is shown',
    `project` String comment '合作项目编号 / Project',
    `agreement` Nullable(String) comment '协议编号；它由哪份协议而来；空为没有协议，不计入协议的成果 / Agreement; The agreement it was born of; blank is none, and it counts for no agreement',
    `country` LowCardinality(String) comment '国家或地区；代码见 codes_countries / Country or region; codes: codes_countries',
    `field` LowCardinality(Nullable(String)) comment '合作领域；代码见 codes_cooperation_fields / Field; codes: codes_cooperation_fields',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `enterprise` Nullable(String) comment '承担单位 / Enterprise',
    `days` Int32 comment '驻区天数；单位 天 / Days on site; unit 天',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '外国专家驻区：每行一名境外专家在一个项目上一个月实际在区的天数，按考勤；不是合同约定。 / Experts on site: One row per expert from abroad, project and month: the days actually spent in the zone, by attendance and not by contract.'

create or replace view mart.funnel
(
    `person` String comment '身份证号；居民身份证、护照或工作许可证号；只存加密散列；加密散列，各数据集可据此关联 / Identity number; Resident identity card, passport or work-permit number; only a keyed hash is stored; keyed hash, by which datasets join',
    `name` Nullable(String) comment '姓名；只显示姓 / Name; only the family name is shown',
    `enterprise` String comment '企业名称 / Enterprise',
    `node` LowCardinality(String) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `contacted_on` Date32 comment '接洽日期 / Contacted on',
    `signed_on` Nullable(Date32) comment '签约日期 / Signed on',
    `started_on` Nullable(Date32) comment '到岗日期 / Started on',
    `recognised_on` Nullable(Date32) comment '认定日期 / Recognised on',
    `paid_on` Nullable(Date32) comment '兑现日期 / Paid on',
    `left_on` Nullable(Date32) comment '离开日期 / Left on',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '引才漏斗：每行一位接洽的人才：接洽、签约、到岗、认定、兑现、离开的日期，未到的阶段留空。 / Recruitment funnel: One row per person approached: the days of contact, contract, start, recognition, benefit and leaving; blank where not reached.'

create or replace view mart.investments
(
    `code` String comment '投资编号 / Code',
    `enterprise` String comment '企业名称 / Enterprise',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `invested_on` Date32 comment '投资日期 / Invested on',
    `fund_amount` Float64 comment '基金出资（万元）；单位 万元 / Fund money (10 000 yuan); unit 万元',
    `social_amount` Float64 comment '社会资本（万元）；单位 万元 / Social capital (10 000 yuan); unit 万元',
    `stage` LowCardinality(Nullable(String)) comment '投资阶段 / Stage',
    `closed_on` Nullable(Date32) comment '注销日期；企业终止之日 / Closed on; The day the company ended',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '基金投资：人才创业投资基金所投项目清册：基金投入、社会资本、企业存续。每次报送替换该单位上一版。 / Fund investments: Register of the talent fund\'s investments: fund money, social capital, and whether the company lives. Each submission replaces the sender\'s last.'

create or replace view mart.joint_projects
(
    `code` String comment '项目编号 / Project',
    `agreement` Nullable(String) comment '协议编号；它由哪份协议而来；空为没有协议，不计入协议的成果 / Agreement; The agreement it was born of; blank is none, and it counts for no agreement',
    `title` String comment '项目名称 / Title',
    `country` LowCardinality(String) comment '国家或地区；代码见 codes_countries / Country or region; codes: codes_countries',
    `field` LowCardinality(Nullable(String)) comment '合作领域；代码见 codes_cooperation_fields / Field; codes: codes_cooperation_fields',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `enterprise` Nullable(String) comment '承担单位 / Enterprise',
    `started_on` Date32 comment '启动日期 / Started on',
    `ended_on` Nullable(Date32) comment '结束日期 / Ended on',
    `amount` Nullable(Float64) comment '项目经费（万元）；单位 万元 / Budget (10 000 yuan); unit 万元',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '国际合作项目：每行一个在区实施的国际合作项目，写明由哪份协议而来。 / Projects with foreign partners: One row per project with a foreign partner that is done in the zone, with the agreement it was born of.'

create or replace view mart.labour
(
    `month` Date32 comment '统计月份；该月第一天 / Month; The first day of the month',
    `area` LowCardinality(String) comment '统计区域；代码见 codes_areas / Area; codes: codes_areas',
    `node` LowCardinality(String) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `employed` Int32 comment '从业人数；单位 人 / Employed; unit 人',
    `seekers` Int32 comment '求职人数；单位 人 / Seekers; unit 人',
    `hires` Int32 comment '新招人数；单位 人 / Hires; unit 人',
    `vacancies` Nullable(Int32) comment '岗位空缺数；单位 人 / Vacancies; unit 人',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '劳动力资源：每行一个月、一个区域、一个产业链节点的从业、求职、岗位与新招人数。存量，不得跨月相加；开发区含在全县内，全县含在全市内。 / Labour market stock: One row per month, area and chain node: people employed, seeking, posts open and hired. A stock, never summed over months; the zone is part of the county, the county of the city.'

create or replace view mart.patents
(
    `number` String comment '专利号 / Number',
    `title` Nullable(String) comment '专利名称 / Title',
    `granted_on` Date32 comment '授权日期 / Granted on',
    `expired_on` Nullable(Date32) comment '失效日期；此日起不再计为有效 / Expired on; No longer in force from this day on',
    `enterprise` String comment '企业名称 / Enterprise',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '发明专利：授权发明专利清册：有效拥有量取时点数。每次报送替换该单位上一版。 / Invention patents: Register of granted invention patents; those in force are counted on a day. Each submission replaces the sender\'s last.'

create or replace view mart.platforms
(
    `code` String comment '平台编号 / Code',
    `name` String comment '平台名称 / Platform',
    `kind` LowCardinality(String) comment '平台类型；代码见 codes_platform_kinds / Kind; codes: codes_platform_kinds',
    `node` LowCardinality(String) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `opened_on` Date32 comment '成立日期 / Opened on',
    `closed_on` Nullable(Date32) comment '撤销日期；此日起不再计为在运行 / Closed on; No longer active from this day on',
    `host` Nullable(String) comment '依托单位 / Host',
    `park` LowCardinality(Nullable(String)) comment '园区；平台所在的园区；代码见 codes_parks / Park; The park the platform is in; codes: codes_parks',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '创新平台：创新平台登记：院士村、专家工作站、博士创新站、博士后工作站、研究院、工程中心。每次报送替换该单位上一版。 / Innovation platforms: Register of innovation platforms of each kind. Each submission replaces the sender\'s last.'

create or replace view mart.postgraduates
(
    `person` String comment '身份证号；居民身份证、护照或工作许可证号；只存加密散列；加密散列，各数据集可据此关联 / Identity number; Resident identity card, passport or work-permit number; only a keyed hash is stored; keyed hash, by which datasets join',
    `name` Nullable(String) comment '姓名；只显示姓 / Name; only the family name is shown',
    `university` LowCardinality(String) comment '培养高校 / University',
    `degree` LowCardinality(String) comment '培养层次；代码见 codes_degrees / Degree; codes: codes_degrees',
    `enterprise` Nullable(String) comment '企业名称 / Enterprise',
    `node` LowCardinality(String) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `entered_on` Date32 comment '进入日期 / Entered on',
    `left_on` Nullable(Date32) comment '离开日期 / Left on',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '联合培养研究生：每行一名在研究生基地联合培养的研究生。在某日在读：进入不晚于该日且未离开。 / Co-trained postgraduates: One row per postgraduate of the co-training base. In training on a day when entered by then and not left.'

create or replace view mart.postings
(
    `url` Nullable(String) comment '网址 / Address',
    `title` String comment '职位名称 / Title',
    `company` String comment '公司 / Company',
    `salary_from` Nullable(Float64) comment '月薪下限 / Monthly pay from',
    `salary_to` Nullable(Float64) comment '月薪上限 / Monthly pay to',
    `salary_months` Nullable(Int8) comment '年发月数；“·13薪”为 13；未写明为空 / Months a year; 13 for ·13薪; blank where not said',
    `salary_kind` LowCardinality(String) comment '薪酬计法；代码见 codes_salary_kinds / How pay is counted; codes: codes_salary_kinds',
    `province` LowCardinality(Nullable(String)) comment '省份；代码见 codes_provinces / Province; codes: codes_provinces',
    `city` LowCardinality(Nullable(String)) comment '城市 / City',
    `district` LowCardinality(Nullable(String)) comment '区县 / District',
    `skills` Array(LowCardinality(String)) comment '技能 / Skills',
    `ownership` LowCardinality(Nullable(String)) comment '企业性质；代码见 codes_ownerships / Ownership; codes: codes_ownerships',
    `size` LowCardinality(Nullable(String)) comment '企业规模 / Size',
    `industry` LowCardinality(Nullable(String)) comment '行业 / Industry',
    `experience` LowCardinality(Nullable(String)) comment '经验要求 / Experience',
    `education` LowCardinality(Nullable(String)) comment '学历要求 / Education',
    `posted_on` Nullable(Date32) comment '发布日期 / Posted on',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '招聘信息：招聘网站公开的职位，一行一条。薪资统一为元/月；按天、小时、周、次计酬的只标明计法，不折算。 / Job postings: Public job advertisements, one row each. Pay in yuan a month; pay by day, hour, week or piece is marked, not converted.'

create or replace view mart.products
(
    `code` String comment '成果编号 / Code',
    `kind` LowCardinality(String) comment '成果类型；代码见 codes_product_kinds / Kind; codes: codes_product_kinds',
    `title` String comment '成果名称 / Title',
    `project` String comment '合作项目编号 / Project',
    `agreement` Nullable(String) comment '协议编号；它由哪份协议而来；空为没有协议，不计入协议的成果 / Agreement; The agreement it was born of; blank is none, and it counts for no agreement',
    `country` LowCardinality(String) comment '国家或地区；代码见 codes_countries / Country or region; codes: codes_countries',
    `field` LowCardinality(Nullable(String)) comment '合作领域；代码见 codes_cooperation_fields / Field; codes: codes_cooperation_fields',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `enterprise` Nullable(String) comment '承担单位 / Enterprise',
    `produced_on` Date32 comment '取得日期 / Produced on',
    `revenue` Nullable(Float64) comment '当年销售额（万元）；单位 万元 / Sales of the year (10 000 yuan); unit 万元',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '国际合作成果：每行一项国际合作项目做成的成果：专利、新产品、标准或工艺，写明由哪个项目而来。 / Products of cooperation: One row per thing a project with a foreign partner made: a patent, product, standard or process, with its project.'

create or replace view mart.projects
(
    `code` String comment '项目编号 / Code',
    `name` String comment '项目名称 / Project',
    `signed_on` Date32 comment '签约日期 / Signed on',
    `node` LowCardinality(String) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `enterprise` Nullable(String) comment '企业名称 / Enterprise',
    `park` LowCardinality(Nullable(String)) comment '园区；项目落在的园区；代码见 codes_parks / Park; The park the project is in; codes: codes_parks',
    `investment` Float64 comment '计划总投资（万元）；单位 万元 / Investment (10 000 yuan); unit 万元',
    `talent_clause` Bool comment '是否有人才条款 / Talent clause',
    `talents` Int32 comment '带来认定人才数；随项目来的已认定人才；单位 人 / Talents; Recognised talents who came with it; unit 人',
    `lead` Nullable(String) comment '领头人身份证号；居民身份证、护照或工作许可证号；只存加密散列；加密散列，各数据集可据此关联 / Identity number of the lead; Resident identity card, passport or work-permit number; only a keyed hash is stored; keyed hash, by which datasets join',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '招商项目：每行一个签约招商项目：是否有人才条款，带来多少认定人才，领头人才是谁。 / Investment projects: One row per project signed: whether talent is a condition of it, how many recognised talents came with it, and its lead.'

create or replace view mart.publicity
(
    `title` String comment '报道标题 / Title',
    `level` LowCardinality(String) comment '媒体级别；代码见 codes_media_levels / Level; codes: codes_media_levels',
    `medium` LowCardinality(Nullable(String)) comment '媒体名称 / Medium',
    `published_on` Date32 comment '刊发日期 / Published on',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '典型宣传：每行一篇人才工作宣传报道。 / Publicity: One row per published report on the work with talents.'

create or replace view mart.rd
(
    `year` Int16 comment '年度 / Year',
    `enterprise` String comment '企业名称 / Enterprise',
    `node` LowCardinality(String) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `employed` Int32 comment '从业人数；单位 人 / Employed; unit 人',
    `rd_people` Int32 comment '研发人员；单位 人 / R&D people; unit 人',
    `rd_fte` Float64 comment '研发人员折合全时当量；单位 人年 / R&D full-time equivalent; unit 人年',
    `phd` Int32 comment '其中博士；单位 人 / Doctors; unit 人',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '研发活动：每行一家规模以上企业一年的研发活动：从业人员、研发人员、研发人员折合全时当量、博士。每次报送含历年，替换该单位上一版。 / Research and development: One row per enterprise and year: employed, R&D people, their full-time equivalent, doctors. Each submission carries all years and replaces the sender\'s last.'

create or replace view mart.research_projects
(
    `code` String comment '项目编号 / Code',
    `title` String comment '项目名称 / Title',
    `approved_on` Date32 comment '立项日期 / Approved on',
    `lump_sum` Bool comment '是否经费包干 / Lump sum',
    `amount` Float64 comment '项目经费（万元）；单位 万元 / Amount (10 000 yuan); unit 万元',
    `enterprise` Nullable(String) comment '企业名称 / Enterprise',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '科研项目：每行一个立项的科研项目，是否实行经费包干。 / Research projects: One row per research project approved, and whether its money is a lump sum.'

create or replace view mart.residents
(
    `platform` String comment '平台编号 / Platform',
    `person` String comment '身份证号；居民身份证、护照或工作许可证号；只存加密散列；加密散列，各数据集可据此关联 / Identity number; Resident identity card, passport or work-permit number; only a keyed hash is stored; keyed hash, by which datasets join',
    `name` Nullable(String) comment '姓名；只显示姓 / Name; only the family name is shown',
    `class` LowCardinality(Nullable(String)) comment '人才类别；代码见 codes_talent_classes / Talent class; codes: codes_talent_classes',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `joined_on` Date32 comment '入驻日期 / Joined on',
    `left_on` Nullable(Date32) comment '离开日期 / Left on',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '平台入驻人才：每行一人入驻一个创新平台。在某日在驻：入驻日期不晚于该日且未离开。 / Residents of platforms: One row per person resident at a platform. Resident on a day when joined by then and not left.'

create or replace view mart.results
(
    `code` String comment '成果编号 / Code',
    `title` String comment '成果名称 / Title',
    `achieved_on` Date32 comment '完成日期 / Achieved on',
    `transferred_on` Nullable(Date32) comment '转化日期 / Transferred on',
    `how` LowCardinality(Nullable(String)) comment '转化方式；代码见 codes_transfer_ways / How; codes: codes_transfer_ways',
    `enterprise` Nullable(String) comment '企业名称 / Enterprise',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '科技成果：每行一项科技成果，及其转化日期与方式。 / Research results: One row per research result, with the day and the way of its transfer.'

create or replace view mart.selections
(
    `person` String comment '身份证号；只存加密散列；加密散列，各数据集可据此关联 / Identity number; Only a keyed hash is stored; keyed hash, by which datasets join',
    `name` Nullable(String) comment '姓名；只显示姓 / Name; only the family name is shown',
    `programme` LowCardinality(String) comment '人才计划 / Programme',
    `level` LowCardinality(String) comment '计划级别；代码见 codes_selection_levels / Level; codes: codes_selection_levels',
    `year` Int16 comment '入选年度 / Year',
    `selected_on` Date32 comment '入选日期 / Selected on',
    `enterprise` Nullable(String) comment '用人单位 / Employer',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '人才计划入选：每行一人入选一项国家级或省级人才计划。 / Selections for programmes: One row per person selected for a national or provincial talent programme.'

create or replace view mart.services
(
    `code` String comment '办件编号 / Code',
    `channel` LowCardinality(String) comment '服务渠道；代码见 codes_service_channels / Channel; codes: codes_service_channels',
    `matter` LowCardinality(Nullable(String)) comment '事项 / Matter',
    `opened_on` Date32 comment '受理日期 / Opened on',
    `promised_days` Nullable(Int16) comment '承诺时限（工作日）；单位 工作日 / Promised working days; unit 工作日',
    `closed_on` Nullable(Date32) comment '办结日期 / Closed on',
    `visits` Nullable(Int8) comment '跑动次数；单位 次 / Visits; unit 次',
    `answered` Nullable(Bool) comment '是否接通；只用于热线来电 / Answered; Hotline calls only',
    `satisfaction` LowCardinality(Nullable(String)) comment '满意度；代码见 codes_satisfactions / Satisfaction; codes: codes_satisfactions',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '服务办件：每行一件人才服务：专窗、热线、一站式。承诺时限以工作日计（见工作日历）。 / Service cases: One row per case of the talent service: window, hotline, one-stop. Promised days are working days (see the calendar).'

create or replace view mart.talents
(
    `person` String comment '身份证号；居民身份证、护照或工作许可证号；只存加密散列；加密散列，各数据集可据此关联 / Identity number; Resident identity card, passport or work-permit number; only a keyed hash is stored; keyed hash, by which datasets join',
    `name` Nullable(String) comment '姓名；只显示姓 / Name; only the family name is shown',
    `class` LowCardinality(String) comment '人才类别；代码见 codes_talent_classes / Talent class; codes: codes_talent_classes',
    `recognised_on` Date32 comment '认定日期 / Recognised on',
    `valid_to` Nullable(Date32) comment '有效期至；此日起不再计入；空为长期有效 / Valid to; No longer counted from this day on; blank is for good',
    `sex` LowCardinality(Nullable(String)) comment '性别；代码见 codes_sexes / Sex; codes: codes_sexes',
    `birth_year` Nullable(Int16) comment '出生年份 / Year of birth',
    `education` LowCardinality(Nullable(String)) comment '学历；代码见 codes_education / Education; codes: codes_education',
    `enterprise` String comment '用人单位 / Employer',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `park` LowCardinality(Nullable(String)) comment '园区；用人单位所在的园区；代码见 codes_parks / Park; The park the employer is in; codes: codes_parks',
    `left_on` Nullable(Date32) comment '离区日期 / Left on',
    `flexible` Bool comment '是否柔性引进；柔性引才（不转人事关系、按约定时间服务） / Flexible; Engaged flexibly: serves agreed time, employment stays elsewhere',
    `programme` LowCardinality(Nullable(String)) comment '入选计划 / Programme',
    `country` LowCardinality(String) comment '国籍；代码见 codes_countries / Nationality; codes: codes_countries',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '人才认定台账：每行一次人才认定（A 至 F 类）。在某日计入存量：认定日不晚于该日、未到失效日、未离区。 / Register of recognised talent: One row per recognition of a person as class A to F. In stock on a day when recognised by then, not expired and not left.'

create or replace view mart.targets
(
    `metric` LowCardinality(String) comment '指标代码 / Metric',
    `title` LowCardinality(Nullable(String)) comment '指标名称 / Title',
    `unit_name` LowCardinality(String) comment '责任单位 / Responsible unit',
    `scope` LowCardinality(Nullable(String)) comment '考核范围；该目标只算指标的哪一部分，写成 维度=值，如 园区=磁材小镇、产业链=磁性材料；几个条件用分号隔开，几个值用顿号隔开。空白按责任单位的默认范围，没有默认范围的按全区计 / Scope; Which part of the measure the target is of: dimension=value, such as park=magnet; several conditions with semicolons, several values with commas. Blank: the unit\'s own scope, else the whole zone',
    `period` LowCardinality(String) comment '考核期；2026、2026H1、2026Q2 或 2026-06 / Period; 2026, 2026H1, 2026Q2 or 2026-06',
    `target` Float64 comment '目标值 / Target',
    `tier` LowCardinality(String) comment '目标档次；代码见 codes_target_tiers / Tier; codes: codes_target_tiers',
    `weight` Nullable(Float64) comment '权重 / Weight',
    `cap` Nullable(Float64) comment '得分上限；完成率计分的上限（%） / Cap; Greatest share of the target that scores (%)',
    `valid_from` Date32 comment '生效日期 / Valid from',
    `reason` Nullable(String) comment '调整原因 / Reason',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '目标责任：目标责任制：每行一个指标、责任单位、期间、档次的目标值。同一目标生效日期较晚的一行自该日起取代前一行（年中调整须写原因）。 / Targets: One row per metric, responsible unit, period and tier. Of the same target the row with the later day of validity replaces the former from that day on (a change within the year needs its reason).'

create or replace view mart.teams
(
    `lead` String comment '领头人身份证号；居民身份证、护照或工作许可证号；只存加密散列；加密散列，各数据集可据此关联 / Identity number of the lead; Resident identity card, passport or work-permit number; only a keyed hash is stored; keyed hash, by which datasets join',
    `lead_name` Nullable(String) comment '领头人姓名；只显示姓 / Name of the lead; only the family name is shown',
    `project` Nullable(String) comment '项目编号 / Project',
    `member` String comment '成员身份证号；居民身份证、护照或工作许可证号；只存加密散列；加密散列，各数据集可据此关联 / Identity number of the member; Resident identity card, passport or work-permit number; only a keyed hash is stored; keyed hash, by which datasets join',
    `member_name` Nullable(String) comment '成员姓名；只显示姓 / Name of the member; only the family name is shown',
    `role` LowCardinality(Nullable(String)) comment '角色 / Role',
    `node` LowCardinality(String) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `enterprise` Nullable(String) comment '企业名称 / Enterprise',
    `joined_on` Date32 comment '加入日期 / Joined on',
    `left_on` Nullable(Date32) comment '离开日期 / Left on',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '人才团队：雁阵：每行一名成员加入一位领头人才的团队，可注明带动的项目。 / Teams behind a lead: The formation: one row per member of the team behind a leading talent, with the project where there is one.'

create or replace view mart.trainings
(
    `person` String comment '身份证号；只存加密散列；加密散列，各数据集可据此关联 / Identity number; Only a keyed hash is stored; keyed hash, by which datasets join',
    `name` Nullable(String) comment '姓名；只显示姓 / Name; only the family name is shown',
    `course` LowCardinality(String) comment '培训项目 / Course',
    `provider` LowCardinality(String) comment '培训机构 / Provider',
    `node` LowCardinality(Nullable(String)) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `skill_level` Int8 comment '培训等级；位次 0 至 8；高级工（三级）为 4；位次见 codes_skill_levels.rank / Level; Rank 0 to 8; senior worker (level 3) is 4; ranks: codes_skill_levels.rank',
    `started_on` Date32 comment '开班日期 / Started on',
    `ended_on` Nullable(Date32) comment '结业日期 / Ended on',
    `enrolled` Bool comment '是否报名 / Enrolled',
    `examined` Bool comment '是否参加考核 / Examined',
    `passed` Bool comment '是否合格 / Passed',
    `certified_on` Nullable(Date32) comment '取证日期 / Certified on',
    `employed_before` Bool comment '培训前是否就业 / Employed before',
    `employed_after_6m` Nullable(Bool) comment '训后6个月是否就业；未满 6 个月留空 / Employed after six months; Blank before six months have passed',
    `subsidy` Nullable(Float64) comment '补贴金额；元；单位 元 / Subsidy; Yuan; unit 元',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '技能培训：每行一人参加一次培训：报名、参考、合格、取证，以及半年后是否就业。 / Skills training: One row per person and course: enrolled, examined, passed, certified, and employed six months later.'

create or replace view mart.vacancies
(
    `posted_on` Date32 comment '发布日期 / Posted on',
    `closed_on` Nullable(Date32) comment '关闭日期 / Closed on',
    `enterprise` String comment '用人单位 / Employer',
    `node` LowCardinality(String) comment '产业链节点；代码见 codes_nodes / Chain node; codes: codes_nodes',
    `park` LowCardinality(Nullable(String)) comment '园区；用人单位所在的园区；代码见 codes_parks / Park; The park the employer is in; codes: codes_parks',
    `occupation` LowCardinality(String) comment '岗位名称 / Post',
    `skill_level` Nullable(Int8) comment '技能等级要求；位次见 codes_skill_levels.rank / Skill level wanted; ranks: codes_skill_levels.rank',
    `education` LowCardinality(Nullable(String)) comment '学历要求；代码见 codes_education / Education wanted; codes: codes_education',
    `needed` Int32 comment '需求人数；单位 人 / People needed; unit 人',
    `filled` Int32 comment '已到岗人数；单位 人 / Filled; unit 人',
    `applicants` Int32 comment '求职人数；单位 人 / Applicants; unit 人',
    `urgent` Bool comment '是否急需紧缺 / Urgent',
    `salary_from` Nullable(Float64) comment '月薪下限；元/月；“8千-1.1万”这样的一格同时给出上下限 / Monthly pay from; Yuan a month; one cell like 8千-1.1万 gives both ends',
    `salary_to` Nullable(Float64) comment '月薪上限 / Monthly pay to',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '岗位需求：每行一个岗位的需求：需求、已到岗与求职人数，是否急需紧缺。缺口为需求减已到岗。 / Vacancies: One row per post wanted: people needed, filled and applying, urgent or not.'

create or replace view mart.yearbook
(
    `year` Int16 comment '年度 / Year',
    `item` LowCardinality(String) comment '指标；代码见 codes_yearbook_items / Item; codes: codes_yearbook_items',
    `value` Float64 comment '数值 / Value',
    `unit` LowCardinality(Nullable(String)) comment '计量单位 / Unit of measure',
    `_file` LowCardinality(String) comment '来源文件 / the file it came from',
    `_sheet` LowCardinality(String) comment '来源工作表 / the sheet it came from',
    `_row` UInt32 comment '在来源文件中的行号 / the row in that file'
)
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
comment '统计年报：每行一个年度一项统计数：常住人口、从业人员、符合授权条件企业数等。每次报送替换该单位上一版。 / Yearbook: One row per year and item: resident population, employed, enterprises eligible to evaluate, and so on. Each submission replaces the sender\'s last.'

