-- A collection, or what has changed in its description; returns its id if anything has.
insert into ledger.collection (
    id, name, description, license, origin, retrieved_on, retrieved_precision,
    attribution, missing
)
values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::date, $7::text, $8::text, $9::text)
on conflict (id) do update set
    name = excluded.name,
    description = excluded.description,
    license = excluded.license,
    origin = excluded.origin,
    retrieved_on = excluded.retrieved_on,
    retrieved_precision = excluded.retrieved_precision,
    attribution = excluded.attribution,
    missing = excluded.missing
where
    (
        collection.name, collection.description, collection.license, collection.origin,
        collection.retrieved_on, collection.retrieved_precision, collection.attribution,
        collection.missing
    )
    is distinct from
    (
        excluded.name, excluded.description, excluded.license, excluded.origin,
        excluded.retrieved_on, excluded.retrieved_precision, excluded.attribution,
        excluded.missing
    )
returning collection.id::text as id
