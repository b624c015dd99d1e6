-- What search finds, for reads as of any revision.
create view api.search_version as
select
    search_version.resource,
    search_version.id,
    search_version.first_revision,
    search_version.last_revision,
    search_version.label,
    search_version.exact,
    search_version.body,
    search_version.words
from ledger.search_version;
comment on view api.search_version is 'What search finds in each version: a read at revision R takes first_revision <= R <= last_revision.';
comment on column api.search_version.resource is 'wave, company, source, driver or role.';
comment on column api.search_version.id is 'Id or code of the record.';
comment on column api.search_version.first_revision is 'First revision that says so.';
comment on column api.search_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column api.search_version.label is 'What the record is called in a list of hits.';
comment on column api.search_version.exact is 'Folded names, titles and identifiers: whoever writes one of them means this record.';
comment on column api.search_version.body is 'The text that is searched, a line for each part; snippets are taken from it.';
comment on column api.search_version.words is 'Folded words and their English stems, at their places in that text: A names and identifiers, B labels, C statements, D cited titles.';
