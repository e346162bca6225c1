select
    _period,
    toNullable(((_v0 / nullIf(_v1, 0)) * 100)) as _value,
    multiIf(isNotNull(_value), '', _v1 = 0, 'zero_base', 'no_rows') as _why,
    _n
from (
    select
        _period,
        ifNull(toFloat64(countIf((skill_level >= 4))), 0) as _v0,
        ifNull(toFloat64(count()), 0) as _v1,
        count() as _n
    from (
        select
            _period,
            person,
            _first as skill_level
        from (
            select
                _period,
                person,
                max(skill_level) as _first
            from (
                select
                    certified_on as day,
                    enterprise,
                    node,
                    occupation,
                    park,
                    'certificate' as path,
                    person,
                    skill_level
                from mart.certificates
                where skill_level >= 2
                union all
                select
                    date as day,
                    enterprise,
                    node,
                    occupation,
                    park,
                    'arrival' as path,
                    person,
                    skill_level
                from mart.arrivals
                where direction = 'in' and first_local and skill_level >= 2
            )
            array join {heads:Array(Date32)} as _period, {since:Array(Date32)} as _since, {until:Array(Date32)} as _day
            where
                day >= {from:Date32}
                and day < {to:Date32}
                and day >= _since
                and day <= _day
            group by
                _period,
                person
        )
    )
    group by _period
)
order by _period
-- from = 2025-07-01
-- heads = ['2026-01-01']
-- since = ['2025-07-01']
-- to = 2026-07-01
-- until = ['2026-06-30']
