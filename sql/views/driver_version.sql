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
comment on column api.driver_version.id is 'Code of the driver.';
comment on column api.driver_version.first_revision is 'First revision that says so.';
comment on column api.driver_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column api.driver_version.body is 'The document after its code, url and revision.';
comment on column api.driver_version.label is 'Name as people read it.';
comment on column api.driver_version."group" is 'What the driver belongs to.';
comment on column api.driver_version.waves is 'Waves for which somebody gives this reason.';
