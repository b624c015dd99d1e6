-- The waves that may be the same event as a row of another list: whose, when and how many, as of
-- the newest revision. Those of the collection $1 itself are left out.
select
    wave_facet.id,
    wave_facet.company,
    wave_facet.announced_on,
    wave_facet.headcount_low,
    wave_facet.headcount_high
from api.wave_facet
where wave_facet.last_revision = 2147483647 and wave_facet.canonical and wave_facet.collection <> $1::text
order by
    wave_facet.company,
    wave_facet.announced_on,
    wave_facet.id
