-- The events of waves, with the day by which they are ordered. That is the day on which an event
-- happened, or the first one of its span; but what became of a cut comes after its announcement: a
-- cut announced on 14 April and completed "in the second quarter" was completed after that day.
create view api.wave_event as
select
    event.wave,
    event.claim,
    event."on",
    event.precision,
    event.status,
    event.statement,
    greatest(event."on", announcement."on") as ordered_on
from ledger.event
left join lateral (
    select max(announced."on") as "on"
    from ledger.event as announced
    inner join ledger.claim on claim.wave = announced.wave and claim.number = announced.claim
    where
        event.precision <> 'day'
        and event.status not in ('announced', 'reported', 'rumoured')
        and announced.wave = event.wave
        and announced.status = 'announced'
        and claim.rank <> 'deprecated'
        and announced."on" > event."on"
        and announced."on" < event."on" + case event.precision
            when 'month' then interval '1 month'
            when 'quarter' then interval '3 months'
            else interval '1 year'
        end
) as announcement on true;
comment on view api.wave_event is 'An event of a wave, and the day by which events are put in order.';
comment on column api.wave_event.wave is 'Id of the wave.';
comment on column api.wave_event.claim is 'Number of the claim within the wave.';
comment on column api.wave_event."on" is 'When it happened; the first day of a span.';
comment on column api.wave_event.precision is 'How precise that date is.';
comment on column api.wave_event.status is 'The status of the wave from then on.';
comment on column api.wave_event.statement is 'One sentence, in the ledger''s own words.';
comment on column api.wave_event.ordered_on is 'Day by which it is put in order: its own, or that of an announcement within its span.';
