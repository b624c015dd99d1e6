-- The references between some tables, each as the statements that drop it and add it again.
select
    format('alter table %s drop constraint %I', conrelid::regclass, conname) as removal,
    format(
        'alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)
    ) as addition
from pg_catalog.pg_constraint
where
    contype = 'f'
    and conrelid = any($1::text[]::regclass[])
    and confrelid = any($1::text[]::regclass[])
order by conrelid::regclass::text, conname
