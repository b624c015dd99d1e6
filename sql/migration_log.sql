-- Which migrations a database has; the one thing that exists before the first of them.
create schema if not exists ledger_migration;
comment on schema ledger_migration is 'Bookkeeping of migrations.';
create table if not exists ledger_migration.applied (
    number integer primary key,
    name text not null,
    digest bytea not null,
    applied_at timestamptz not null default now()
);
comment on table ledger_migration.applied is 'Migrations that were applied; number 0 is the state of the views.';
comment on column ledger_migration.applied.number is 'Number of the file.';
comment on column ledger_migration.applied.name is 'Name of the file.';
comment on column ledger_migration.applied.digest is 'SHA-256 of what was applied.';
comment on column ledger_migration.applied.applied_at is 'When.';

create table if not exists ledger_migration.version (
    version text primary key,
    first_at timestamptz not null default now()
);
comment on table ledger_migration.version is 'Versions of the program that brought the database to themselves, since 0.1.0.';
comment on column ledger_migration.version.version is 'Its number.';
comment on column ledger_migration.version.first_at is 'When it did so first.';
