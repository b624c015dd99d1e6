-- How many countries the scopes of waves name at a revision. DuckDB runs it, too.
select count(*) as count
from (
    select distinct unnest(wave_facet.countries) as code
    from api.wave_facet
    where wave_facet.first_revision <= $1::integer and wave_facet.last_revision >= $1::integer
) as named
