-- Some documents of one resource by id, as of a revision, in no particular order.
select
    document.id,
    document.first_revision,
    convert_to(document.body, 'UTF8') as body
from api.document
where
    document.resource = $1::text
    and document.id = any($2::text[])
    and document.first_revision <= $3::integer
    and document.last_revision >= $3::integer
