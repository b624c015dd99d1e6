-- The last publication by the end of a day (UTC), and the moment of the very first one: there is
-- none for earlier days.
select
    max(revision.number) as number,
    (select min(first.published_at) from api.revision as first) as first
from api.revision
where revision.published_at < ($1::date + 1)::timestamp at time zone 'UTC'
