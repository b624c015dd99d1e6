-- Repeats the waves of the newest revision under ids of their own, until there are $1 of them.
-- Only what is served: the ledger behind them is not repeated, so nothing may be published later.
with added as (
    insert into ledger.wave_facet ({names})
    select
        wave_facet.id || '-copy-' || number,
        {others}
    from generate_series(1, $1::bigint / (select count(*) from ledger.wave_facet)) as number
    cross join ledger.wave_facet
    limit $1::bigint - (select count(*) from ledger.wave_facet)
    returning id, first_revision, last_revision
)
insert into ledger.document (resource, id, first_revision, last_revision, digest, body)
select
    document.resource,
    added.id,
    added.first_revision,
    added.last_revision,
    document.digest,
    document.body
from added
inner join ledger.document
    on
        document.resource = 'wave'
        and document.id = split_part(added.id, '-copy-', 1)
        and document.first_revision = added.first_revision
