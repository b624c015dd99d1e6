-- What each wave adds to a total: its preferred headcount, less the jobs that it includes from
-- other waves that are counted themselves.
--
-- A source may say how many jobs are new (`increment`); otherwise the bounds of the included waves
-- are taken off, so that the sum of a wave and of those it includes equals the larger figure. A
-- wave that is included in another included one is not taken off twice.
create view api.wave_headcount as
select
    magnitude.wave,
    magnitude.low,
    magnitude.high,
    magnitude.counts,
    case
        when magnitude.increment is not null then magnitude.increment::numeric
        when contained.waves = 0 then magnitude.low
        else greatest(0, magnitude.low - contained.high)
    end as counted_low,
    case
        when magnitude.increment is not null then magnitude.increment::numeric
        when contained.waves = 0 then magnitude.high
        else greatest(0, magnitude.high - contained.low)
    end as counted_high
from ledger.magnitude
cross join lateral (
    select
        count(*) as waves,
        coalesce(sum(coalesce(inner_magnitude.low, 0)), 0) as low,
        coalesce(sum(coalesce(inner_magnitude.high, inner_magnitude.low)), 0) as high
    from ledger.magnitude_inclusion
    inner join api.wave_standing
        on wave_standing.id = magnitude_inclusion.included and wave_standing.canonical
    inner join ledger.magnitude as inner_magnitude
        on
            inner_magnitude.wave = magnitude_inclusion.included
            and inner_magnitude.measure = 'headcount'
            and inner_magnitude.rank = 'preferred'
    where
        magnitude_inclusion.wave = magnitude.wave
        and magnitude_inclusion.claim = magnitude.claim
        and not exists (
            select
            from ledger.magnitude_inclusion as sibling
            inner join ledger.magnitude_inclusion as nested on nested.wave = sibling.included
            where
                sibling.wave = magnitude.wave
                and sibling.claim = magnitude.claim
                and nested.included = magnitude_inclusion.included
        )
) as contained
where magnitude.measure = 'headcount' and magnitude.rank = 'preferred';
comment on view api.wave_headcount is 'The preferred headcount of a wave, and how much of it totals count.';
comment on column api.wave_headcount.wave is 'Id of the wave.';
comment on column api.wave_headcount.low is 'Jobs, at least; null if there is no bound.';
comment on column api.wave_headcount.high is 'Jobs, at most; null if there is no bound.';
comment on column api.wave_headcount.counts is 'gross, net or affected; null where not said.';
comment on column api.wave_headcount.counted_low is 'Jobs that a total counts, at least.';
comment on column api.wave_headcount.counted_high is 'Jobs that a total counts, at most; null if there is no bound.';
