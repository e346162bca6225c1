select
    _period,
    toFloat64(count()) as _value,
    count() as _n
from (
    select
        _period,
        person
    from store.talents
    array join {periods:Array(Date32)} as _period, {days:Array(Date32)} as _day
    where
        _batch in (select batch from meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')}) where dataset = 'talents')
        and recognised_on <= _day
        and (valid_to is null or valid_to > _day)
        and (left_on is null or left_on > _day)
        and class in ('A', 'B', 'C', 'D', 'E')
    group by
        _period,
        person
)
group by _period
order by _period
-- as_of = 2026-03-01 00:00:00.000000
-- days = ['2026-06-30']
-- periods = ['2026-01-01']
