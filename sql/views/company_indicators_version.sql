-- Every version of each company's indicators, for reads as of any revision.
create view api.company_indicators_version as
select
    company_indicators_version.id,
    company_indicators_version.first_revision,
    company_indicators_version.last_revision,
    company_indicators_version.body
from ledger.company_indicators_version;
comment on view api.company_indicators_version is 'Versions of indicator documents: a read at revision R takes first_revision <= R <= last_revision.';
comment on column api.company_indicators_version.id is 'Id of the company.';
comment on column api.company_indicators_version.first_revision is 'First revision that says so.';
comment on column api.company_indicators_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column api.company_indicators_version.body is 'The document after its id, url and revision.';
