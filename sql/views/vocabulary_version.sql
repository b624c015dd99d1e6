-- Every version of the codes that have no documents of their own.
create view api.vocabulary_version as
select
    vocabulary_version.vocabulary,
    vocabulary_version.code,
    vocabulary_version.name,
    vocabulary_version.first_revision,
    vocabulary_version.last_revision
from ledger.vocabulary_version;
comment on view api.vocabulary_version is 'Codes without documents of their own, with the names that answers gave them.';
comment on column api.vocabulary_version.vocabulary is 'country, industry or collection; license of a collection.';
comment on column api.vocabulary_version.code is 'The code.';
comment on column api.vocabulary_version.name is 'Display name.';
comment on column api.vocabulary_version.first_revision is 'First revision that says so.';
comment on column api.vocabulary_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
