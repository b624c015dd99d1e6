-- The names of some companies as of a revision.
select
    company_facet.id,
    company_facet.name
from api.company_facet
where
    company_facet.id = any($1::text[])
    and company_facet.first_revision <= $2::integer
    and company_facet.last_revision >= $2::integer
