select
    _period,
    toFloat64(sum(_u0)) as _value,
    sum(_rows) as _n
from (
    select
        {from:Date32} as _period,
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
        _part
)
group by _period
order by _period
-- from = 2026-01-01
-- to = 2026-07-01
