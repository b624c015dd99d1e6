-- How many companies have a wave at a revision, for `Coverage.companies`. DuckDB runs it, too.
-- There are more companies than these: some only have indicators.
select count(distinct wave_facet.company) as count
from api.wave_facet
where wave_facet.first_revision <= $1::integer and wave_facet.last_revision >= $1::integer
