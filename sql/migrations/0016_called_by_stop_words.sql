-- A question for a frequent word with stop words before it, such as `the company`, reads the list of the
-- word: but what is called exactly so comes first there, and must be known.
alter table ledger.search_term add column called text[] collate "C" not null default '{}';
comment on column ledger.search_term.called is 'Ids of those that are called by the term and stop words, such as "The Company".';

alter table ledger.search_terms add column stop_words text[] not null default '{}';
comment on column ledger.search_terms.stop_words is 'Frequent stop words: who is called by others of them is not known.';
