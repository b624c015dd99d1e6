-- The notices that there are for each collection and jurisdiction at a revision, so that absence is
-- not read as zero. Only reads the facets; it runs once per revision, and the result is kept.
select
    notice_facet.collection,
    notice_facet.jurisdiction,
    count(*) as notices,
    count(*) filter (
        where
            notice_facet.status in ('filed', 'amended')
            and not notice_facet.possible_duplicate
    ) as standing,
    min(notice_facet.notice_on) as first_notice_on,
    -- Nobody has seen a notice before its day: such a day was misread.
    max(notice_facet.notice_on) filter (
        where
            not notice_facet.possible_duplicate
            and not 'notice_date_after_first_seen' = any(notice_facet.flags)
    ) as last_notice_on,
    max(notice_facet.effective_on) as last_effective_on,
    max(notice_facet.last_seen_on) as last_retrieved_on,
    count(notice_facet.notice_on) as notice_date,
    count(notice_facet.effective_on) as effective_date,
    count(notice_facet.received_on) as received_date,
    count(coalesce(notice_facet.jobs_low, notice_facet.jobs_high)) as jobs,
    count(notice_facet.county_code) as county,
    count(notice_facet.industry) as industry,
    count(notice_facet.company) as company,
    count(notice_facet.wave) as wave
from api.notice_facet
where notice_facet.first_revision <= $1::integer and notice_facet.last_revision >= $1::integer
group by
    notice_facet.collection,
    notice_facet.jurisdiction
order by
    notice_facet.collection,
    notice_facet.jurisdiction
