-- A collection, or what has changed in its description; gives its id where anything has.
insert into ledger.collection (
    id, name, description, license, origin, retrieved_on, retrieved_precision
)
values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::date, $7::text)
on conflict (id) do update set
    name = excluded.name,
    description = excluded.description,
    license = excluded.license,
    origin = excluded.origin,
    retrieved_on = excluded.retrieved_on,
    retrieved_precision = excluded.retrieved_precision
where
    (
        collection.name, collection.description, collection.license, collection.origin,
        collection.retrieved_on, collection.retrieved_precision
    )
    is distinct from
    (
        excluded.name, excluded.description, excluded.license, excluded.origin,
        excluded.retrieved_on, excluded.retrieved_precision
    )
returning collection.id::text as id
