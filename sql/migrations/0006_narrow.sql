-- What lists and statistics read of a wave stays in its row.
--
-- With a target of 256 bytes the row gave away not only the document but also its id and its lists
-- of countries and drivers, each to be looked up again for every row that was filtered, sorted or
-- counted. `main` keeps them; what only indexes are asked for (keys, sources) still goes out. Rows
-- that are stored already follow when they are written again, such as by `vacuum full`.
alter table ledger.wave_version
    alter column id set storage main,
    alter column announced_precision set storage main,
    alter column company set storage main,
    alter column company_country set storage main,
    alter column industry set storage main,
    alter column collection set storage main,
    alter column status set storage main,
    alter column countries set storage main,
    alter column forms set storage main,
    alter column drivers set storage main,
    alter column speakers set storage main,
    alter column roles set storage main;

-- Most filters by driver or role ask for no more than these say.
create index wave_version_driver on ledger.wave_version using gin (drivers);
create index wave_version_role on ledger.wave_version using gin (roles);
