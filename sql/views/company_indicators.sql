-- The indicators of a company: its series, what follows from them, and the places they cite.
create view api.company_indicators as
select
    company.id,
    company.name,
    coalesce(told.series, '[]') as series,
    -- A year's capital expenditure divided by the number of people employed at its end (within a
    -- month of it). Every pair of definitions has its own ratio.
    coalesce(
        (
            select
                json_agg(
                    json_build_object(
                        'period_start', spent.period_start,
                        'period_end', spent.period_end,
                        'low', round(spent.low / staff.high),
                        'high', round(spent.high / staff.low),
                        'unit', 'USD',
                        'qualifier', 'derived',
                        'capital_expenditure', spending.id,
                        'employees', staffing.id
                    )
                    order by spending.id, staffing.id, spent.period_end
                )
            from ledger.indicator as spending
            inner join ledger.indicator as staffing
                on staffing.company = spending.company and staffing.metric = 'employees'
            -- For a pair, which most companies do not have: the planner would rather look for each
            -- of them in all capital expenditure, which was most of the cost of publishing them.
            cross join lateral (
                select
                    indicator_value.period_start,
                    indicator_value.period_end,
                    indicator_value.low,
                    indicator_value.high
                from ledger.indicator_value
                where
                    indicator_value.indicator = spending.id
                    and indicator_value.rank = 'preferred'
                    and indicator_value.period_end_precision = 'day'
                    and indicator_value.period_end - indicator_value.period_start between 358 and 372
                offset 0
            ) as spent
            inner join ledger.indicator_value as staff
                on
                    staff.indicator = staffing.id
                    and abs(staff.period_end - spent.period_end) <= 31
            where
                spending.company = company.id
                and spending.metric = 'capital_expenditure'
                and spending.kind = 'outcome'
                and staffing.kind = 'outcome'
                and staff.rank = 'preferred'
        ),
        '[]'
    ) as capital_expenditure_per_employee,
    coalesce(
        (
            select
                json_agg(
                    json_build_object(
                        'n', place.n,
                        'locator', place.locator,
                        'fragment', place.fragment,
                        'evidence', place.evidence,
                        'source', json_build_object(
                            'id', source.id,
                            'title', source.title,
                            'publisher', source.publisher,
                            'kind', source.kind,
                            'standing', source.standing,
                            'url', source.url,
                            'archived_url', source.archived_url,
                            'published_on', source.published_on,
                            'published_precision', source.published_precision,
                            'retrieved_on', source.retrieved_on
                        )
                    )
                    order by place.n
                )
            from api.indicator_place as place
            inner join ledger.source on source.id = place.source
            where place.company = company.id
        ),
        '[]'
    ) as citations,
    -- Separate from the others, whose metrics are a closed set of the contract.
    coalesce(told.restructuring, '[]') as restructuring
from ledger.company
cross join lateral (
    select
        json_agg(one.document order by one.metric, one.kind desc, one.id)
            filter (where not one.is_restructuring) as series,
        json_agg(one.document order by one.metric, one.kind desc, one.id)
            filter (where one.is_restructuring) as restructuring
    from (
        select
            indicator.id,
            indicator.metric,
            indicator.kind,
            indicator.metric in ('restructuring_positions', 'restructuring_charges') as is_restructuring,
            json_build_object(
                'id', indicator.id,
                'metric', indicator.metric,
                'kind', indicator.kind,
                'unit', indicator.unit,
                'definition', indicator.definition,
                'note', indicator.note,
                'values', (
                    select
                        json_agg(
                            json_build_object(
                                'period_start', indicator_value.period_start,
                                'period_end', indicator_value.period_end,
                                'precision', indicator_value.period_end_precision,
                                'low', indicator_value.low,
                                'high', indicator_value.high,
                                'qualifier', indicator_value.qualifier,
                                'rank', indicator_value.rank,
                                'stated_on', indicator_value.stated_on,
                                'note', indicator_value.note,
                                'citations', (
                                    select
                                        json_agg(
                                            place.n
                                            order by indicator_citation.position
                                        )
                                    from ledger.indicator_citation
                                    inner join api.indicator_place as place
                                        on
                                            place.company = company.id
                                            and place.source = indicator_citation.source
                                            and place.locator is not distinct from indicator_citation.locator
                                            and place.fragment is not distinct from indicator_citation.fragment
                                            and place.evidence = indicator_citation.evidence
                                    where
                                        indicator_citation.indicator = indicator.id
                                        and indicator_citation.value = indicator_value.position
                                )
                            )
                            order by indicator_value.position
                        )
                    from ledger.indicator_value
                    where indicator_value.indicator = indicator.id
                )
            ) as document
        from ledger.indicator
        where indicator.company = company.id
    ) as one
) as told;
comment on view api.company_indicators is 'A company''s figures over time, each cited, and what follows from them.';
comment on column api.company_indicators.id is 'Id of the company.';
comment on column api.company_indicators.name is 'Common name.';
comment on column api.company_indicators.series is 'Series, each under one definition; guidance apart from outcomes.';
comment on column api.company_indicators.capital_expenditure_per_employee is 'Derived: a year''s capital expenditure per person employed at its end.';
comment on column api.company_indicators.citations is 'The places that the values cite by number.';
comment on column api.company_indicators.restructuring is 'Series of positions eliminated and of charges of restructurings, as filings tag them.';
