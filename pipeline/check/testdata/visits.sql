select
    toString(count()) as _r0,
    toString(toFloat64(ifNull(sum(toInt128(`people`)), 0))) as _r1,
    toString(toFloat64(ifNull(sumKahan(`cost`), 0))) as _r2,
    ifNull(toString(minOrNull(`day`)), '') as _r3,
    ifNull(toString(maxOrNull(`day`)), '') as _r4,
    toString(countIf((`day` < {from:Date32} or `day` >= {to:Date32}))) as _r5,
    arrayStringConcat(groupArrayIf(5)(concat(_file, if(_sheet = '', '', concat('!', _sheet)), ':', toString(_row)), (`day` < {from:Date32} or `day` >= {to:Date32})), '\n') as _r6,
    toString(uniqExact(cityHash64(`who`, isNull(`place`), ifNull(toString(`place`), '')))) as _r7,
    toString(toUInt8(ifNull((avg(cost) < 100), 1))) as _r8,
    toString(toUInt8(ifNull((max(people) <= 50), 1))) as _r9,
    toString(uniqExact(cityHash64(`who`, `day`))) as _r10
from store.visits
where `_batch` = {batch:UInt32}
