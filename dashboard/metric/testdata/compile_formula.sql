select
    _period,
    _k0,
    toNullable((_v0 - _v1)) as _value,
    if(isNull(_value), 'no_rows', '') as _why,
    _n
from (
    select
        _period,
        _k0,
        ifNull(maxOrNullIf(_part, _arg = 0), 0) as _v0,
        ifNull(maxOrNullIf(_part, _arg = 1), 0) as _v1,
        sum(_rows) as _n
    from (
        select
            0 as _arg,
            _period,
            _k0,
            toNullable(_value) as _part,
            _n as _rows
        from (
            select
                {from:Date32} as _period,
                ifNull(toString(origin_province), '') as _k0,
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
        )
        union all
        select
            1 as _arg,
            _period,
            _k0,
            toNullable(_value) as _part,
            _n as _rows
        from (
            select
                {from:Date32} as _period,
                ifNull(toString(origin_province), '') as _k0,
                toFloat64(uniqExact(person, date)) as _value,
                count() as _n
            from mart.arrivals
            where
                date >= {from:Date32}
                and date < {to:Date32}
                and direction = 'out'
            group by
                _period,
                _k0
        )
    )
    group by
        _period,
        _k0
)
order by _period, _k0
-- from = 2026-01-01
-- to = 2026-07-01
