-- A word that very many records have, as of revision $2: for each kind of record how many do, and the
-- best of them. No row where it is no such word, or where another revision is asked for.
select
    search_term.resource,
    search_term.hits,
    search_term.best
from api.search_term
where search_term.term = $1::text and search_term.revision = $2::integer
