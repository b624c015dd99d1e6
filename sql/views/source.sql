-- A source with the claims that it supports.
create view api.source as
select
    source.id,
    source.url,
    source.archived_url,
    source.title,
    source.publisher,
    source.author,
    source.kind,
    source.standing,
    source.original_publisher,
    source.language,
    source.published_on,
    source.published_precision,
    source.retrieved_on,
    source.retrieved_precision,
    source.note,
    coalesce(
        (
            select
                json_agg(
                    supported.claim
                    order by supported.rank, supported.id, supported.number, supported.position
                )
            from (
                select
                    1 as rank,
                    claim.wave as id,
                    claim.number,
                    claim_citation.position,
                    json_build_object(
                        'wave', claim.wave,
                        'indicator', null,
                        'kind', claim.kind,
                        -- The word that distinguishes a claim from others of its kind.
                        'about', case claim.kind
                            when 'event' then (
                                select event.status
                                from ledger.event
                                where event.wave = claim.wave and event.claim = claim.number
                            )
                            when 'magnitude' then (
                                select magnitude.measure
                                from ledger.magnitude
                                where
                                    magnitude.wave = claim.wave
                                    and magnitude.claim = claim.number
                            )
                            when 'driver' then (
                                select driver_claim.driver
                                from ledger.driver_claim
                                where
                                    driver_claim.wave = claim.wave
                                    and driver_claim.claim = claim.number
                            )
                            when 'role' then (
                                select role_claim.role
                                from ledger.role_claim
                                where
                                    role_claim.wave = claim.wave
                                    and role_claim.claim = claim.number
                            )
                            when 'context' then (
                                select context.aspect
                                from ledger.context
                                where context.wave = claim.wave and context.claim = claim.number
                            )
                        end,
                        'fragment', citation.fragment,
                        'evidence', citation.evidence
                    ) as claim
                from ledger.citation
                inner join ledger.claim_citation
                    on claim_citation.wave = citation.wave and claim_citation.n = citation.n
                inner join ledger.claim
                    on
                        claim.wave = claim_citation.wave
                        and claim.number = claim_citation.claim
                where citation.source = source.id
                union all
                select
                    2 as rank,
                    indicator.id,
                    indicator_citation.value as number,
                    indicator_citation.position,
                    json_build_object(
                        'wave', null,
                        'indicator', indicator.id,
                        'kind', 'indicator',
                        'about', indicator.metric,
                        'fragment', indicator_citation.fragment,
                        'evidence', indicator_citation.evidence
                    ) as claim
                from ledger.indicator_citation
                inner join ledger.indicator on indicator.id = indicator_citation.indicator
                where indicator_citation.source = source.id
            ) as supported
        ),
        '[]'
    ) as supports
from ledger.source;
comment on view api.source is 'A text that is cited, what it is worth, and which claims it supports.';
comment on column api.source.id is 'Stable identifier.';
comment on column api.source.url is 'Address of the text; null only where none is known.';
comment on column api.source.archived_url is 'Address of a permanent copy.';
comment on column api.source.title is 'Title as published.';
comment on column api.source.publisher is 'Whose page it is.';
comment on column api.source.author is 'Byline.';
comment on column api.source.kind is 'Kind of source.';
comment on column api.source.standing is 'What the source is worth.';
comment on column api.source.original_publisher is 'Whose text a republication copies.';
comment on column api.source.language is 'ISO 639 code of the text.';
comment on column api.source.published_on is 'When it was published; the first day of the span.';
comment on column api.source.published_precision is 'How precise published_on is.';
comment on column api.source.retrieved_on is 'When its text was read; the first day of the span.';
comment on column api.source.retrieved_precision is 'How precise retrieved_on is.';
comment on column api.source.note is 'A caution for readers.';
comment on column api.source.supports is 'The claims that cite it.';
