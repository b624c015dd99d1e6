-- What is known of the words of a question as of revision $2. A word is known too where only its stem
-- occurs, and $3, the one that may be unfinished, where only its beginning does.
select
    given.word,
    given.stem,
    given.is_stop,
    exists (
        select
        from api.word
        where word.word = given.word and word.first_revision <= $2::integer
    )
    or exists (
        select
        from api.word
        where word.stem = given.stem and word.first_revision <= $2::integer
    ) as is_known,
    exists (
        select
        from api.word
        where
            given.word = $3::text
            and word.word >= given.word
            and word.word < given.word || chr(1114111)
            and word.first_revision <= $2::integer
    ) as is_opening
from (
    select
        asked.word,
        coalesce((ts_lexize('english_stem', asked.word))[1], asked.word) as stem,
        ts_lexize('english_stem', asked.word) = '{}' as is_stop
    from unnest($1::text[]) as asked (word)
) as given
