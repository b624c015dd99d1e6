-- Which of some ids were merged into another record as of a revision.
select
    tombstone_version.id,
    tombstone_version.merged_into
from api.tombstone_version
where
    tombstone_version.resource = $1::text
    and tombstone_version.id = any($2::text[])
    and tombstone_version.merged_into is not null
    and tombstone_version.first_revision <= $3::integer
    and tombstone_version.last_revision >= $3::integer
