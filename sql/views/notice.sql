-- A notice with its links, as a record of its collection.
create view api.notice as
select
    notice.id,
    notice.collection,
    notice.jurisdiction,
    notice.authority,
    notice.employer,
    (
        select
            json_build_object(
                'id', notice_company.company,
                'method', notice_company.method,
                'score', notice_company.score
            )
        from ledger.notice_company
        where notice_company.notice = notice.id
    ) as company,
    (
        select
            json_build_object(
                'id', notice_wave.wave,
                'method', notice_wave.method,
                'score', notice_wave.score
            )
        from ledger.notice_wave
        where notice_wave.notice = notice.id
    ) as wave,
    notice.place,
    notice.county,
    notice.county_code,
    notice.address,
    notice.notice_on,
    notice.received_on,
    notice.effective_from,
    notice.effective_to,
    notice.first_seen_on,
    notice.last_seen_on,
    case
        when coalesce(notice.jobs_low, notice.jobs_high) is not null
            then json_build_object('low', notice.jobs_low, 'high', notice.jobs_high)
    end as jobs,
    notice.kind,
    notice.temporary,
    notice.industry,
    notice.naics,
    notice.stated_cause,
    notice.occupations,
    notice.status,
    notice.amended,
    coalesce(
        (
            select
                json_agg(
                    json_build_object(
                        'relation', notice_relation.relation,
                        'notice', notice_relation.other,
                        'method', notice_relation.method,
                        'score', notice_relation.score
                    )
                    order by notice_relation.position
                )
            from ledger.notice_relation
            where notice_relation.notice = notice.id
        ),
        '[]'
    ) as relations,
    notice.flags,
    json_build_object(
        'cik', notice.cik,
        'lei', notice.lei,
        'wikidata', notice.wikidata,
        'ticker', notice.ticker,
        'parent', notice.parent,
        'parent_cik', notice.parent_cik
    ) as identifiers,
    json_build_object(
        'url', notice.source_url,
        'retrieved_on', coalesce(notice.last_seen_on, notice.first_seen_on),
        'id', notice.source_id,
        'key', notice.key
    ) as source,
    collection.license,
    collection.attribution
from ledger.notice
inner join ledger.collection on collection.id = notice.collection;
comment on view api.notice is 'What an employer filed with an authority about a coming reduction at a site.';
comment on column api.notice.id is 'Stable identifier: jurisdiction and the beginning of the key at its origin.';
comment on column api.notice.collection is 'The collection that it belongs to.';
comment on column api.notice.jurisdiction is 'ISO 3166-2 code of the jurisdiction with whose authority it was filed.';
comment on column api.notice.authority is 'Name of that authority.';
comment on column api.notice.employer is 'The employer as filed.';
comment on column api.notice.company is 'The company of the ledger, and how it was matched.';
comment on column api.notice.wave is 'The wave of the ledger, and how it was matched.';
comment on column api.notice.place is 'Town of the site.';
comment on column api.notice.county is 'County of the site.';
comment on column api.notice.county_code is 'Its code; FIPS in the United States.';
comment on column api.notice.address is 'Address of the site as filed.';
comment on column api.notice.notice_on is 'Date of the notice.';
comment on column api.notice.received_on is 'When the authority received it.';
comment on column api.notice.effective_from is 'When it takes effect; the first day if there are several.';
comment on column api.notice.effective_to is 'The last of several such days.';
comment on column api.notice.first_seen_on is 'When the collection first saw it at its source.';
comment on column api.notice.last_seen_on is 'When the collection last saw it there.';
comment on column api.notice.jobs is 'Jobs affected.';
comment on column api.notice.kind is 'closure, mass_layoff or unknown.';
comment on column api.notice.temporary is 'Whether the reduction is temporary.';
comment on column api.notice.industry is 'NAICS 2022 sector.';
comment on column api.notice.naics is 'NAICS code as the collection has it.';
comment on column api.notice.stated_cause is 'The cause that the employer states.';
comment on column api.notice.occupations is 'Occupations as filed.';
comment on column api.notice.status is 'filed, amended, superseded or rescinded.';
comment on column api.notice.amended is 'Whether it was amended, or is an amendment.';
comment on column api.notice.relations is 'How it relates to other notices.';
comment on column api.notice.flags is 'Cautions for readers.';
comment on column api.notice.identifiers is 'Identifiers of the employer, as the collection has them.';
comment on column api.notice.source is 'Where the collection took it from.';
comment on column api.notice.license is 'SPDX identifier of the licence of the collection.';
comment on column api.notice.attribution is 'The attribution to give when you use it.';
