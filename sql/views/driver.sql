-- A driver with its crosswalks and the waves for which somebody gives this reason.
create view api.driver as
select
    driver.code,
    driver.label,
    driver."group",
    driver.definition,
    coalesce(
        (
            select
                json_agg(
                    json_build_object('scheme', crosswalk.scheme, 'codes', crosswalk.codes)
                    order by crosswalk.scheme
                )
            from (
                select
                    driver_crosswalk.scheme,
                    array_agg(
                        driver_crosswalk.code order by driver_crosswalk.position
                    ) as codes
                from ledger.driver_crosswalk
                where driver_crosswalk.driver = driver.code
                group by driver_crosswalk.scheme
            ) as crosswalk
        ),
        '[]'
    ) as crosswalks,
    (
        select count(distinct affirmed_driver.wave)
        from api.affirmed_driver
        where affirmed_driver.driver = driver.code
    ) as waves
from ledger.driver;
comment on view api.driver is 'A reason for a cut, as a code of the driver taxonomy.';
comment on column api.driver.code is 'Stable code.';
comment on column api.driver.label is 'Display name.';
comment on column api.driver."group" is 'What the driver belongs to.';
comment on column api.driver.definition is 'What it covers, and what it does not.';
comment on column api.driver.crosswalks is 'Codes of other schemes.';
comment on column api.driver.waves is 'Waves for which somebody gives this reason; denials are not counted.';
