-- The results of a publication, once all its versions are written.
update ledger.revision set
    -- The last step before it becomes visible, and never before the revision that preceded it.
    published_at = greatest(
        clock_timestamp(),
        (select max(earlier.published_at) from ledger.revision as earlier where earlier.number < $1::integer)
    ),
    added = $2::integer,
    changed = $3::integer,
    withdrawn = $4::integer,
    counts = ($5::text)::jsonb,
    digest = $6::bytea
where revision.number = $1::integer
