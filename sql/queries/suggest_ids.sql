-- For unknown ids of a resource: the record with such a name ($3 has the ids as folded words, $5 a
-- query for those words, by which an index finds candidates), or else the one with the most similar
-- spelling among ids with the same beginning. If there are more than two thousand of them, only the
-- first ones by id are compared.
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
    -- On its own, so that it is read by its index: in a join, the planner expects a ninth of all
    -- ids to have the same beginning, and reads them all.
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
