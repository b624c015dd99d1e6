-- What notices are linked to companies by: every name and identifier of each, as they are now.
select
    company.id::text as id,
    company.name,
    company.legal_name,
    company.industry,
    coalesce(
        (
            select array_agg(company_name.name order by company_name.position)
            from ledger.company_name
            where company_name.company = company.id
        ),
        '{}'
    ) as names,
    coalesce(
        (
            select
                array_agg(
                    company_identifier.scheme || ' ' || company_identifier.value
                    order by company_identifier.scheme, company_identifier.value
                )
            from ledger.company_identifier
            where company_identifier.company = company.id
        ),
        '{}'
    ) as identifiers
from ledger.company
order by company.id
