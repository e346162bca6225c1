select
    _period,
    _k0,
    sum(_value) as _value,
    sum(_n) as _n
from (
    select _period, _k0, _value, _n from (
        select
            _period,
            ifNull(toString(splitByChar('.', assumeNotNull(node))[1]), '') as _k0,
            toFloat64(countIf(addMonths(date, 12) <= {data_day:Date32})) as _value,
            count() as _n
        from (
            select
                {from:Date32} as _period,
                channel,
                date,
                node
            from mart.arrivals
            where
                date >= {from:Date32}
                and date < {to:Date32}
                and direction = 'in'
            order by
                date,
                channel,
                education,
                employment,
                enterprise,
                node,
                origin_country,
                origin_province,
                park,
                sex
            limit 1 by _period, person
        )
        where ifNull(toString(channel), '') in {w0:Array(String)}
        group by
            _period,
            _k0
    )
    union all
    select _period, _k0, _value, _n from (
        select
            _period,
            ifNull(toString(splitByChar('.', assumeNotNull(node))[1]), '') as _k0,
            toFloat64(-countIf(addMonths(date, 12) <= {data_day:Date32} and arrayExists(_x -> _x > date and _x <= addMonths(date, 12), left_days))) as _value,
            toUInt64(0) as _n
        from (
            select
                {from:Date32} as _period,
                channel,
                date,
                node,
                person
            from mart.arrivals
            where
                date >= {from:Date32}
                and date < {to:Date32}
                and direction = 'in'
                and person in (
                    select person
                    from mart.arrivals
                    where direction = 'out'
                )
            order by
                date,
                channel,
                education,
                employment,
                enterprise,
                node,
                origin_country,
                origin_province,
                park,
                sex
            limit 1 by _period, person
        ) as _own
        left join (
            select
                person,
                groupArray(date) as left_days
            from mart.arrivals
            where direction = 'out'
            group by person
        ) as _other using (person)
        where ifNull(toString(channel), '') in {w0:Array(String)}
        group by
            _period,
            _k0
    )
)
group by
    _period,
    _k0
order by _period, _k0
-- data_day = 2026-06-30
-- from = 2026-01-01
-- to = 2026-07-01
-- w0 = ['campus']
