-- Every version of each collection, for reads as of any revision.
create view api.collection_version as
select
    collection_version.id,
    collection_version.first_revision,
    collection_version.last_revision,
    collection_version.body,
    collection_version.name,
    collection_version.waves
from ledger.collection_version;
comment on view api.collection_version is 'Versions of collection documents: a read at revision R takes first_revision <= R <= last_revision.';
comment on column api.collection_version.id is 'Id of the collection.';
comment on column api.collection_version.first_revision is 'First revision that says so.';
comment on column api.collection_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column api.collection_version.body is 'The document after its id, url and revision.';
comment on column api.collection_version.name is 'Name as people read it.';
comment on column api.collection_version.waves is 'Waves of the collection.';
