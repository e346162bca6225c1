select
    _period,
    toFloat64(sum(_u0)) as _value,
    sum(_rows) as _n
from (
    select
        date as _part,
        uniqExact(person) as _u0,
        count() as _rows
    from mart.arrivals
    where
        date >= {from:Date32}
        and date < {to:Date32}
        and direction = 'in'
    group by _part
)
array join {heads:Array(Date32)} as _period, {since:Array(Date32)} as _since, {until:Array(Date32)} as _day
where
    _part >= _since
    and _part <= _day
group by _period
order by _period
-- from = 2026-01-01
-- heads = ['2026-01-01','2026-03-01','2026-04-01','2026-05-01','2026-06-01']
-- since = ['2026-01-01','2026-03-01','2026-04-01','2026-05-01','2026-06-01']
-- to = 2026-07-01
-- until = ['2026-02-28','2026-03-31','2026-04-30','2026-05-31','2026-06-30']
