-- The vocabularies that filters are checked against, with the names that people know codes by.
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
    'industry' as vocabulary,
    industry.code,
    industry.label as name
from api.industry
union all
select
    'country' as vocabulary,
    country.code,
    country.name
from api.country
union all
select
    'collection' as vocabulary,
    collection.id::text as code,
    collection.name
from api.collection
