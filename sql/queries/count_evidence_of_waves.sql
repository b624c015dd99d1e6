-- Citations of waves by evidence grade, at a revision. DuckDB runs it, too.
select
    graded.grade,
    count(*) as citations
from (
    select unnest(wave_facet.evidence) as grade
    from api.wave_facet
    where wave_facet.first_revision <= $1::integer and wave_facet.last_revision >= $1::integer
) as graded
group by graded.grade
