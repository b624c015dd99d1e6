-- Sources by how much they are worth, and what is known about them, at a revision.
select
    source_facet.standing,
    count(*) as sources,
    count(*) filter (where source_facet.archived) as archived,
    count(*) filter (where source_facet.titled) as titled,
    count(source_facet.published_on) as dated
from api.source_facet
where source_facet.first_revision <= $1::integer and source_facet.last_revision >= $1::integer
group by source_facet.standing
