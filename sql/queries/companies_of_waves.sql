-- The companies whose totals may change with these waves.
select distinct wave.company::text as id
from ledger.wave
where wave.id = any($1::text[])
