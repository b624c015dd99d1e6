-- A wave has an event that holds and is not only expected: its date and its status follow from its
-- events.
select
    wave.id as wave,
    'no event that is not deprecated' as message
from ledger.wave
where
    wave.id = any($1::text[])
    and not exists (
        select
        from ledger.event
        inner join ledger.claim on claim.wave = event.wave and claim.number = event.claim
        where event.wave = wave.id and claim.rank <> 'deprecated' and event.status <> 'expected'
    )
