-- A page of the ids of one kind of record at a revision, in the order of ids: what a site map
-- lists. Their number is stored with the revision, so no rows are counted here.
select document.id
from api.document
where
    document.resource = $1::text
    and document.first_revision <= $2::integer
    and document.last_revision >= $2::integer
order by document.id
limit $3::integer
offset $4::integer
