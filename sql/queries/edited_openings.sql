-- Which variants of a mistyped word ($1, the likeliest first) begin a word in a name of a company
-- as of revision $2; those that are such a word come first.
select asked.variant
from unnest($1::text[]) with ordinality as asked (variant, place)
cross join lateral (
    select word.word
    from api.word
    where
        word.named
        and word.word >= asked.variant
        and word.word < asked.variant || chr(1114111)
        and word.first_revision <= $2::integer
    order by word.word
    limit 1
) as found
order by (found.word = asked.variant) desc, asked.place
