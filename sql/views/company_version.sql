-- Every version of each company, for reads as of any revision.
create view api.company_version as
select
    company_version.id,
    company_version.first_revision,
    company_version.last_revision,
    company_version.body,
    company_version.name,
    company_version.country,
    company_version.industry,
    company_version.parent,
    company_version.identifiers,
    company_version.waves
from ledger.company_version;
comment on view api.company_version is 'Versions of company documents: a read at revision R takes first_revision <= R <= last_revision.';
