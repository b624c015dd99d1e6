-- What follows from the events and relations of a wave: whether it counts, when it was announced,
-- and its current status. This is the only place that defines "canonical", "announced" and
-- "status".
create view api.wave_standing as
select
    wave.id,
    wave.company,
    -- A wave that is part of, or the same as, another wave would be counted twice; so would reports
    -- that an announcement superseded.
    not exists (
        select
        from ledger.relation
        where
            (relation.wave = wave.id and relation.relation in ('part_of', 'same_as'))
            or (relation.other = wave.id and relation.relation = 'supersedes')
    ) as canonical,
    -- What is expected has not happened. A report that comes after the announcement does not undo
    -- it.
    (
        select event.status
        from api.wave_event as event
        inner join ledger.claim on claim.wave = event.wave and claim.number = event.claim
        where
            event.wave = wave.id
            and claim.rank <> 'deprecated'
            and event.status <> 'expected'
        order by
            (event.status in ('rumoured', 'reported')),
            event.ordered_on desc,
            (event."on" < event.ordered_on) desc,
            event.claim desc
        limit 1
    ) as status,
    announcement."on" as announced_on,
    announcement.precision as announced_precision
from ledger.wave
left join lateral (
    select
        event."on",
        event.precision
    from ledger.event
    inner join ledger.claim on claim.wave = event.wave and claim.number = event.claim
    where
        event.wave = wave.id
        and claim.rank <> 'deprecated'
        and event.status <> 'expected'
    order by (event.status <> 'announced'), event."on", event.claim
    limit 1
) as announcement on true;
comment on view api.wave_standing is 'What follows from the events and relations of a wave.';
comment on column api.wave_standing.id is 'Id of the wave.';
comment on column api.wave_standing.company is 'Id of the company that cuts.';
comment on column api.wave_standing.canonical is 'Whether statistics count it.';
comment on column api.wave_standing.status is 'Kind of the latest event; a report counts only where nothing firmer is known.';
comment on column api.wave_standing.announced_on is 'First announcement, else the first event; null where no event holds.';
comment on column api.wave_standing.announced_precision is 'How precise that date is.';
