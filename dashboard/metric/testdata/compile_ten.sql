select
    toDate32(addDays(toStartOfMonth(date), multiIf(toDayOfMonth(date) > 20, 20, toDayOfMonth(date) > 10, 10, 0))) as _period,
    ifNull(toString(splitByChar('.', assumeNotNull(node))[1]), '') as _k0,
    toFloat64(uniqExact(person, date)) as _value,
    count() as _n
from mart.arrivals
where
    date >= {from:Date32}
    and date < {to:Date32}
    and direction = 'in'
group by
    _period,
    _k0
order by _period, _k0
-- from = 2026-01-01
-- to = 2026-07-01
