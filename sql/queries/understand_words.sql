-- What is known of the words of a question as of revision $2; $4 has the stem of each that is not
-- PostgreSQL's, else null. A word is known too where only its stem occurs, and $3, the one that may be
-- unfinished, where only its beginning does; it is whole where it stands so in some text.
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
