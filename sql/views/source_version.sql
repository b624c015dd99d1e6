-- Every version of each source, for reads as of any revision.
create view api.source_version as
select
    source_version.id,
    source_version.first_revision,
    source_version.last_revision,
    source_version.body,
    source_version.publisher,
    source_version.kind,
    source_version.standing,
    source_version.language,
    source_version.published_on,
    source_version.archived
from ledger.source_version;
comment on view api.source_version is 'Versions of source documents: a read at revision R takes first_revision <= R <= last_revision.';
comment on column api.source_version.id is 'Id of the source.';
comment on column api.source_version.first_revision is 'First revision that says so.';
comment on column api.source_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column api.source_version.body is 'The document after its id, url and revision.';
comment on column api.source_version.publisher is 'Whose page it is.';
comment on column api.source_version.kind is 'Kind of source.';
comment on column api.source_version.standing is 'What the source is worth.';
comment on column api.source_version.language is 'ISO 639 code.';
comment on column api.source_version.published_on is 'When it was published.';
comment on column api.source_version.archived is 'Whether a copy that stays is known.';
