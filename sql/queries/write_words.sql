-- Words with their stems, whether they stand in names of companies, and the revision in which they
-- occur. Most are there already; those are left alone unless something is new about them.
insert into ledger.word (word, stem, named, first_revision)
select
    given.word,
    given.stem,
    given.named,
    given.first_revision
from unnest(
    $1::text[],
    $2::text[],
    $3::boolean[],
    $4::integer[]
) as given (word, stem, named, first_revision)
on conflict (word) do update set
    named = word.named or excluded.named,
    first_revision = least(word.first_revision, excluded.first_revision)
where
    (excluded.named and not word.named)
    or excluded.first_revision < word.first_revision
