-- The newest publication, which the service serves unless it is asked for another one.
select
    revision.number,
    revision.published_at,
    revision.counts::text as counts,
    revision.digest,
    -- A replica may be behind: then it still has the same ledger.
    pg_is_in_recovery() as is_replica
from api.revision
order by revision.number desc
limit 1
