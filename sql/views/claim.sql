-- Every claim with the numbers of its citations and the first words that they quote. The view of a
-- wave is made from this one.
create view api.claim as
select
    claim.wave,
    claim.number,
    claim.kind,
    claim.speaker,
    claim.rank,
    claim.note,
    array(
        select claim_citation.n
        from ledger.claim_citation
        where claim_citation.wave = claim.wave and claim_citation.claim = claim.number
        order by claim_citation.position
    ) as citations,
    (
        select citation.fragment
        from ledger.claim_citation
        inner join ledger.citation
            on citation.wave = claim_citation.wave and citation.n = claim_citation.n
        where
            claim_citation.wave = claim.wave
            and claim_citation.claim = claim.number
            and citation.fragment is not null
        order by claim_citation.position
        limit 1
    ) as fragment
from ledger.claim;
comment on view api.claim is 'What one speaker says about a wave, with its citations; the typed part is in the columns of api.wave.';
comment on column api.claim.wave is 'Id of the wave.';
comment on column api.claim.number is 'Order within the wave.';
comment on column api.claim.kind is 'event, magnitude, driver, role, context, scope or form.';
comment on column api.claim.speaker is 'Who says it.';
comment on column api.claim.rank is 'preferred, normal or deprecated.';
comment on column api.claim.note is 'A caution for readers.';
comment on column api.claim.citations is 'Numbers of the citations in the wave''s list.';
comment on column api.claim.fragment is 'The first verbatim words that they quote.';
