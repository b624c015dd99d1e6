-- When each of some records was first published: the permanent date of a feed entry.
select
    first_version.id,
    revision.published_at
from (
    select
        document.id,
        min(document.first_revision) as first_revision
    from api.document
    where
        document.resource = $1::text
        and document.id = any($2::text[])
    group by document.id
) as first_version
inner join api.revision on revision.number = first_version.first_revision
