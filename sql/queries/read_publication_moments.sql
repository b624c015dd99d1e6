-- When some revisions were published.
select
    revision.number,
    revision.published_at
from api.revision
where revision.number = any($1::integer[])
