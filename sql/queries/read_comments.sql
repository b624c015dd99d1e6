-- What each column of a view means: the basis of the data dictionary.
select
    pg_attribute.attname::text as name,
    col_description(pg_attribute.attrelid, pg_attribute.attnum) as meaning
from pg_catalog.pg_attribute
where pg_attribute.attrelid = ('api.' || $1::text)::regclass and pg_attribute.attnum > 0
order by pg_attribute.attnum
