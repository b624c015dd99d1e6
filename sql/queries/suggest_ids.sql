-- For ids that no record of a resource has: the record that is called so ($3 has the ids as folded
-- words, $5 a query for those words, by which an index finds what may be called so), else the one
-- that is spelt most alike of those whose ids begin alike. Of more than two thousand of them, those
-- are looked at whose ids come first.
select distinct on (candidate.written)
    candidate.written,
    candidate.id
from (
    select
        written.id as written,
        search_version.id,
        0 as distance
    from unnest($2::text[], $3::text[], $5::text[]) as written (id, folded, query)
    inner join api.search_version
        on
            search_version.words @@ written.query::tsquery
            and search_version.resource = $1::text
            and search_version.first_revision <= $4::integer
            and search_version.last_revision >= $4::integer
            and search_version.exact && array[written.folded]
    union all
    select
        written.id as written,
        document.id,
        2 - similarity(document.id, written.id) as distance
    from unnest($2::text[]) as written (id)
    -- On its own, so that it is read by its index: joined, the planner expects a ninth of all to
    -- begin alike, and reads them all.
    cross join lateral (
        select document.id
        from api.document
        where
            document.resource = $1::text
            and document.first_revision <= $4::integer
            and document.last_revision >= $4::integer
            and document.id collate "C" >= left(written.id, greatest(4, length(written.id) - 3))
            and document.id collate "C"
            < left(written.id, greatest(4, length(written.id) - 3)) || chr(1114111)
        order by document.id collate "C"
        limit 2000
    ) as document
) as candidate
order by
    candidate.written,
    candidate.distance,
    candidate.id
