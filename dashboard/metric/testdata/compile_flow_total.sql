select
    {from:Date32} as _period,
    toFloat64(uniqExact(person, date)) as _value,
    count() as _n
from mart.arrivals
where
    date >= {from:Date32}
    and date < {to:Date32}
    and direction = 'in'
group by _period
order by _period
-- from = 2026-01-01
-- to = 2026-07-01
