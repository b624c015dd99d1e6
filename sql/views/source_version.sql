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
    source_version.published_on
from ledger.source_version;
comment on view api.source_version is 'Versions of source documents: a read at revision R takes first_revision <= R <= last_revision.';
