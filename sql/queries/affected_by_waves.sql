-- The other records whose documents show something of these waves: counts, totals, supported
-- claims, and whether a related wave is canonical. Asked before and after a change, because a wave
-- may leave a company, a source or a driver as well as reach one.
select
    'company' as resource,
    wave.company::text as id
from ledger.wave
where wave.id = any($1::text[])
union
select
    'source' as resource,
    citation.source::text as id
from ledger.citation
where citation.wave = any($1::text[])
union
select
    'driver' as resource,
    driver_claim.driver::text as id
from ledger.driver_claim
where driver_claim.wave = any($1::text[])
union
select
    'role' as resource,
    role_claim.role::text as id
from ledger.role_claim
where role_claim.wave = any($1::text[])
union
select
    'wave' as resource,
    relation.other::text as id
from ledger.relation
where relation.wave = any($1::text[])
