select
    toDate32(toStartOfQuarter(posted_on)) as _period,
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
order by _period, _k0, _k1
-- from = 2026-01-01
-- to = 2026-07-01
