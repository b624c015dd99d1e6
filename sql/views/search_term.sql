-- Words that very many records have, with the best hits of each.
create view api.search_term as
select
    search_term.term,
    search_term.resource,
    search_term.hits,
    search_term.best,
    search_term.least,
    search_term.least_id,
    search_term.called,
    search_terms.revision,
    search_terms.stop_words
from ledger.search_term
cross join ledger.search_terms;
comment on view api.search_term is 'Words and beginnings of words that very many records have: for reads of one revision only.';
comment on column api.search_term.term is 'The folded word or beginning, as it is searched for alone.';
comment on column api.search_term.resource is 'Kind of the records.';
comment on column api.search_term.hits is 'How many records of that kind are found.';
comment on column api.search_term.best is 'Ids of the best of them, the best one first.';
comment on column api.search_term.least is 'No other record has a higher score than this one; null if there is no other.';
comment on column api.search_term.least_id is 'No other record with that score has an id that comes before this one.';
comment on column api.search_term.called is 'Ids of those whose name is the term with stop words, such as "The Company".';
comment on column api.search_term.revision is 'The revision for which this holds.';
comment on column api.search_term.stop_words is 'The stop words that, with a term, may be the name of a record.';
