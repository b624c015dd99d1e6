-- Words in names of companies that are like $1, as of revision $2: the last word of what is typed
-- into a field, mistyped or not finished.
select word.word
from api.word
where
    word.named
    and (word.word % $1::text or word.word %> $1::text)
    and word.first_revision <= $2::integer
order by similarity(word.word, $1::text) desc, word.word
limit 50
