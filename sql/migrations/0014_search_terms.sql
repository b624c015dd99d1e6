-- Words, and beginnings of words, that very many records have: how many do, and the best of them.
--
-- To rank a record takes the places of all its words, so a question for a word that half of a million
-- waves have took seconds. What is kept here is as of the newest revision only, and follows with each
-- publication (`search/frequent.py`); of past revisions all hits are ranked, as for any other word.
create table ledger.search_term (
    term text collate "C" not null,
    resource text collate "C" not null,
    stem text collate "C" not null,
    hits integer not null check (hits >= 0),
    best text[] collate "C" not null,
    scores double precision[] not null,
    least double precision,
    least_id text collate "C",
    primary key (term, resource),
    check (cardinality(best) = cardinality(scores)),
    check ((least is null) = (least_id is null))
);
comment on table ledger.search_term is 'Words and beginnings of words that very many records have, as of the newest revision.';
comment on column ledger.search_term.term is 'The folded word or beginning, as it is asked for alone.';
comment on column ledger.search_term.resource is 'Kind of the records.';
comment on column ledger.search_term.stem is 'The English stem of the term; records with it are found too.';
comment on column ledger.search_term.hits is 'How many records of that kind are found.';
comment on column ledger.search_term.best is 'Ids of the best of them, the best one first.';
comment on column ledger.search_term.scores is 'The score of each of these.';
comment on column ledger.search_term.least is 'No other record has a higher score than this one; null where there is no other.';
comment on column ledger.search_term.least_id is 'No other record with that score has an id that comes before this one.';

create table ledger.search_terms (
    revision integer not null,
    digest bytea not null,
    entries bigint not null,
    written bigint not null
);
comment on table ledger.search_terms is 'Of which revision the terms of search_term are; no row while there are none.';
comment on column ledger.search_terms.revision is 'The revision.';
comment on column ledger.search_terms.digest is 'Digest of the code that counted them.';
comment on column ledger.search_terms.entries is 'Records that were looked through when terms were last chosen.';
comment on column ledger.search_terms.written is 'Versions that were published since.';
