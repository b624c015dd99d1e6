-- The places that a company's indicators cite, numbered in the order in which they first appear.
create view api.indicator_place as
select
    indicator.company,
    indicator_citation.source,
    indicator_citation.locator,
    indicator_citation.fragment,
    indicator_citation.evidence,
    row_number() over (
        partition by indicator.company
        order by
            min((indicator.metric, indicator.id, indicator_citation.value, indicator_citation.position)::text)
    ) as n
from ledger.indicator
inner join ledger.indicator_citation on indicator_citation.indicator = indicator.id
group by
    indicator.company,
    indicator_citation.source,
    indicator_citation.locator,
    indicator_citation.fragment,
    indicator_citation.evidence;
comment on view api.indicator_place is 'A place that a company''s indicators cite.';
comment on column api.indicator_place.company is 'Id of the company.';
comment on column api.indicator_place.source is 'Id of the source.';
comment on column api.indicator_place.locator is 'Page, paragraph, section or item.';
comment on column api.indicator_place.fragment is 'Verbatim words, at most 12.';
comment on column api.indicator_place.evidence is 'excerpt_read, url_listed or filing.';
comment on column api.indicator_place.n is 'Number in the list of citations of that company''s indicators.';
