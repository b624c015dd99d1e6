-- Repeats the waves of the newest revision under ids of their own, until there are $1 rows.
-- Only what is served: the ledger behind them is not repeated, so nothing may be published later.
insert into ledger.wave_version
select copy.*
from generate_series(1, $1::bigint / (select count(*) from ledger.wave_version)) as number
cross join ledger.wave_version
cross join lateral jsonb_populate_record(
    wave_version, jsonb_build_object('id', wave_version.id || '-copy-' || number)
) as copy
limit $1::bigint - (select count(*) from ledger.wave_version)
