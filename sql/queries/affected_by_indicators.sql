-- The records whose documents show something of these series. Run before and after a change.
select
    'company_indicators' as resource,
    indicator.company::text as id
from ledger.indicator
where indicator.id = any($1::text[])
union
select
    'source' as resource,
    indicator_citation.source::text as id
from ledger.indicator_citation
where indicator_citation.indicator = any($1::text[])
