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
            node as _k0,
            ifNull(toFloat64(sumIf(employed, (area = 'zone'))), 0) as _v0,
            ifNull(toFloat64(sumIf(employed, (area = 'city'))), 0) as _v1,
            count() as _n
        from mart.labour
        array join {periods:Array(Date32)} as _period, {days:Array(Date32)} as _day
        where
            month <= _day
            and addMonths(month, 1) > _day
            and (((area = 'zone')) or ((area = 'city')))
            and ifNull(toString(splitByChar('.', assumeNotNull(node))[1]), '') in {w0:Array(String)}
        group by
            _period,
            _k0
    ) as _part
    left join (
        select
            _period,
            ifNull(toFloat64(sumIf(employed, (area = 'zone'))), 0) as _v0,
            ifNull(toFloat64(sumIf(employed, (area = 'city'))), 0) as _v1,
            count() as _n
        from mart.labour
        array join {periods:Array(Date32)} as _period, {days:Array(Date32)} as _day
        where
            month <= _day
            and addMonths(month, 1) > _day
            and (((area = 'zone')) or ((area = 'city')))
        group by _period
    ) as _whole on _part._period = _whole._period
)
order by _period, _k0
-- days = ['2026-06-30']
-- periods = ['2026-01-01']
-- w0 = ['magnetic']
