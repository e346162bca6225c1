select
    _period,
    _k0,
    toNullable((_v0 - _v1)) as _value,
    if(isNull(_value), 'no_rows', '') as _why,
    _n
from (
    select
        {from:Date32} as _period,
        ifNull(toString(origin_province), '') as _k0,
        ifNull(toFloat64(uniqExactIf(person, date, (direction = 'in'))), 0) as _v0,
        ifNull(toFloat64(uniqExactIf(person, date, (direction = 'out'))), 0) as _v1,
        count() as _n
    from mart.arrivals
    where
        date >= {from:Date32}
        and date < {to:Date32}
        and (((direction = 'in')) or ((direction = 'out')))
    group by
        _period,
        _k0
)
order by _period, _k0
-- from = 2026-01-01
-- to = 2026-07-01
