select
    _period,
    _k0,
    toNullable(((_v0 / nullIf(_v1, 0)) * 100)) as _value,
    multiIf(isNotNull(_value), '', _v1 = 0, 'zero_base', 'no_rows') as _why,
    _n
from (
    select
        toDate32(toStartOfYear(date)) as _period,
        ifNull(toString(splitByChar('.', assumeNotNull(node))[1]), '') as _k0,
        ifNull(toFloat64(uniqExactIf(person, (education in ('11', '14', '17', '21', '28')))), 0) as _v0,
        ifNull(toFloat64(uniqExact(person)), 0) as _v1,
        count() as _n
    from mart.arrivals
    where
        date >= {from:Date32}
        and date < {to:Date32}
        and direction = 'in' and first_local and education in ('11', '14', '17', '21', '28', '31') and birth_date is not null and age('year', birth_date, date) <= 35
    group by
        _period,
        _k0
)
order by _period, _k0
-- from = 2026-01-01
-- to = 2026-07-01
