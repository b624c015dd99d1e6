-- What is searched: an entry for each version of a document, the names of companies as they are
-- typed, and the words that occur at all.
--
-- Rows are written by publishing (`curation/search_entries.py`), which also fills them in for the
-- versions that are there already. Words are folded and split in Python at writing and at asking,
-- so the two cannot differ, and no text search parser takes a part in it; PostgreSQL gives the
-- English stems, the indexes and the ranks.

create extension if not exists pg_trgm;

-- `/v1/companies/autocomplete` is a path of its own.
alter table ledger.company add constraint company_id_is_not_reserved check (id <> 'autocomplete');

create table ledger.search_version (
    resource text not null,
    id text not null,
    first_revision integer not null references ledger.revision,
    last_revision integer not null default 2147483647,
    label text not null,
    exact text[] not null,
    body text not null,
    words tsvector not null,
    primary key (resource, id, first_revision),
    check (first_revision <= last_revision)
);
-- Ranking reads the words of every match and the text of twenty: so the words stay in the row and
-- the text lies beside it.
alter table ledger.search_version alter column words set storage main;
alter table ledger.search_version alter column body set storage external;
create index search_version_words on ledger.search_version using gin (words);
comment on table ledger.search_version is 'What is searched of each version of a wave, company, source, driver or role.';
comment on column ledger.search_version.resource is 'wave, company, source, driver or role.';
comment on column ledger.search_version.id is 'Id or code of the record.';
comment on column ledger.search_version.first_revision is 'First revision that says so.';
comment on column ledger.search_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column ledger.search_version.label is 'What the record is called in a list of hits.';
comment on column ledger.search_version.exact is 'Folded names, titles and identifiers: who writes one of them means this record.';
comment on column ledger.search_version.body is 'The text that is searched, a line for each part; snippets are taken from it.';
comment on column ledger.search_version.words is 'Folded words and their English stems, at their places in that text: A names and identifiers, B labels, C statements, D cited titles.';

create table ledger.company_name_version (
    company ledger.slug not null,
    first_revision integer not null references ledger.revision,
    last_revision integer not null default 2147483647,
    kind text not null check (
        kind in (
            'name', 'legal_name', 'alias', 'former_name', 'id', 'cik', 'lei', 'ticker', 'wikidata'
        )
    ),
    place smallint not null check (place between 1 and 4),
    written text not null,
    folded text collate "C" not null,
    waves integer not null,
    check (first_revision <= last_revision)
);
create index company_name_version_company on ledger.company_name_version (company);
-- A short beginning has very many names: these give the best ones without sorting the others.
create index company_name_version_one on ledger.company_name_version
    (left(folded, 1), place, waves desc, company collate "C");
create index company_name_version_two on ledger.company_name_version
    (left(folded, 2), place, waves desc, company collate "C");
create index company_name_version_three on ledger.company_name_version
    (left(folded, 3), place, waves desc, company collate "C");
create index company_name_version_folded on ledger.company_name_version (place, folded);
comment on table ledger.company_name_version is 'All that a company is found by while it is typed.';
comment on column ledger.company_name_version.company is 'Id of the company.';
comment on column ledger.company_name_version.first_revision is 'First revision that says so.';
comment on column ledger.company_name_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column ledger.company_name_version.kind is 'name, legal_name, alias, former_name, id, or the scheme of an identifier.';
comment on column ledger.company_name_version.place is '1 for the name from its first word, 2 for other names and identifiers, 3 from a later word, 4 only as a whole.';
comment on column ledger.company_name_version.written is 'The name or identifier as it is shown.';
comment on column ledger.company_name_version.folded is 'What is typed: folded words, divided by one blank.';
comment on column ledger.company_name_version.waves is 'Waves of the company.';

create table ledger.word (
    word text collate "C" primary key,
    stem text collate "C" not null,
    first_revision integer not null,
    named boolean not null
);
create index word_stem on ledger.word (stem);
create index word_trigrams on ledger.word using gin (word gin_trgm_ops);
create index word_named on ledger.word (word) where named;
comment on table ledger.word is 'Words that occur, by which mistyped ones are put right.';
comment on column ledger.word.word is 'The folded word: three letters or more, no digits.';
comment on column ledger.word.stem is 'Its English stem.';
comment on column ledger.word.first_revision is 'First revision in which it occurs.';
comment on column ledger.word.named is 'Whether it stands in a name of a company.';
