-- The first and the last day on which a wave of a revision was announced; null without waves.
select
    min(wave_facet.announced_on) as first_on,
    max(wave_facet.announced_on) as last_on
from api.wave_facet
where wave_facet.first_revision <= $1::integer and wave_facet.last_revision >= $1::integer
