-- Brings the versions of codes without documents up to what the tables say: ends those that differ,
-- and begins new ones at revision $1.
with told as (
    select
        'country' as vocabulary,
        country.code,
        country.name
    from ledger.country
    union all
    select
        'subdivision' as vocabulary,
        subdivision.code,
        subdivision.name
    from ledger.subdivision
    union all
    select
        'industry' as vocabulary,
        industry.code,
        industry.label as name
    from ledger.industry
    union all
    select
        'collection' as vocabulary,
        collection.id::text as code,
        collection.name
    from ledger.collection
    union all
    select
        'license' as vocabulary,
        collection.id::text as code,
        collection.license as name
    from ledger.collection
    union all
    select
        'attribution' as vocabulary,
        collection.id::text as code,
        collection.attribution as name
    from ledger.collection
    where collection.attribution is not null
),

ended as (
    update ledger.vocabulary_version set last_revision = $1::integer - 1
    where
        vocabulary_version.last_revision = 2147483647
        and not exists (
            select from told
            where
                told.vocabulary = vocabulary_version.vocabulary
                and told.code = vocabulary_version.code
                and told.name = vocabulary_version.name
        )
)

insert into ledger.vocabulary_version (vocabulary, code, name, first_revision)
select
    told.vocabulary,
    told.code,
    told.name,
    $1::integer as first_revision
from told
where not exists (
    select from ledger.vocabulary_version
    where
        vocabulary_version.vocabulary = told.vocabulary
        and vocabulary_version.code = told.code
        and vocabulary_version.name = told.name
        and vocabulary_version.last_revision = 2147483647
)
