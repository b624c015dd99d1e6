-- Words with their stems, whether they occur in names of companies, and the revision in which they
-- occur. Most exist already; those are left alone unless something about them is new. All four are
-- lists separated by spaces, which cost the client a fifth of what arrays do.
insert into ledger.word (word, stem, named, first_revision)
select
    given.word,
    given.stem,
    given.named,
    given.first_revision
from unnest(
    string_to_array($1, ' '),
    string_to_array($2, ' '),
    string_to_array($3, ' ')::boolean[],
    string_to_array($4, ' ')::integer[]
) as given (word, stem, named, first_revision)
on conflict (word) do update set
    named = word.named or excluded.named,
    first_revision = least(word.first_revision, excluded.first_revision)
where
    (excluded.named and not word.named)
    or excluded.first_revision < word.first_revision
