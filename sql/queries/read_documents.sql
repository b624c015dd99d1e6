-- The bodies of some versions of one resource, by id and first revision, in no particular order.
-- They are those that a process does not have in memory yet.
select
    document.id,
    document.first_revision,
    convert_to(document.body, 'UTF8') as body
from unnest($2::text[], $3::integer[]) as wanted (id, first_revision)
inner join api.document
    on
        document.resource = $1::text
        and document.id = wanted.id
        and document.first_revision = wanted.first_revision
