-- What is known about the words of a query as of revision $2; $4 has the stem of each if it is not
-- PostgreSQL's, else null. A word is also known if only its stem occurs, and $3, which may be
-- unfinished, if only its beginning does; it is whole if it occurs as a word in some text. Other rows
-- are companies that are called like some of the words ($5), by their name or by another one.
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
    ) as is_opening,
    null as company,
    null as is_other_name
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
union all
select
    called.folded,
    null,
    null,
    null,
    null,
    null,
    called.company,
    called.is_other_name
from (
    select
        company_name_version.folded,
        company_name_version.company,
        bool_or(company_name_version.kind in ('alias', 'former_name')) as is_other_name,
        max(company_name_version.waves) as waves
    from api.company_name_version
    where
        company_name_version.place in (1, 2)
        and company_name_version.folded = any($5::text[])
        and company_name_version.kind in ('name', 'alias', 'former_name', 'legal_name')
        and company_name_version.first_revision <= $2::integer
        and company_name_version.last_revision >= $2::integer
    group by company_name_version.folded, company_name_version.company
    order by waves desc, company_name_version.company
    -- A name that very many companies share says nothing about any of them.
    limit 100
) as called
