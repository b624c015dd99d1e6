-- For ids that no record of a resource has: the record that is called so ($3 has the ids as folded
-- words), else one whose id begins alike. Only asked when a request is refused, so a scan of the
-- resource's search entries is good enough.
select distinct on (candidate.written)
    candidate.written,
    candidate.id
from (
    select
        written.id as written,
        search_version.id,
        0 as distance
    from unnest($2::text[], $3::text[]) as written (id, folded)
    inner join api.search_version
        on
            search_version.resource = $1::text
            and search_version.first_revision <= $4::integer
            and search_version.last_revision >= $4::integer
            and search_version.exact && array[written.folded]
    union all
    select
        written.id as written,
        document.id,
        1 + abs(length(document.id) - length(written.id)) as distance
    from unnest($2::text[]) as written (id)
    inner join api.document
        on
            document.resource = $1::text
            and document.first_revision <= $4::integer
            and document.last_revision >= $4::integer
            and document.id collate "C" >= left(written.id, greatest(4, length(written.id) - 3))
            and document.id collate "C"
            < left(written.id, greatest(4, length(written.id) - 3)) || chr(1114111)
) as candidate
order by
    candidate.written,
    candidate.distance,
    candidate.id
