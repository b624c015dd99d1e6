-- The other records whose documents show something of these waves: totals, supported claims,
-- whether a related wave is canonical, and counts. Run before and after a change, because a wave
-- may leave a company, a source or a driver as well as reach one. If only a count is shown, `waves`
-- says how many of these waves are in it: counting all of them takes long, and is only needed if
-- there are more or fewer than before. It counts what the view of the record counts.
select
    'company' as resource,
    wave.company::text as id,
    null::bigint as waves
from ledger.wave
where wave.id = any($1::text[])
union
select
    'source' as resource,
    citation.source::text as id,
    null::bigint as waves
from ledger.citation
where citation.wave = any($1::text[])
union
select
    'wave' as resource,
    relation.other::text as id,
    null::bigint as waves
from ledger.relation
where relation.wave = any($1::text[])
union
-- What a wave adds to a total depends on those that its figure includes, and on whether they count.
select
    'wave' as resource,
    magnitude_inclusion.wave::text as id,
    null::bigint as waves
from ledger.magnitude_inclusion
where
    magnitude_inclusion.included = any($1::text[])
    or magnitude_inclusion.included in (
        select relation.other from ledger.relation where relation.wave = any($1::text[])
    )
union all
select
    'driver' as resource,
    affirmed_driver.driver::text as id,
    count(distinct affirmed_driver.wave) as waves
from api.affirmed_driver
where affirmed_driver.wave = any($1::text[])
group by affirmed_driver.driver
union all
select
    'role' as resource,
    cut_role.role::text as id,
    count(distinct cut_role.wave) as waves
from api.cut_role
where cut_role.wave = any($1::text[])
group by cut_role.role
union all
select
    'collection' as resource,
    wave.collection::text as id,
    count(*) as waves
from ledger.wave
where wave.id = any($1::text[])
group by wave.collection
