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
comment on column api.role_version.id is 'Code of the role.';
comment on column api.role_version.first_revision is 'First revision that says so.';
comment on column api.role_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column api.role_version.body is 'The document after its code, url and revision.';
comment on column api.role_version.label is 'Name as people read it.';
comment on column api.role_version.axis is 'function, level or unit.';
comment on column api.role_version.waves is 'Waves in which such posts are cut.';
