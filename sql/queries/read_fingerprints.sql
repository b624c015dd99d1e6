-- What the fingerprint of every revision up to a given one is made from: it distinguishes a
-- restored ledger from one that went on.
select
    revision.number,
    revision.published_at,
    revision.digest
from api.revision
where revision.number <= $1::integer
order by revision.number
