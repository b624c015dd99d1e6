-- Where records come from.
create view api.collection as
select
    collection.id,
    collection.name,
    collection.description,
    collection.license,
    collection.origin,
    collection.retrieved_on,
    collection.retrieved_precision,
    (
        select count(*) from ledger.wave
        where wave.collection = collection.id
    ) as waves,
    collection.attribution,
    collection.missing,
    (
        select count(*) from ledger.notice
        where notice.collection = collection.id
    ) as notices
from ledger.collection;
comment on view api.collection is 'Where records come from, and on what terms.';
comment on column api.collection.id is 'Stable identifier.';
comment on column api.collection.name is 'Display name.';
comment on column api.collection.description is 'What it contains.';
comment on column api.collection.license is 'SPDX identifier of its licence.';
comment on column api.collection.origin is 'Where it was taken from.';
comment on column api.collection.retrieved_on is 'When it was taken from there; the first day of the span.';
comment on column api.collection.retrieved_precision is 'How precise that date is.';
comment on column api.collection.waves is 'Its waves.';
comment on column api.collection.attribution is 'The attribution to give when you use its records.';
comment on column api.collection.missing is 'What it does not contain.';
comment on column api.collection.notices is 'Its notices.';
