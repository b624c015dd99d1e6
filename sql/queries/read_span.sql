-- The first and the last day on which a wave of a revision was announced; null without any wave.
select
    min(wave_version.announced_on) as first_on,
    max(wave_version.announced_on) as last_on
from api.wave_version
where wave_version.first_revision <= $1::integer and wave_version.last_revision >= $1::integer
