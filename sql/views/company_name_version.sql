-- Everything that a company is found by while it is typed, for reads as of any revision.
create view api.company_name_version as
select
    company_name_version.company,
    company_name_version.first_revision,
    company_name_version.last_revision,
    company_name_version.kind,
    company_name_version.place,
    company_name_version.written,
    company_name_version.folded,
    company_name_version.waves
from ledger.company_name_version;
comment on view api.company_name_version is 'Names and identifiers of companies: a read at revision R takes first_revision <= R <= last_revision.';
comment on column api.company_name_version.company is 'Id of the company.';
comment on column api.company_name_version.first_revision is 'First revision that says so.';
comment on column api.company_name_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column api.company_name_version.kind is 'name, legal_name, alias, former_name, id, or the scheme of an identifier.';
comment on column api.company_name_version.place is '1 for the name from its first word, 2 for other names and identifiers, 3 from a later word, 4 only as a whole.';
comment on column api.company_name_version.written is 'The name or identifier as it is shown.';
comment on column api.company_name_version.folded is 'What is typed: folded words, separated by one space.';
comment on column api.company_name_version.waves is 'Waves of the company.';
