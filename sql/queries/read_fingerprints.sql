-- Of what the fingerprint of every revision up to one is made: by it a restored ledger is told from
-- one that went on.
select
    revision.number,
    revision.published_at,
    revision.digest
from api.revision
where revision.number <= $1::integer
order by revision.number
