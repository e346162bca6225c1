select
    _period,
    _k0,
    toNullable(((_v0 / nullIf(_v1, 0)) / nullIf((_v2 / nullIf(_v3, 0)), 0))) as _value,
    multiIf(isNotNull(_value), '', _v1 = 0 or _v3 = 0 or (_v2 / nullIf(_v3, 0)) = 0, 'zero_base', 'no_rows') as _why,
    _n
from (
    select
        _part._period as _period,
        _part._k0 as _k0,
        _part._v0 as _v0,
        _whole._v0 as _v1,
        _part._v1 as _v2,
        _whole._v1 as _v3,
        _part._n as _n
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
                    _period,
                    ifNull(toString(node), '') as _k0,
                    toFloat64(sum(employed)) as _value,
                    count() as _n
                from (
                    select
                        area,
                        employed,
                        month as first,
                        hires,
                        addMonths(month, 1) as next,
                        node,
                        seekers,
                        vacancies
                    from mart.labour
                )
                array join {periods:Array(Date32)} as _period, {days:Array(Date32)} as _day
                where
                    (first is null or first <= _day)
                    and (next is null or next > _day)
                    and area = 'zone'
                    and ifNull(toString(splitByChar('.', assumeNotNull(node))[1]), '') in {w0:Array(String)}
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
                    _period,
                    ifNull(toString(node), '') as _k0,
                    toFloat64(sum(employed)) as _value,
                    count() as _n
                from (
                    select
                        area,
                        employed,
                        month as first,
                        hires,
                        addMonths(month, 1) as next,
                        node,
                        seekers,
                        vacancies
                    from mart.labour
                )
                array join {periods:Array(Date32)} as _period, {days:Array(Date32)} as _day
                where
                    (first is null or first <= _day)
                    and (next is null or next > _day)
                    and area = 'city'
                    and ifNull(toString(splitByChar('.', assumeNotNull(node))[1]), '') in {w0:Array(String)}
                group by
                    _period,
                    _k0
            )
        )
        group by
            _period,
            _k0
    ) as _part
    left join (
        select
            _period,
            ifNull(maxOrNullIf(_part, _arg = 0), 0) as _v0,
            ifNull(maxOrNullIf(_part, _arg = 1), 0) as _v1,
            sum(_rows) as _n
        from (
            select
                0 as _arg,
                _period,
                toNullable(_value) as _part,
                _n as _rows
            from (
                select
                    _period,
                    toFloat64(sum(employed)) as _value,
                    count() as _n
                from (
                    select
                        area,
                        employed,
                        month as first,
                        hires,
                        addMonths(month, 1) as next,
                        node,
                        seekers,
                        vacancies
                    from mart.labour
                )
                array join {periods:Array(Date32)} as _period, {days:Array(Date32)} as _day
                where
                    (first is null or first <= _day)
                    and (next is null or next > _day)
                    and area = 'zone'
                group by _period
            )
            union all
            select
                1 as _arg,
                _period,
                toNullable(_value) as _part,
                _n as _rows
            from (
                select
                    _period,
                    toFloat64(sum(employed)) as _value,
                    count() as _n
                from (
                    select
                        area,
                        employed,
                        month as first,
                        hires,
                        addMonths(month, 1) as next,
                        node,
                        seekers,
                        vacancies
                    from mart.labour
                )
                array join {periods:Array(Date32)} as _period, {days:Array(Date32)} as _day
                where
                    (first is null or first <= _day)
                    and (next is null or next > _day)
                    and area = 'city'
                group by _period
            )
        )
        group by _period
    ) as _whole on _part._period = _whole._period
)
order by _period, _k0
-- days = ['2026-06-30']
-- periods = ['2026-01-01']
-- w0 = ['magnetic']
