-- The sectors that filters know.
create view api.industry as
select
    industry.code,
    industry.label
from ledger.industry;
comment on view api.industry is 'A sector of NAICS 2022.';
comment on column api.industry.code is 'Sector code.';
comment on column api.industry.label is 'Name of the sector.';
