-- A wave with all its claims, each with the numbers of its citations: the document that is served,
-- without the address and the revision, which are added then.
create view api.wave as
select
    wave.id,
    (
        select
            json_build_object(
                'id', company.id,
                'name', company.name,
                'country', company.country,
                'industry', company.industry
            )
        from ledger.company
        where company.id = wave.company
    ) as company,
    wave.title,
    wave.note,
    wave.collection,
    wave_standing.canonical,
    wave_standing.status,
    wave_standing.announced_on,
    wave_standing.announced_precision,
    coalesce(
        (
            select json_agg(form.form order by form.position)
            from ledger.form
            where form.wave = wave.id
        ),
        '[]'
    ) as forms,
    coalesce(
        (
            select claim.citations
            from api.claim
            where claim.wave = wave.id and claim.kind = 'form'
        ),
        '{}'
    ) as form_citations,
    (
        select
            json_build_object(
                'worldwide', scope.worldwide,
                'countries', coalesce(
                    (
                        select json_agg(scope_country.country order by scope_country.position)
                        from ledger.scope_country
                        where scope_country.wave = wave.id
                    ),
                    '[]'
                ),
                'subdivisions', to_json(scope.subdivisions),
                'sites', to_json(scope.sites),
                'units', scope.units,
                'speaker', claim.speaker,
                'note', claim.note,
                'citations', claim.citations
            )
        from ledger.scope
        inner join api.claim on claim.wave = scope.wave and claim.number = scope.claim
        where scope.wave = wave.id
    ) as scope,
    (
        select
            json_build_object(
                'low', magnitude.low,
                'high', magnitude.high,
                'qualifier', magnitude.qualifier,
                'counts', magnitude.counts,
                'cumulative', magnitude.cumulative,
                'base', magnitude.base,
                'counted_low', wave_headcount.counted_low,
                'counted_high', wave_headcount.counted_high,
                'citations', claim.citations
            )
        from ledger.magnitude
        inner join api.wave_headcount on wave_headcount.wave = magnitude.wave
        inner join api.claim
            on claim.wave = magnitude.wave and claim.number = magnitude.claim
        where
            magnitude.wave = wave.id
            and magnitude.measure = 'headcount'
            and magnitude.rank = 'preferred'
    ) as headcount,
    (
        select
            json_build_object(
                'low', magnitude.low,
                'high', magnitude.high,
                'qualifier', magnitude.qualifier,
                'base', magnitude.base,
                'citations', claim.citations
            )
        from ledger.magnitude
        inner join api.claim
            on claim.wave = magnitude.wave and claim.number = magnitude.claim
        where
            magnitude.wave = wave.id
            and magnitude.measure = 'share'
            and magnitude.rank = 'preferred'
    ) as share,
    coalesce(
        (
            select
                json_agg(
                    json_build_object(
                        'measure', magnitude.measure,
                        'low', magnitude.low,
                        'high', magnitude.high,
                        'qualifier', magnitude.qualifier,
                        'counts', magnitude.counts,
                        'cumulative', magnitude.cumulative,
                        'contractors_included', magnitude.contractors_included,
                        'base', magnitude.base,
                        'countries', to_json(magnitude.countries),
                        'subdivisions', to_json(magnitude.subdivisions),
                        'increment', magnitude.increment,
                        'includes', coalesce(
                            (
                                select
                                    json_agg(
                                        magnitude_inclusion.included
                                        order by magnitude_inclusion.position
                                    )
                                from ledger.magnitude_inclusion
                                where
                                    magnitude_inclusion.wave = magnitude.wave
                                    and magnitude_inclusion.claim = magnitude.claim
                            ),
                            '[]'
                        ),
                        'rank', claim.rank,
                        'speaker', claim.speaker,
                        'stated_on', magnitude.stated_on,
                        'stated_precision', magnitude.stated_precision,
                        'note', claim.note,
                        'citations', claim.citations
                    )
                    order by claim.number
                )
            from ledger.magnitude
            inner join api.claim
                on claim.wave = magnitude.wave and claim.number = magnitude.claim
            where magnitude.wave = wave.id
        ),
        '[]'
    ) as magnitudes,
    coalesce(
        (
            select
                json_agg(
                    json_build_object(
                        'driver', json_build_object(
                            'code', driver.code,
                            'label', driver.label,
                            'group', driver."group"
                        ),
                        'weight', driver_claim.weight,
                        'speaker', claim.speaker,
                        'stance', driver_claim.stance,
                        'statement', driver_claim.statement,
                        'fragment', claim.fragment,
                        'rank', claim.rank,
                        'note', claim.note,
                        'citations', claim.citations
                    )
                    order by claim.number
                )
            from ledger.driver_claim
            inner join api.claim
                on claim.wave = driver_claim.wave and claim.number = driver_claim.claim
            inner join ledger.driver on driver.code = driver_claim.driver
            where driver_claim.wave = wave.id
        ),
        '[]'
    ) as drivers,
    coalesce(
        (
            select
                json_agg(
                    json_build_object(
                        'role', json_build_object(
                            'code', role.code,
                            'label', role.label,
                            'axis', role.axis
                        ),
                        'effect', role_claim.effect,
                        'headcount', role_claim.headcount,
                        'wording', role_claim.wording,
                        'speaker', claim.speaker,
                        'rank', claim.rank,
                        'note', claim.note,
                        'citations', claim.citations
                    )
                    order by claim.number
                )
            from ledger.role_claim
            inner join api.claim
                on claim.wave = role_claim.wave and claim.number = role_claim.claim
            inner join ledger.role on role.code = role_claim.role
            where role_claim.wave = wave.id
        ),
        '[]'
    ) as roles,
    coalesce(
        (
            select
                json_agg(
                    json_build_object(
                        'on', event."on",
                        'precision', event.precision,
                        'kind', event.status,
                        'statement', event.statement,
                        'speaker', claim.speaker,
                        'rank', claim.rank,
                        'note', claim.note,
                        'citations', claim.citations
                    )
                    order by
                        event.ordered_on, (event."on" < event.ordered_on), claim.number
                )
            from api.wave_event as event
            inner join api.claim on claim.wave = event.wave and claim.number = event.claim
            where event.wave = wave.id
        ),
        '[]'
    ) as events,
    coalesce(
        (
            select
                json_agg(
                    json_build_object(
                        'kind', context.aspect,
                        'statement', context.statement,
                        'speaker', claim.speaker,
                        'rank', claim.rank,
                        'note', claim.note,
                        'citations', claim.citations
                    )
                    order by claim.number
                )
            from ledger.context
            inner join api.claim on claim.wave = context.wave and claim.number = context.claim
            where context.wave = wave.id
        ),
        '[]'
    ) as context,
    coalesce(
        (
            select
                json_agg(
                    json_build_object(
                        'relation', relation.relation,
                        'wave', relation.other,
                        'note', relation.note
                    )
                    order by relation.position
                )
            from ledger.relation
            where relation.wave = wave.id
        ),
        '[]'
    ) as relations,
    coalesce(
        (
            select
                json_agg(
                    json_build_object(
                        'n', citation.n,
                        'locator', citation.locator,
                        'fragment', citation.fragment,
                        'evidence', citation.evidence,
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
                    order by citation.n
                )
            from ledger.citation
            inner join ledger.source on source.id = citation.source
            where citation.wave = wave.id
        ),
        '[]'
    ) as citations,
    -- Notices that still stand and repeat nothing. The figures are the notices' own: nothing adds
    -- them to those of the wave, they are only shown side by side.
    (
        select
            json_build_object(
                'count', filed.count,
                'with_jobs', filed.with_jobs,
                'jobs_low', filed.jobs_low,
                'jobs_high', case when filed.with_high = filed.with_jobs then filed.jobs_high end,
                'first_notice_on', filed.first_notice_on,
                'last_notice_on', filed.last_notice_on,
                'first_effective_on', filed.first_effective_on,
                'last_effective_on', filed.last_effective_on,
                'exceeds_headcount', (
                    select filed.jobs_low > magnitude.high
                    from ledger.magnitude
                    where
                        magnitude.wave = wave.id
                        and magnitude.measure = 'headcount'
                        and magnitude.rank = 'preferred'
                ),
                'against_headcount', coalesce(
                    (
                        select
                            case
                                when filed.jobs_low is null then 'unknown'
                                when filed.jobs_low > magnitude.high then 'exceeds'
                                when magnitude.base is not null then 'of_a_part'
                                when magnitude.high is null and filed.jobs_low > magnitude.low
                                    then 'exceeds_lower_bound'
                                else 'within'
                            end
                        from ledger.magnitude
                        where
                            magnitude.wave = wave.id
                            and magnitude.measure = 'headcount'
                            and magnitude.rank = 'preferred'
                    ),
                    'unknown'
                )
            )
        from (
            select
                count(*) as count,
                count(coalesce(notice.jobs_low, notice.jobs_high)) as with_jobs,
                count(notice.jobs_high) as with_high,
                sum(notice.jobs_low) as jobs_low,
                sum(notice.jobs_high) as jobs_high,
                min(notice.notice_on) as first_notice_on,
                max(notice.notice_on) as last_notice_on,
                min(notice.effective_from) as first_effective_on,
                max(coalesce(notice.effective_to, notice.effective_from)) as last_effective_on
            from ledger.notice_wave
            inner join ledger.notice on notice.id = notice_wave.notice
            where
                notice_wave.wave = wave.id
                and notice.status not in ('superseded', 'rescinded')
                and not exists (
                    select
                    from ledger.notice_relation
                    where
                        notice_relation.notice = notice.id
                        and notice_relation.relation = 'possible_duplicate'
                )
        ) as filed
        where filed.count > 0
    ) as notices
from ledger.wave
-- A wave without a valid event has no date, and is refused by a check.
inner join api.wave_standing on wave_standing.id = wave.id and wave_standing.announced_on is not null;
comment on view api.wave is 'One coherent reduction by one company, with all its claims and their citations.';
comment on column api.wave.id is 'Stable identifier, <company>-<yyyy>-<mm>; never reused.';
comment on column api.wave.company is 'The company that cuts.';
comment on column api.wave.title is 'Name of its own, if it has one.';
comment on column api.wave.note is 'A caution for readers.';
comment on column api.wave.collection is 'The collection that it belongs to.';
comment on column api.wave.canonical is 'Whether statistics count it: false for a part or copy of another wave, and for reports that an announcement superseded.';
comment on column api.wave.status is 'Kind of the latest event; a report counts only where nothing firmer is known.';
comment on column api.wave.announced_on is 'First announcement, else the first event; the first day of the span where the date is not precise to the day.';
comment on column api.wave.announced_precision is 'How precise announced_on is.';
comment on column api.wave.forms is 'How the jobs are cut.';
comment on column api.wave.form_citations is 'Citations of the forms.';
comment on column api.wave.scope is 'Where the cuts fall; null where nothing is known.';
comment on column api.wave.headcount is 'Jobs, from the preferred claim; null where no size is known.';
comment on column api.wave.share is 'Share of the workforce, from the preferred claim; null where unknown.';
comment on column api.wave.magnitudes is 'Every figure that somebody gives, including conflicting ones.';
comment on column api.wave.drivers is 'Reasons, each with who gives it.';
comment on column api.wave.roles is 'Whose jobs are cut, spared, or hired instead.';
comment on column api.wave.events is 'What happened to the wave, oldest first.';
comment on column api.wave.context is 'Background against which to read the cut.';
comment on column api.wave.relations is 'How it relates to other waves.';
comment on column api.wave.citations is 'The places that the claims cite by number.';
comment on column api.wave.notices is 'What was filed about it with authorities, summed up beside its own figures; null if no notice is linked.';
