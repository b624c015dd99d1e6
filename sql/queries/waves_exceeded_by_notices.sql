-- The waves whose linked notices say more jobs than the wave has at most: a link is wrong, or the
-- figure is of something else. For a curator to look at; nothing is refused for it.
select
    wave.id::text as wave,
    (wave.notices ->> 'jobs_low')::integer as jobs_low,
    (wave.headcount ->> 'high')::numeric::integer as headcount_high
from api.wave
where
    wave.id in (select notice_wave.wave from ledger.notice_wave)
    and (wave.notices ->> 'exceeds_headcount')::boolean
order by wave.id
