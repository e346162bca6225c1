select
    _period,
    _k0,
    sum(_part) as _value,
    if(isNull(_value), max(_reason), '') as _why,
    sum(_rows) as _n
from (
    select
        _period,
        _k0,
        _value as _part,
        _why as _reason,
        _n as _rows
    from (
        select
            _period,
            _k0,
            _k1,
            toNullable(if(isNull((_v0 - _v1)) or isNull(0), null, greatest((_v0 - _v1), 0))) as _value,
            if(isNull(_value), 'no_rows', '') as _why,
            _n
        from (
            select
                {from:Date32} as _period,
                ifNull(toString(splitByChar('.', assumeNotNull(node))[1]), '') as _k0,
                node as _k1,
                ifNull(toFloat64(sum(needed)), 0) as _v0,
                ifNull(toFloat64(sum(ifNull(applicants, 0))), 0) as _v1,
                count() as _n
            from mart.vacancies
            where
                posted_on >= {from:Date32}
                and posted_on < {to:Date32}
            group by
                _period,
                _k0,
                _k1
        )
    )
)
group by
    _period,
    _k0
order by _period, _k0
-- from = 2026-01-01
-- to = 2026-07-01
