-- How many waves of each year and collection have which information, at a revision. It reads the
-- narrow columns of the versions: no document is opened. DuckDB runs it, too, over the same
-- columns, and is slow at `&&`.
select
    extract(year from wave_facet.announced_on)::integer as year,
    wave_facet.collection,
    count(*) as waves,
    count(*) filter (where wave_facet.canonical) as canonical,
    sum(wave_facet.claims) as claims,
    min(wave_facet.announced_on) as first_announced_on,
    max(wave_facet.announced_on) as last_announced_on,
    max(wave_facet.newest_event_on) as newest_event_on,
    count(coalesce(wave_facet.headcount_low, wave_facet.headcount_high)) as headcount,
    count(coalesce(wave_facet.share_low, wave_facet.share_high)) as share,
    count(*) filter (where array_length(wave_facet.drivers, 1) > 0) as driver,
    count(*) filter (
        where array_position(wave_facet.driver_keys, '*|company|states|*|*') > 0
    ) as driver_stated_by_company,
    count(*) filter (where array_length(wave_facet.roles, 1) > 0) as role,
    count(*) filter (where array_length(wave_facet.countries, 1) > 0) as country,
    count(*) filter (
        where wave_facet.worldwide or array_length(wave_facet.countries, 1) > 0
    ) as country_or_worldwide,
    count(*) filter (where array_length(wave_facet.subdivisions, 1) > 0) as subdivision,
    count(*) filter (where array_position(wave_facet.standings, 'primary') > 0) as primary_source,
    count(*) filter (where array_length(wave_facet.sources, 1) >= 2) as two_or_more_sources
from api.wave_facet
where wave_facet.first_revision <= $1::integer and wave_facet.last_revision >= $1::integer
group by 1, 2
