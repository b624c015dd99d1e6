-- What became of ids that are no longer served, as of any revision.
create view api.tombstone_version as
select
    tombstone_version.resource,
    tombstone_version.id,
    tombstone_version.first_revision,
    tombstone_version.last_revision,
    tombstone_version.retired_on,
    tombstone_version.reason,
    tombstone_version.merged_into
from ledger.tombstone_version;
comment on view api.tombstone_version is 'Why a record is no longer served, and which one replaces it.';
comment on column api.tombstone_version.resource is 'Kind of record.';
comment on column api.tombstone_version.id is 'Id that the record had; never given to another one.';
comment on column api.tombstone_version.first_revision is 'First revision that says so.';
comment on column api.tombstone_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column api.tombstone_version.retired_on is 'When the curators retired it.';
comment on column api.tombstone_version.reason is 'Why, in one sentence.';
comment on column api.tombstone_version.merged_into is 'Id of the record that replaces it; null if it was withdrawn.';
