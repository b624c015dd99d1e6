-- What notices are linked to waves by: whose, when and where, as of the newest revision.
select
    wave_facet.id,
    wave_facet.company,
    wave_facet.announced_on,
    wave_facet.canonical,
    wave_facet.countries,
    wave_facet.worldwide
from api.wave_facet
where wave_facet.last_revision = 2147483647
order by
    wave_facet.company,
    wave_facet.announced_on,
    wave_facet.id
