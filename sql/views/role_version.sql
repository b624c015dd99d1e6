-- Every version of each role, for reads as of any revision.
create view api.role_version as
select
    role_version.id,
    role_version.first_revision,
    role_version.last_revision,
    role_version.body,
    role_version.label,
    role_version.axis,
    role_version.waves
from ledger.role_version;
comment on view api.role_version is 'Versions of role documents: a read at revision R takes first_revision <= R <= last_revision.';
