-- The driver claims that give a reason: neither denials nor what is known to be wrong. Counts of
-- drivers mean these; `resources/claims.py: affirmed` says the same of a document.
create view api.affirmed_driver as
select
    driver_claim.wave,
    driver_claim.driver
from ledger.driver_claim
inner join ledger.claim on claim.wave = driver_claim.wave and claim.number = driver_claim.claim
where driver_claim.stance <> 'denies' and claim.rank <> 'deprecated';
comment on view api.affirmed_driver is 'A driver that somebody affirms for a wave; once for each claim.';
comment on column api.affirmed_driver.wave is 'Id of the wave.';
comment on column api.affirmed_driver.driver is 'Code of the driver.';
