-- Known words that differ from a mistyped one in one letter: $1 has the mistyped word once for each
-- of its variants in $2. One look-up for each, however many words are known; the limit keeps the
-- planner from reading all of them instead.
select
    asked.word,
    found.word as known
from unnest($1::text[], $2::text[]) as asked (word, variant)
cross join lateral (
    select word.word
    from api.word
    where word.word = asked.variant and word.first_revision <= $3::integer
    limit 1
) as found
order by similarity(found.word, asked.word) desc, found.word
