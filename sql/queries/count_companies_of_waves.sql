-- How many companies have a wave at a revision: which `Coverage.companies` says. DuckDB runs it too.
-- There are more companies than these: some have indicators only.
select count(distinct wave_facet.company) as count
from api.wave_facet
where wave_facet.first_revision <= $1::integer and wave_facet.last_revision >= $1::integer
