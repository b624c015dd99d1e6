-- The vocabularies that filters are checked against, with the names that people know codes by, as of
-- a revision.
select
    'driver' as vocabulary,
    driver_version.id::text as code,
    driver_version.label as name
from api.driver_version
where
    driver_version.first_revision <= $1::integer
    and driver_version.last_revision >= $1::integer
union all
select
    'role' as vocabulary,
    role_version.id::text as code,
    role_version.label as name
from api.role_version
where
    role_version.first_revision <= $1::integer
    and role_version.last_revision >= $1::integer
union all
select
    vocabulary_version.vocabulary,
    vocabulary_version.code,
    vocabulary_version.name
from api.vocabulary_version
where
    vocabulary_version.first_revision <= $1::integer
    and vocabulary_version.last_revision >= $1::integer
