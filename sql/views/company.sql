-- A company with its names, identifiers and the totals of its waves.
create view api.company as
select
    company.id,
    company.name,
    company.legal_name,
    coalesce(
        (
            select json_agg(company_name.name order by company_name.position)
            from ledger.company_name
            where company_name.company = company.id and company_name.kind = 'alias'
        ),
        '[]'
    ) as aliases,
    coalesce(
        (
            select json_agg(company_name.name order by company_name.position)
            from ledger.company_name
            where company_name.company = company.id and company_name.kind = 'former'
        ),
        '[]'
    ) as former_names,
    (
        select json_build_object('code', country.code, 'name', country.name)
        from ledger.country
        where country.code = company.country
    ) as country,
    (
        select json_build_object('code', industry.code, 'label', industry.label)
        from ledger.industry
        where industry.code = company.industry
    ) as industry,
    (
        select json_build_object('id', parent.id, 'name', parent.name)
        from ledger.company as parent
        where parent.id = company.parent
    ) as parent,
    coalesce(
        (
            select
                json_agg(
                    json_build_object(
                        'scheme', company_identifier.scheme,
                        'value', company_identifier.value
                    )
                    order by company_identifier.scheme
                )
            from ledger.company_identifier
            where company_identifier.company = company.id
        ),
        '[]'
    ) as identifiers,
    company.note,
    -- Bounds and not sums of guesses: the lower bound adds what is known, the upper one exists only
    -- if every counted wave has one.
    (
        select
            json_build_object(
                'waves', count(*),
                'canonical_waves', count(*) filter (where api_wave.canonical),
                'waves_with_headcount', count(api_wave.counts),
                'headcount_low', sum(api_wave.low),
                'headcount_high', case
                    when count(api_wave.counts) = count(api_wave.high) then sum(api_wave.high)
                end,
                'gross_low', sum(api_wave.low) filter (where api_wave.counts = 'gross'),
                'gross_high', case
                    when
                        count(*) filter (where api_wave.counts = 'gross')
                        = count(api_wave.high) filter (where api_wave.counts = 'gross')
                        then sum(api_wave.high) filter (where api_wave.counts = 'gross')
                end,
                'net_low', sum(api_wave.low) filter (where api_wave.counts = 'net'),
                'net_high', case
                    when
                        count(*) filter (where api_wave.counts = 'net')
                        = count(api_wave.high) filter (where api_wave.counts = 'net')
                        then sum(api_wave.high) filter (where api_wave.counts = 'net')
                end,
                'affected_low', sum(api_wave.low) filter (where api_wave.counts = 'affected'),
                'affected_high', case
                    when
                        count(*) filter (where api_wave.counts = 'affected')
                        = count(api_wave.high) filter (where api_wave.counts = 'affected')
                        then sum(api_wave.high) filter (where api_wave.counts = 'affected')
                end,
                'unstated_low', sum(api_wave.low) filter (where api_wave.counts = 'unstated'),
                'unstated_high', case
                    when
                        count(*) filter (where api_wave.counts = 'unstated')
                        = count(api_wave.high) filter (where api_wave.counts = 'unstated')
                        then sum(api_wave.high) filter (where api_wave.counts = 'unstated')
                end,
                -- Jobs that several figures include are taken off all but one of them.
                'overlap_low', sum(api_wave.overlap_low),
                'overlap_high', case
                    when count(api_wave.counts) = count(api_wave.overlap_high)
                        then sum(api_wave.overlap_high)
                end,
                'first_announced_on', min(api_wave.announced_on),
                'last_announced_on', max(api_wave.announced_on)
            )
        from (
            select
                wave_standing.canonical,
                wave_standing.announced_on,
                -- Null if the size is not known, so that counting it counts the known ones.
                case
                    when wave_headcount.wave is not null
                        then coalesce(wave_headcount.counts, 'unstated')
                end as counts,
                wave_headcount.counted_low as low,
                wave_headcount.counted_high as high,
                wave_headcount.low - wave_headcount.counted_low as overlap_low,
                wave_headcount.high - wave_headcount.counted_high as overlap_high
            from api.wave_standing
            -- Lateral, with `offset 0`: otherwise, what each wave includes would be computed for
            -- every wave of the ledger instead of those of the company, which takes minutes.
            left join lateral (
                select
                    of_wave.wave,
                    of_wave.counts,
                    of_wave.low,
                    of_wave.high,
                    of_wave.counted_low,
                    of_wave.counted_high
                from api.wave_headcount as of_wave
                where of_wave.wave = wave_standing.id and wave_standing.canonical
                offset 0
            ) as wave_headcount on true
            where wave_standing.company = company.id
        ) as api_wave
    ) as totals
from ledger.company;
comment on view api.company is 'An employer, with its identifiers and the totals of its waves.';
comment on column api.company.id is 'Stable identifier; never reused.';
comment on column api.company.name is 'Common name.';
comment on column api.company.legal_name is 'Name as registered.';
comment on column api.company.aliases is 'Other names in use.';
comment on column api.company.former_names is 'Names that it no longer uses.';
comment on column api.company.country is 'Country of the seat.';
comment on column api.company.industry is 'NAICS 2022 sector.';
comment on column api.company.parent is 'The company that owns it.';
comment on column api.company.identifiers is 'Identifiers that join it to other data.';
comment on column api.company.note is 'A caution for readers.';
comment on column api.company.totals is 'Its waves, counted and added up.';
