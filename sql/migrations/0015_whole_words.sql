-- Words of two letters and one are noted as well: the last word of a question is taken as a beginning
-- only where no text has it as a word, and "AI" is one.
comment on table ledger.word is 'Words that occur: mistyped ones are put right by them, and what is one is not taken for a beginning.';
comment on column ledger.word.word is 'The folded word: letters alone.';
comment on column ledger.word.stem is 'Its English stem, or one of its own where that is one of other words.';
