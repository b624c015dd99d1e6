-- For ids that no source has: one that begins alike. Only asked when a request is refused.
select distinct on (written.id)
    written.id as written,
    source_version.id::text as id
from unnest($1::text[]) as written (id)
inner join api.source_version
    on
        source_version.first_revision <= $2::integer
        and source_version.last_revision >= $2::integer
        and starts_with(source_version.id, left(written.id, greatest(4, length(written.id) - 3)))
order by
    written.id,
    abs(length(source_version.id) - length(written.id)),
    source_version.id
