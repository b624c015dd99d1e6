-- What became of some ids that no record has as of a revision.
select
    tombstone_version.id,
    tombstone_version.first_revision,
    tombstone_version.retired_on,
    tombstone_version.reason,
    tombstone_version.merged_into
from api.tombstone_version
where
    tombstone_version.resource = $1::text
    and tombstone_version.id = any($2::text[])
    and tombstone_version.first_revision <= $3::integer
    and tombstone_version.last_revision >= $3::integer
