select
    _period,
    class as _k0,
    toFloat64(count()) as _value,
    count() as _n
from (
    select
        _period,
        person,
        _first as class
    from (
        select
            _period,
            person,
            min(class) as _first
        from mart.talents
        array join {periods:Array(Date32)} as _period, {days:Array(Date32)} as _day
        where
            recognised_on <= _day
            and (valid_to is null or valid_to > _day)
            and (left_on is null or left_on > _day)
            and class in ('A', 'B', 'C', 'D', 'E')
        group by
            _period,
            person
    )
)
group by
    _period,
    _k0
order by _period, _k0
-- days = ['2026-03-31','2026-06-30']
-- periods = ['2026-01-01','2026-04-01']
