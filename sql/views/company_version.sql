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
comment on column api.company_version.id is 'Id of the company.';
comment on column api.company_version.first_revision is 'First revision that says so.';
comment on column api.company_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column api.company_version.body is 'The document after its id, url and revision.';
comment on column api.company_version.name is 'Name as people know it.';
comment on column api.company_version.country is 'Country of the seat.';
comment on column api.company_version.industry is 'NAICS 2022 sector.';
comment on column api.company_version.parent is 'The company that owns it.';
comment on column api.company_version.identifiers is 'scheme:value of each identifier.';
comment on column api.company_version.waves is 'Waves of the company.';
