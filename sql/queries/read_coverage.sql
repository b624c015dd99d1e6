-- How complete and how fresh the ledger is at a revision. Reads the narrow columns of the versions
-- only: no document is opened. Asked once per revision, the answer is kept.
with wave as materialized (
    select
        wave_facet.id,
        wave_facet.company,
        wave_facet.collection,
        wave_facet.canonical,
        wave_facet.announced_on,
        wave_facet.newest_event_on,
        wave_facet.countries,
        wave_facet.subdivisions,
        wave_facet.worldwide,
        wave_facet.evidence,
        wave_facet.claims,
        coalesce(wave_facet.headcount_low, wave_facet.headcount_high) is not null as has_headcount,
        coalesce(wave_facet.share_low, wave_facet.share_high) is not null as has_share,
        wave_facet.driver_keys && array['*|*|states|*', '*|*|reports|*'] as has_driver,
        wave_facet.driver_keys && array['*|company|states|*'] as has_company_driver,
        wave_facet.role_keys && array['*|cut|*'] as has_role,
        wave_facet.standings && array['primary'] as has_primary_source,
        cardinality(wave_facet.sources) >= 2 as has_two_sources
    from api.wave_facet
    where wave_facet.first_revision <= $1::integer and wave_facet.last_revision >= $1::integer
),

source as materialized (
    select
        source_facet.standing,
        source_facet.archived,
        source_facet.titled,
        source_facet.published_on is not null as dated
    from api.source_facet
    where
        source_facet.first_revision <= $1::integer
        and source_facet.last_revision >= $1::integer
)

select
    jsonb_build_object(
        'waves', (select count(*) from wave),
        'canonical_waves', (select count(*) from wave where wave.canonical),
        'companies', (select count(distinct wave.company) from wave),
        'claims', (select coalesce(sum(wave.claims), 0) from wave),
        'sources', (select count(*) from source),
        'countries', (select count(distinct named.code) from wave, unnest(wave.countries) as named (code)),
        'first_announced_on', (select min(wave.announced_on) from wave),
        'last_announced_on', (select max(wave.announced_on) from wave),
        'newest_event_on', (select max(wave.newest_event_on) from wave),
        'years', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'year', counted.year,
                            'collection', counted.collection,
                            'waves', counted.waves,
                            'waves_with_headcount', counted.waves_with_headcount
                        )
                        order by counted.year, counted.collection
                    ),
                    '[]'
                )
            from (
                select
                    extract(year from wave.announced_on)::integer as year,
                    wave.collection,
                    count(*) as waves,
                    count(*) filter (where wave.has_headcount) as waves_with_headcount
                from wave
                group by 1, 2
            ) as counted
        ),
        'waves_with', (
            select
                jsonb_build_object(
                    'headcount', count(*) filter (where wave.has_headcount),
                    'share', count(*) filter (where wave.has_share),
                    'driver', count(*) filter (where wave.has_driver),
                    'driver_stated_by_company', count(*) filter (where wave.has_company_driver),
                    'role', count(*) filter (where wave.has_role),
                    'country', count(*) filter (where cardinality(wave.countries) > 0),
                    'country_or_worldwide', count(*) filter (
                        where cardinality(wave.countries) > 0 or wave.worldwide
                    ),
                    'subdivision', count(*) filter (where cardinality(wave.subdivisions) > 0),
                    'primary_source', count(*) filter (where wave.has_primary_source),
                    'two_or_more_sources', count(*) filter (where wave.has_two_sources)
                )
            from wave
        ),
        'evidence', (
            select coalesce(jsonb_object_agg(counted.grade, counted.citations), '{}')
            from (
                select
                    graded.grade,
                    count(*) as citations
                from wave, unnest(wave.evidence) as graded (grade)
                group by graded.grade
            ) as counted
        ),
        'standings', (
            select coalesce(jsonb_object_agg(counted.standing, counted.sources), '{}')
            from (
                select
                    source.standing,
                    count(*) as sources
                from source
                group by source.standing
            ) as counted
        ),
        'archived_sources', (select count(*) from source where source.archived),
        'titled_sources', (select count(*) from source where source.titled),
        'dated_sources', (select count(*) from source where source.dated),
        'collections', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'id', collection.id,
                            'name', collection.content ->> 'name',
                            'description', collection.content ->> 'description',
                            'license', collection.content ->> 'license',
                            'origin', collection.content ->> 'origin',
                            'waves', (select count(*) from wave where wave.collection = collection.id),
                            'notices', coalesce((collection.content ->> 'notices')::bigint, 0),
                            'attribution', collection.content ->> 'attribution',
                            'missing', collection.content ->> 'missing'
                        )
                        order by collection.id
                    ),
                    '[]'
                )
            from (
                select
                    document.id,
                    ('{' || document.body)::jsonb as content
                from api.whole_document as document
                where
                    document.resource = 'collection'
                    and document.first_revision <= $1::integer
                    and document.last_revision >= $1::integer
            ) as collection
        )
    )::text as figures
