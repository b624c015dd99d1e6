-- What a publication did, once all its versions are written.
update ledger.revision set
    added = $2::integer,
    changed = $3::integer,
    withdrawn = $4::integer,
    counts = ($5::text)::jsonb,
    digest = $6::bytea
where revision.number = $1::integer
