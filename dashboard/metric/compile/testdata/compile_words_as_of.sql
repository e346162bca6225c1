select
    {from:Date32} as _period,
    toFloat64(quantileExactInclusive(0.5)((arrayElement((select arrayMap(_x -> toNullable(_x), groupArray(nth)) from (select nth from store.calendar where _batch in (select batch from meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')}) where dataset = 'calendar') order by date)), greatest(dateDiff('day', (select min(date) from store.calendar where _batch in (select batch from meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')}) where dataset = 'calendar')), toDate32(paid_on)) + 1, 0)) - arrayElement((select arrayMap(_x -> toNullable(_x), groupArray(nth)) from (select nth from store.calendar where _batch in (select batch from meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')}) where dataset = 'calendar') order by date)), greatest(dateDiff('day', (select min(date) from store.calendar where _batch in (select batch from meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')}) where dataset = 'calendar')), toDate32(applied_on)) + 1, 0))))) as _value,
    count() as _n
from store.benefits
where
    _batch in (select batch from meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')}) where dataset = 'benefits')
    and paid_on >= {from:Date32}
    and paid_on < {to:Date32}
group by _period
order by _period
-- as_of = 2026-03-01 00:00:00.000000
-- from = 2026-01-01
-- to = 2026-07-01
