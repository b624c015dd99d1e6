-- The vocabularies that filters are checked against, with the names that people know codes by, as of
-- a revision.
select
    'driver' as vocabulary,
    driver_facet.id::text as code,
    driver_facet.label as name
from api.driver_facet
where
    driver_facet.first_revision <= $1::integer
    and driver_facet.last_revision >= $1::integer
union all
select
    'role' as vocabulary,
    role_facet.id::text as code,
    role_facet.label as name
from api.role_facet
where
    role_facet.first_revision <= $1::integer
    and role_facet.last_revision >= $1::integer
union all
select
    vocabulary_version.vocabulary,
    vocabulary_version.code,
    vocabulary_version.name
from api.vocabulary_version
where
    vocabulary_version.first_revision <= $1::integer
    and vocabulary_version.last_revision >= $1::integer
