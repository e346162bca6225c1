select
    toDate32(addMonths(toStartOfYear(date), if(toMonth(date) > 6, 6, 0))) as _period,
    ifNull(toString(multiIf(birth_date is null, '', age('year', birth_date, date) < 25, 'u25', age('year', birth_date, date) < 30, '25-29', age('year', birth_date, date) <= 35, '30-35', age('year', birth_date, date) <= 45, '36-45', '46+')), '') as _k0,
    toFloat64(uniqExact(person)) as _value,
    count() as _n
from mart.arrivals
where
    date >= {from:Date32}
    and date < {to:Date32}
    and direction = 'in' and first_local and education in ('11', '14', '17', '21', '28', '31') and birth_date is not null and age('year', birth_date, date) <= 35
group by
    _period,
    _k0
order by _period, _k0
-- from = 2026-01-01
-- to = 2026-07-01
