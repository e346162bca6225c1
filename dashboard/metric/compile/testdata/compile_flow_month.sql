select
    _period,
    _k0,
    _k1,
    toFloat64(sum(_u0)) as _value,
    sum(_rows) as _n
from (
    select
        toDate32(toStartOfMonth(date)) as _period,
        ifNull(toString(splitByChar('.', assumeNotNull(node))[1]), '') as _k0,
        ifNull(toString(multiIf(education in ('11', '12', '13'), 'doctor', education in ('10', '14', '15', '16', '17', '18', '19'), 'master', education in ('20', '21', '22', '23', '28'), 'bachelor', education in ('30', '31', '32', '33'), 'college', education is null, '', 'other')), '') as _k1,
        date as _part,
        uniqExact(person) as _u0,
        count() as _rows
    from mart.arrivals
    where
        date >= {from:Date32}
        and date < {to:Date32}
        and direction = 'in'
        and node in {w0:Array(String)}
        and enterprise in {w1:Array(String)}
    group by
        _period,
        _k0,
        _k1,
        _part
)
group by
    _period,
    _k0,
    _k1
order by _period, _k0, _k1
-- from = 2026-01-01
-- to = 2026-07-01
-- w0 = ['magnetic.raw']
-- w1 = ['it\'s \\']
