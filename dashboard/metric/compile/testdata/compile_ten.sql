select
    _period,
    _k0,
    toFloat64(sum(_u0)) as _value,
    sum(_rows) as _n
from (
    select
        toDate32(addDays(toStartOfMonth(date), multiIf(toDayOfMonth(date) > 20, 20, toDayOfMonth(date) > 10, 10, 0))) as _period,
        ifNull(toString(splitByChar('.', assumeNotNull(node))[1]), '') as _k0,
        date as _part,
        uniqExact(person) as _u0,
        count() as _rows
    from mart.arrivals
    where
        date >= {from:Date32}
        and date < {to:Date32}
        and direction = 'in'
    group by
        _period,
        _k0,
        _part
)
group by
    _period,
    _k0
order by _period, _k0
-- from = 2026-01-01
-- to = 2026-07-01
