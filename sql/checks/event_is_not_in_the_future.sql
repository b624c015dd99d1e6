-- Nothing that is dated after today has happened; only what is expected may be. A check and not a
-- constraint: the truth depends on the day on which it is asked.
select
    event.wave,
    format('the event of %s is in the future', event."on") as message
from ledger.event
where
    event.wave = any($1::text[])
    and event."on" > current_date
    and event.status <> 'expected'
