select
    _period,
    toNullable(((_v0 / nullIf(_v1, 0)) * 100)) as _value,
    multiIf(isNotNull(_value), '', _v1 = 0, 'zero_base', 'no_rows') as _why,
    _n
from (
    select
        toDate32(toStartOfMonth(opened_on)) as _period,
        ifNull(toFloat64(countIf((closed_on is not null and (arrayElement((select arrayMap(_x -> toNullable(_x), groupArray(nth)) from (select nth from mart.calendar order by date)), greatest(dateDiff('day', (select min(date) from mart.calendar), toDate32(closed_on)) + 1, 0)) - arrayElement((select arrayMap(_x -> toNullable(_x), groupArray(nth)) from (select nth from mart.calendar order by date)), greatest(dateDiff('day', (select min(date) from mart.calendar), toDate32(opened_on)) + 1, 0))) <= promised_days))), 0) as _v0,
        ifNull(toFloat64(count()), 0) as _v1,
        count() as _n
    from mart.services
    where
        opened_on >= {from:Date32}
        and opened_on < {to:Date32}
        and (promised_days is not null and (closed_on <= {lasts:Array(Date32)}[indexOf({heads:Array(Date32)}, toDate32(toStartOfMonth(opened_on)))] or (arrayElement((select arrayMap(_x -> toNullable(_x), groupArray(nth)) from (select nth from mart.calendar order by date)), greatest(dateDiff('day', (select min(date) from mart.calendar), toDate32({lasts:Array(Date32)}[indexOf({heads:Array(Date32)}, toDate32(toStartOfMonth(opened_on)))])) + 1, 0)) - arrayElement((select arrayMap(_x -> toNullable(_x), groupArray(nth)) from (select nth from mart.calendar order by date)), greatest(dateDiff('day', (select min(date) from mart.calendar), toDate32(opened_on)) + 1, 0))) >= promised_days))
    group by _period
)
order by _period
-- from = 2026-01-01
-- heads = ['2026-01-01','2026-02-01','2026-03-01','2026-04-01','2026-05-01','2026-06-01']
-- lasts = ['2026-01-31','2026-02-28','2026-03-31','2026-04-30','2026-05-31','2026-06-30']
-- to = 2026-07-01
