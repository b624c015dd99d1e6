-- What is known of the words of a question as of revision $2, and which known words are like those
-- that are not known. $3 are the words that may be mistyped, $4 is the one that may be unfinished.
-- A word is known too where only its stem occurs. The nearest ones are chosen from these in Python,
-- by the letters that differ.
select
    given.word,
    given.stem,
    given.is_stop,
    known.whole,
    known.opening,
    coalesce(near.words, '{}') as near,
    coalesce(near.stems, '{}') as near_stems
from (
    select
        asked.word,
        coalesce((ts_lexize('english_stem', asked.word))[1], asked.word) as stem,
        ts_lexize('english_stem', asked.word) = '{}' as is_stop
    from unnest($1::text[]) as asked (word)
) as given
cross join lateral (
    select
        exists (
            select
            from api.word
            where word.word = given.word and word.first_revision <= $2::integer
        )
        or exists (
            select
            from api.word
            where word.stem = given.stem and word.first_revision <= $2::integer
        ) as whole,
        exists (
            select
            from api.word
            where
                given.word = $4::text
                and word.word >= given.word
                and word.word < given.word || chr(1114111)
                and word.first_revision <= $2::integer
        ) as opening
) as known
left join lateral (
    select
        array_agg(close.word order by close.alike desc, close.word) as words,
        array_agg(close.stem order by close.alike desc, close.word) as stems
    from (
        select
            word.word,
            word.stem,
            similarity(word.word, given.word) as alike
        from api.word
        where
            given.word = any($3::text[])
            and not known.whole
            and not known.opening
            and (
                word.word % given.word
                or (given.word = $4::text and word.word %> given.word)
            )
            and word.first_revision <= $2::integer
        order by alike desc, word.word
        limit 50
    ) as close
) as near on true
