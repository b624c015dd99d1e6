-- Known words with similar trigrams to mistyped ones ($1), as of revision $2: for those with more
-- than one wrong letter.
select
    asked.word,
    found.word as known
from unnest($1::text[]) as asked (word)
cross join lateral (
    select
        word.word,
        similarity(word.word, asked.word) as alike
    from api.word
    where word.word % asked.word and word.first_revision <= $2::integer
    order by alike desc, word.word
    limit 20
) as found
order by found.alike desc, found.word
