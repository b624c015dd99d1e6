-- The collections of a revision: their terms, and how many notices they have.
select
    document.id,
    ('{' || document.body)::jsonb ->> 'name' as name,
    ('{' || document.body)::jsonb ->> 'description' as description,
    ('{' || document.body)::jsonb ->> 'license' as license,
    ('{' || document.body)::jsonb ->> 'origin' as origin,
    coalesce((('{' || document.body)::jsonb ->> 'notices')::bigint, 0) as notices,
    ('{' || document.body)::jsonb ->> 'attribution' as attribution,
    ('{' || document.body)::jsonb ->> 'missing' as missing
from api.whole_document as document
where
    document.resource = 'collection'
    and document.first_revision <= $1::integer
    and document.last_revision >= $1::integer
order by document.id
