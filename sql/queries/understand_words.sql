-- What is known about the words of a query as of revision $2; $4 has the stem of each if it is not
-- PostgreSQL's, else null. A word is also known if only its stem occurs, and $3, which may be
-- unfinished, if only its beginning does; it is whole if it occurs as a word in some text.
select
    found.word,
    found.stem,
    found.is_stop,
    found.is_whole,
    found.is_whole
    or exists (
        select
        from api.word
        where word.stem = found.stem and word.first_revision <= $2::integer
    ) as is_known,
    exists (
        select
        from api.word
        where
            found.word = $3::text
            and word.word >= found.word
            and word.word < found.word || chr(1114111)
            and word.first_revision <= $2::integer
    ) as is_opening
from (
    select
        asked.word,
        coalesce(asked.stem, (ts_lexize('english_stem', asked.word))[1], asked.word) as stem,
        ts_lexize('english_stem', asked.word) = '{}' as is_stop,
        exists (
            select
            from api.word
            where word.word = asked.word and word.first_revision <= $2::integer
        ) as is_whole
    from unnest($1::text[], $4::text[]) as asked (word, stem)
) as found
