-- For ids that no company has: the company that was probably meant, by a name, a former name, an
-- alias or a similar id. Only asked when a request is refused, so a scan is good enough.
select distinct on (written.id)
    written.id as written,
    company_version.id::text as id
from unnest($1::text[]) as written (id)
inner join api.company_version
    on
        company_version.first_revision <= $2::integer
        and company_version.last_revision >= $2::integer
        and (
            company_version.body ilike '%"' || replace(replace(replace(written.id, '\', ''), '%', ''), '_', ' ') || '"%'
            or company_version.id like left(written.id, 4) || '%'
        )
order by
    written.id,
    (company_version.body ilike '%"' || replace(replace(replace(written.id, '\', ''), '%', ''), '_', ' ') || '"%') desc,
    abs(length(company_version.id) - length(written.id)),
    company_version.id
