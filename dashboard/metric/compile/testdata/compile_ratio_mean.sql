select
    _period,
    toNullable(((_v0 / nullIf(_v1, 0)) * 100)) as _value,
    multiIf(isNotNull(_value), '', _v1 = 0, 'zero_base', 'no_rows') as _why,
    _n
from (
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
                toDate32(toStartOfQuarter(assumeNotNull(left_on))) as _period,
                toFloat64(uniqExact(person)) as _value,
                count() as _n
            from mart.talents
            where
                left_on >= {from:Date32}
                and left_on < {to:Date32}
                and (class in ('A', 'B', 'C', 'D', 'E') and (valid_to is null or left_on < valid_to))
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
                sum(_part) / 2 as _value,
                max(_rows) as _n
            from (
                select
                    _period,
                    _value as _part,
                    _n as _rows
                from (
                    select
                        _period,
                        toFloat64(count()) as _value,
                        count() as _n
                    from (
                        select
                            _period,
                            _day,
                            person
                        from mart.talents
                        array join {mean_periods:Array(Date32)} as _period, {mean_days:Array(Date32)} as _day
                        where
                            recognised_on <= _day
                            and (valid_to is null or valid_to > _day)
                            and (left_on is null or left_on > _day)
                            and class in ('A', 'B', 'C', 'D', 'E')
                        group by
                            _period,
                            _day,
                            person
                    )
                    group by
                        _period,
                        _day
                )
            )
            group by _period
        )
    )
    group by _period
)
order by _period
-- from = 2026-01-01
-- mean_days = ['2025-12-31','2026-03-31','2026-03-31','2026-06-30']
-- mean_periods = ['2026-01-01','2026-01-01','2026-04-01','2026-04-01']
-- to = 2026-07-01
