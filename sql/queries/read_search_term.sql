-- A word that very many records have, as of revision $2: for each kind of record how many have it,
-- the best of them, and those whose name is the word with stop words. No row if it is not such a
-- word, if it is unknown which names contain one of the stop words of the query ($3), or if another
-- revision is requested.
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
