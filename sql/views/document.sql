-- Every version of every document, for reads as of any revision.
create view api.document as
select
    document.resource,
    document.id,
    document.first_revision,
    document.last_revision,
    document.digest,
    document.body
from ledger.document
union all
-- A read names the resource, so that only one of the two is looked at.
select
    part.resource,
    part.id,
    part.first_revision,
    part.last_revision,
    part.digest,
    part.body
from api.part;
comment on view api.document is 'Versions of documents: a read at revision R takes first_revision <= R <= last_revision.';
comment on column api.document.resource is 'Kind of record.';
comment on column api.document.id is 'Id or code of the record.';
comment on column api.document.first_revision is 'First revision that says so.';
comment on column api.document.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column api.document.digest is 'SHA-256 of the body.';
comment on column api.document.body is 'The document after its id, url and revision.';
