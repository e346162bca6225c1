select
    _period,
    toFloat64(uniqExact(person)) as _value,
    count() as _n
from mart.arrivals
array join {heads:Array(Date32)} as _period, {since:Array(Date32)} as _since, {until:Array(Date32)} as _day
where
    date >= {from:Date32}
    and date < {to:Date32}
    and date >= _since
    and date <= _day
    and direction = 'in' and first_local and education in ('11', '14', '17', '21', '28', '31') and birth_date is not null and age('year', birth_date, date) <= 35
group by _period
order by _period
-- from = 2026-01-01
-- heads = ['2026-01-01','2026-02-01','2026-03-01','2026-04-01','2026-05-01','2026-06-01']
-- since = ['2026-01-01','2026-01-01','2026-01-01','2026-01-01','2026-01-01','2026-01-01']
-- to = 2026-07-01
-- until = ['2026-01-31','2026-02-28','2026-03-31','2026-04-30','2026-05-31','2026-06-30']
