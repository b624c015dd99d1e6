-- Which versions of some documents hold as of a revision, without their bodies, which may be in the
-- memory of a process.
select
    document.id,
    document.first_revision
from api.document
where
    document.resource = $1::text
    and document.id = any($2::text[])
    and document.first_revision <= $3::integer
    and document.last_revision >= $3::integer
