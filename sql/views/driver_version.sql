-- Every version of each driver, for reads as of any revision.
create view api.driver_version as
select
    driver_version.id,
    driver_version.first_revision,
    driver_version.last_revision,
    driver_version.body,
    driver_version.label,
    driver_version."group",
    driver_version.waves
from ledger.driver_version;
comment on view api.driver_version is 'Versions of driver documents: a read at revision R takes first_revision <= R <= last_revision.';
