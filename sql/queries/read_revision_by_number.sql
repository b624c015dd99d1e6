-- One publication by its number, with the same columns as the newest one.
select
    revision.number,
    revision.published_at,
    revision.counts::text as counts,
    revision.digest
from api.revision
where revision.number = $1::integer
