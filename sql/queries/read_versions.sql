-- Every version of one record up to a revision, the first one first.
select
    document.id,
    document.first_revision,
    document.last_revision,
    convert_to(document.body, 'UTF8') as body
from api.whole_document as document
where
    document.resource = $1::text
    and document.id = $2::text
    and document.first_revision <= $3::integer
order by document.first_revision
