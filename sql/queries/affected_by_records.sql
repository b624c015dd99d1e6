-- The waves and companies whose documents repeat something of these companies, sources, drivers,
-- roles, countries or industries: names, labels, addresses, and the totals of a company.
select
    'wave' as resource,
    wave.id::text as id
from ledger.wave
where wave.company = any($1::text[])
union
select
    'company' as resource,
    company.id::text as id
from ledger.company
where company.parent = any($1::text[])
union
select
    'company' as resource,
    company.id::text as id
from ledger.company
where company.country = any($5::text[]) or company.industry = any($6::text[])
union
select
    'wave' as resource,
    citation.wave::text as id
from ledger.citation
where citation.source = any($2::text[])
union
select
    'wave' as resource,
    driver_claim.wave::text as id
from ledger.driver_claim
where driver_claim.driver = any($3::text[])
union
select
    'wave' as resource,
    role_claim.wave::text as id
from ledger.role_claim
where role_claim.role = any($4::text[])
union
select
    'company_indicators' as resource,
    indicator.company::text as id
from ledger.indicator_citation
inner join ledger.indicator on indicator.id = indicator_citation.indicator
where indicator_citation.source = any($2::text[])
