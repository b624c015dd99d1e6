-- Every version of every document that is stored whole: for reads of a resource without a `part`. A
-- union is planned again for each read, a table is not.
create view api.whole_document as
select
    document.resource,
    document.id,
    document.first_revision,
    document.last_revision,
    document.digest,
    document.body
from ledger.document;
comment on view api.whole_document is 'Versions of documents that are not part of others, as in api.document.';
comment on column api.whole_document.resource is 'Kind of record.';
comment on column api.whole_document.id is 'Id or code of the record.';
comment on column api.whole_document.first_revision is 'First revision that says so.';
comment on column api.whole_document.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column api.whole_document.digest is 'SHA-256 of the body.';
comment on column api.whole_document.body is 'The document after its id, url and revision.';

-- Every version of every document, for reads as of any revision.
create view api.document as
select
    document.resource,
    document.id,
    document.first_revision,
    document.last_revision,
    document.digest,
    document.body
from api.whole_document as document
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
