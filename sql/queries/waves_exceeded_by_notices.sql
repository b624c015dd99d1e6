-- The waves whose linked notices add up to more jobs than the wave has at most: either a link is
-- wrong, or the figure is about something else. A curator should look at them; nothing is refused
-- because of it.
select
    wave.id::text as wave,
    (wave.notices ->> 'jobs_low')::integer as jobs_low,
    (wave.headcount ->> 'high')::numeric::integer as headcount_high
from api.wave
where
    wave.id in (select notice_wave.wave from ledger.notice_wave)
    and (wave.notices ->> 'exceeds_headcount')::boolean
order by wave.id
