-- What each publication changed, in order, with what became of withdrawn records.
create view api.change as
select
    change.revision,
    change.position,
    revision.published_at,
    change.resource,
    change.id,
    change.change,
    change.digest,
    tombstone_version.reason,
    tombstone_version.merged_into
from ledger.change
-- Each change has one; joined like this, PostgreSQL leaves it out if nobody asks for its day.
left join ledger.revision on revision.number = change.revision
left join ledger.tombstone_version
    on change.change = 'withdrawn'
    and tombstone_version.resource = case
        when change.resource = 'company_indicators' then 'company' else change.resource
    end
    and tombstone_version.id = change.id
    and tombstone_version.first_revision = change.revision;
comment on view api.change is 'A document that a publication added, changed or withdrew.';
comment on column api.change.revision is 'The publication.';
comment on column api.change.position is 'Position within the publication, from 1 without gaps.';
comment on column api.change.published_at is 'When it became visible, UTC.';
comment on column api.change.resource is 'Kind of document.';
comment on column api.change.id is 'Id of the document.';
comment on column api.change.change is 'Whether it was added, changed or withdrawn.';
comment on column api.change.digest is 'SHA-256 of the body of its version; null if it was withdrawn.';
comment on column api.change.reason is 'Why it was withdrawn.';
comment on column api.change.merged_into is 'Id of the record that replaces it.';
