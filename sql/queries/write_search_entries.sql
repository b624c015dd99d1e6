-- Entries of one kind, a row from each place of the arrays: $1 is the kind, then come ids, first and
-- last revisions, labels, exact names (a line each), texts, and words as a tsvector is written.
insert into ledger.search_version (
    resource,
    id,
    first_revision,
    last_revision,
    label,
    exact,
    body,
    words
)
select
    $1::text,
    given.id,
    given.first_revision,
    given.last_revision,
    given.label,
    string_to_array(given.exact, chr(10)),
    given.body,
    given.words::tsvector
from unnest(
    $2::text[],
    $3::integer[],
    $4::integer[],
    $5::text[],
    $6::text[],
    $7::text[],
    $8::text[]
) as given (id, first_revision, last_revision, label, exact, body, words)
