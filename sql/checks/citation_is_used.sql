-- A place that a wave lists supports at least one of its claims.
select
    citation.wave,
    format('citation %s supports no claim', citation.n) as message
from ledger.citation
where
    citation.wave = any($1::text[])
    and not exists (
        select
        from ledger.claim_citation
        where claim_citation.wave = citation.wave and claim_citation.n = citation.n
    )
