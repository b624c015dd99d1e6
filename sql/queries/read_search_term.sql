-- A word that very many records have, as of revision $2: for each kind of record how many do, the best
-- of them, and which are called by it and stop words. No row where it is no such word, where it is not
-- known what is called by one of the stop words of the question ($3), or where another revision is asked
-- for.
select
    search_term.resource,
    search_term.hits,
    search_term.best,
    search_term.least,
    search_term.least_id,
    search_term.called
from api.search_term
where
    search_term.term = $1::text
    and search_term.revision = $2::integer
    and search_term.stop_words @> $3::text[]
