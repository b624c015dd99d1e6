-- Words that occur, by which mistyped ones are corrected and beginnings are told from words.
create view api.word as
select
    word.word,
    word.stem,
    word.first_revision,
    word.named
from ledger.word;
comment on view api.word is 'Words that occur: a read at revision R takes first_revision <= R.';
comment on column api.word.word is 'The folded word: letters only.';
comment on column api.word.stem is 'Its English stem, or a stem of its own if that belongs to other words.';
comment on column api.word.first_revision is 'First revision in which it occurs.';
comment on column api.word.named is 'Whether it occurs in the name of a company.';
