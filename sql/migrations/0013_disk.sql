-- Less disk for the same: bodies are compressed, and what a wave cites twice is found by a digest.
--
-- A body of a wave takes a third when it is compressed, and then it stays in its row: to unpack it
-- costs no more than to gather the three pieces in which it lay beside the row. (With `main`, ids and
-- digests would be moved out of the row before the body is looked at.) What is stored already is left
-- as it is, and follows when it is written again, such as by `vacuum full`.
alter table ledger.document alter column body set storage extended;

-- An index on five columns, two of them of free text, took more than the table. A digest of them has
-- 64 bits, so that among four million citations two are alike once in two million ledgers; that would
-- refuse a citation, and never store one twice.
alter table ledger.citation drop constraint citation_wave_source_locator_fragment_evidence_key;
create unique index citation_wave_source_locator_fragment_evidence_key on ledger.citation
    (hash_record_extended(row(wave, source, locator, fragment, evidence), 0));
