-- The publications of the ledger.
create view api.revision as
select
    revision.number,
    revision.published_at,
    revision.note,
    revision.added,
    revision.changed,
    revision.withdrawn,
    revision.counts,
    revision.digest
from ledger.revision;
comment on view api.revision is 'A publication of the ledger.';
comment on column api.revision.number is 'Number of the publication, from 1.';
comment on column api.revision.published_at is 'When it became visible, UTC.';
comment on column api.revision.note is 'What the publisher says about it.';
comment on column api.revision.added is 'Documents that are new.';
comment on column api.revision.changed is 'Documents that differ from their last version.';
comment on column api.revision.withdrawn is 'Documents that were withdrawn.';
comment on column api.revision.counts is 'Documents per resource as of this revision.';
comment on column api.revision.digest is 'SHA-256 over the digest of the previous revision and every change of this one, in order.';
