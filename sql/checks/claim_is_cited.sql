-- Every claim has at least one citation.
select
    claim.wave,
    format('claim %s (%s) has no citation', claim.number, claim.kind) as message
from ledger.claim
where
    claim.wave = any($1::text[])
    and not exists (
        select
        from ledger.claim_citation
        where claim_citation.wave = claim.wave and claim_citation.claim = claim.number
    )
