-- Every version of everything in one table: what was said, from which revision to which.
--
-- Changes, history, digests and reads of the past need this table alone. What lists filter and sort
-- by stands beside it in `ledger.<resource>_facet`: those tables are computed from the documents and
-- belong to no migration (`curation/facets.py` makes them, anew whenever the code that computes them
-- differs). The bodies that were published before are moved as they are, to the byte.

create extension if not exists btree_gist;

create table ledger.document (
    resource text collate "C" not null,
    id text collate "C" not null,
    first_revision integer not null references ledger.revision,
    last_revision integer not null default 2147483647,
    digest bytea not null,
    body text not null,
    constraint document_pkey primary key (resource, id, first_revision),
    constraint document_ends_after_it_begins check (first_revision <= last_revision),
    -- 2147483647 stands for "still holds", and has no successor: so the span is open above.
    constraint document_versions_do_not_overlap exclude using gist (
        resource with =,
        id with =,
        int8range(first_revision, last_revision, '[]') with &&
    ) deferrable initially deferred
);
-- Not compressed: a page of documents is copied, not unpacked.
alter table ledger.document alter column body set storage external;
comment on table ledger.document is 'Every version of every document, as it was served.';
comment on column ledger.document.resource is 'Kind of record.';
comment on column ledger.document.id is 'Id or code of the record.';
comment on column ledger.document.first_revision is 'First revision that says so.';
comment on column ledger.document.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column ledger.document.digest is 'SHA-256 of the body.';
comment on column ledger.document.body is 'The document after its id, url and revision.';

insert into ledger.document (resource, id, first_revision, last_revision, digest, body)
select 'wave', id::text, first_revision, last_revision, sha256(convert_to(body, 'UTF8')), body
from ledger.wave_version
union all
select 'company', id::text, first_revision, last_revision, sha256(convert_to(body, 'UTF8')), body
from ledger.company_version
union all
select
    'company_indicators', id::text, first_revision, last_revision,
    sha256(convert_to(body, 'UTF8')), body
from ledger.company_indicators_version
union all
select 'source', id::text, first_revision, last_revision, sha256(convert_to(body, 'UTF8')), body
from ledger.source_version
union all
select 'driver', id::text, first_revision, last_revision, sha256(convert_to(body, 'UTF8')), body
from ledger.driver_version
union all
select 'role', id::text, first_revision, last_revision, sha256(convert_to(body, 'UTF8')), body
from ledger.role_version
union all
select 'collection', id::text, first_revision, last_revision, sha256(convert_to(body, 'UTF8')), body
from ledger.collection_version;

-- Views over them belong to the version before, and are made anew after the migrations.
drop table
    ledger.wave_version,
    ledger.company_version,
    ledger.company_indicators_version,
    ledger.source_version,
    ledger.driver_version,
    ledger.role_version,
    ledger.collection_version
cascade;

-- What is searched is found by the ids of facets, which are "C": an index of another collation would
-- be of no use there. The view is made anew after the migrations, too.
drop view if exists api.search_version cascade;
alter table ledger.search_version
    alter column resource type text collate "C",
    alter column id type text collate "C";
