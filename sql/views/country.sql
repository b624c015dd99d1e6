-- The countries that filters know.
create view api.country as
select
    country.code,
    country.name
from ledger.country;
comment on view api.country is 'A country of ISO 3166-1.';
comment on column api.country.code is 'Alpha-2 code.';
comment on column api.country.name is 'English short name.';
