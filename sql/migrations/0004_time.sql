-- What each publication changed, and what became of ids that are no longer given.

alter table ledger.revision add column digest bytea;
comment on column ledger.revision.digest is 'SHA-256 over the digest of the revision before and every change of this one, in order.';

create table ledger.change (
    revision integer not null references ledger.revision on delete cascade,
    position integer not null check (position > 0),
    resource text not null,
    id text not null,
    change text not null check (change in ('added', 'changed', 'withdrawn')),
    digest bytea,
    primary key (revision, position),
    check ((digest is null) = (change = 'withdrawn'))
);
create index change_record on ledger.change (resource, id, revision);
comment on table ledger.change is 'What each publication changed; replayed in order it gives the present state.';
comment on column ledger.change.revision is 'The publication.';
comment on column ledger.change.position is 'Place within it, from 1 without gaps.';
comment on column ledger.change.resource is 'Kind of document.';
comment on column ledger.change.id is 'Id of the document.';
comment on column ledger.change.change is 'Whether it is new, differs from before, or is no longer given.';
comment on column ledger.change.digest is 'SHA-256 of the body of its version; null where it is no longer given.';

create table ledger.tombstone_version (
    resource text not null,
    id text not null,
    first_revision integer not null references ledger.revision,
    last_revision integer not null default 2147483647,
    retired_on date not null,
    reason text not null check (reason <> ''),
    merged_into text,
    collection ledger.slug not null references ledger.collection,
    primary key (resource, id, first_revision),
    check (first_revision <= last_revision),
    check (merged_into <> id)
);
comment on table ledger.tombstone_version is 'Why a record is no longer given, and which one stands for it.';
comment on column ledger.tombstone_version.resource is 'Kind of record.';
comment on column ledger.tombstone_version.id is 'Id that the record had; never given to another one.';
comment on column ledger.tombstone_version.first_revision is 'First revision that says so.';
comment on column ledger.tombstone_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column ledger.tombstone_version.retired_on is 'When the curators retired it.';
comment on column ledger.tombstone_version.reason is 'Why, in one sentence.';
comment on column ledger.tombstone_version.merged_into is 'Id of the record that stands for it; null where it was withdrawn.';
comment on column ledger.tombstone_version.collection is 'The collection that retired it.';

create table ledger.vocabulary_version (
    vocabulary text not null,
    code text not null,
    name text not null,
    first_revision integer not null references ledger.revision,
    last_revision integer not null default 2147483647,
    primary key (vocabulary, code, first_revision),
    check (first_revision <= last_revision)
);
comment on table ledger.vocabulary_version is 'Codes without documents of their own, with the names that answers gave them.';
comment on column ledger.vocabulary_version.vocabulary is 'country, industry or collection; license of the curated collection.';
comment on column ledger.vocabulary_version.code is 'The code.';
comment on column ledger.vocabulary_version.name is 'Name as people read it.';
comment on column ledger.vocabulary_version.first_revision is 'First revision that says so.';
comment on column ledger.vocabulary_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';

create table ledger.collection_version (
    id ledger.slug not null,
    first_revision integer not null references ledger.revision,
    last_revision integer not null default 2147483647,
    body text not null,
    name text not null,
    waves integer not null,
    primary key (id, first_revision),
    check (first_revision <= last_revision)
);
create unique index collection_version_current on ledger.collection_version (id)
    where last_revision = 2147483647;
comment on table ledger.collection_version is 'Collections as they were served.';
comment on column ledger.collection_version.id is 'Id of the collection.';
comment on column ledger.collection_version.first_revision is 'First revision that says so.';
comment on column ledger.collection_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column ledger.collection_version.body is 'The document after its id, url and revision.';
comment on column ledger.collection_version.name is 'Name as people read it.';
comment on column ledger.collection_version.waves is 'Waves of the collection.';

-- A list of what changed after a revision looks for first revisions.
create index wave_version_first on ledger.wave_version (first_revision, id);
create index company_version_first on ledger.company_version (first_revision, id);
create index source_version_first on ledger.source_version (first_revision, id);

-- What was published before these tables is told from the versions.
insert into ledger.vocabulary_version (vocabulary, code, name, first_revision)
select told.vocabulary, told.code, told.name, (select min(revision.number) from ledger.revision)
from (
    select 'country' as vocabulary, country.code, country.name from ledger.country
    union all
    select 'industry' as vocabulary, industry.code, industry.label from ledger.industry
    union all
    select 'collection' as vocabulary, collection.id, collection.name from ledger.collection
    union all
    select 'license' as vocabulary, collection.id, collection.license from ledger.collection
) as told
where exists (select from ledger.revision);

insert into ledger.collection_version (id, first_revision, body, name, waves)
select
    collection.id,
    (select min(revision.number) from ledger.revision),
    concat(
        '"name":', to_json(collection.name),
        ',"description":', to_json(collection.description),
        ',"license":', to_json(collection.license),
        ',"origin":', to_json(collection.origin),
        ',"retrieved_on":', coalesce(to_json(collection.retrieved_on)::text, 'null'),
        ',"retrieved_precision":', coalesce(to_json(collection.retrieved_precision)::text, 'null'),
        ',"waves":', (select count(*) from ledger.wave where wave.collection = collection.id),
        '}'
    ),
    collection.name,
    (select count(*) from ledger.wave where wave.collection = collection.id)
from ledger.collection
where exists (select from ledger.revision);

update ledger.revision set
    added = revision.added + case
        when revision.number = (select min(first.number) from ledger.revision as first)
            then (select count(*) from ledger.collection_version)
        else 0
    end,
    counts = revision.counts || jsonb_build_object(
        'collection', (select count(*) from ledger.collection_version)
    );

insert into ledger.change (revision, position, resource, id, change, digest)
select
    told.revision,
    row_number() over (partition by told.revision order by told.place, told.id collate "C"),
    told.resource,
    told.id,
    told.change,
    told.digest
from (
    select
        version.place,
        version.resource,
        version.id,
        version.first_revision as revision,
        case
            when lag(version.last_revision) over each = version.first_revision - 1 then 'changed'
            else 'added'
        end as change,
        sha256(convert_to(version.body, 'UTF8')) as digest
    from (
        select 1 as place, 'wave' as resource, id::text as id, first_revision, last_revision, body
        from ledger.wave_version
        union all
        select 2, 'company', id::text, first_revision, last_revision, body
        from ledger.company_version
        union all
        select 3, 'company_indicators', id::text, first_revision, last_revision, body
        from ledger.company_indicators_version
        union all
        select 4, 'source', id::text, first_revision, last_revision, body
        from ledger.source_version
        union all
        select 5, 'driver', id::text, first_revision, last_revision, body
        from ledger.driver_version
        union all
        select 6, 'role', id::text, first_revision, last_revision, body
        from ledger.role_version
        union all
        select 7, 'collection', id::text, first_revision, last_revision, body
        from ledger.collection_version
    ) as version
    window each as (partition by version.resource, version.id order by version.first_revision)
    union all
    select
        ended.place,
        ended.resource,
        ended.id,
        ended.last_revision + 1 as revision,
        'withdrawn' as change,
        null as digest
    from (
        select 1 as place, 'wave' as resource, id::text as id, last_revision,
            lead(first_revision) over (partition by id order by first_revision) as following
        from ledger.wave_version
        union all
        select 2, 'company', id::text, last_revision,
            lead(first_revision) over (partition by id order by first_revision)
        from ledger.company_version
        union all
        select 3, 'company_indicators', id::text, last_revision,
            lead(first_revision) over (partition by id order by first_revision)
        from ledger.company_indicators_version
        union all
        select 4, 'source', id::text, last_revision,
            lead(first_revision) over (partition by id order by first_revision)
        from ledger.source_version
        union all
        select 5, 'driver', id::text, last_revision,
            lead(first_revision) over (partition by id order by first_revision)
        from ledger.driver_version
        union all
        select 6, 'role', id::text, last_revision,
            lead(first_revision) over (partition by id order by first_revision)
        from ledger.role_version
    ) as ended
    where
        ended.last_revision < 2147483647
        and ended.following is distinct from ended.last_revision + 1
) as told;

do $$
declare
    one integer;
    chained bytea := ''::bytea;
begin
    for one in select number from ledger.revision order by number loop
        select sha256(chained || convert_to(coalesce(string_agg(
            change.change || ' ' || change.resource || ' ' || change.id || ' '
            || coalesce(encode(change.digest, 'hex'), '-') || chr(10), '' order by change.position
        ), ''), 'UTF8'))
        into chained
        from ledger.change
        where change.revision = one;
        update ledger.revision set digest = chained where number = one;
    end loop;
end
$$;
