-- A driver that the company states or denies has a source in which it speaks: a filing or a
-- statement of its own, or a text that was read.
select
    claim.wave,
    format('claim %s: no source in which the company speaks', claim.number) as message
from ledger.driver_claim
inner join ledger.claim
    on claim.wave = driver_claim.wave and claim.number = driver_claim.claim
where
    claim.wave = any($1::text[])
    and claim.speaker = 'company'
    and not exists (
        select
        from ledger.claim_citation
        inner join ledger.citation
            on citation.wave = claim_citation.wave and citation.n = claim_citation.n
        inner join ledger.source on source.id = citation.source
        where
            claim_citation.wave = claim.wave
            and claim_citation.claim = claim.number
            and (
                source.kind in ('filing', 'company_statement')
                or citation.evidence <> 'url_listed'
            )
    )
