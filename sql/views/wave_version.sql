-- Every version of each wave, for reads as of any revision.
create view api.wave_version as
select
    wave_version.id,
    wave_version.first_revision,
    wave_version.last_revision,
    wave_version.body,
    wave_version.announced_on,
    wave_version.company,
    wave_version.company_country,
    wave_version.industry,
    wave_version.collection,
    wave_version.status,
    wave_version.canonical,
    wave_version.countries,
    wave_version.forms,
    wave_version.driver_keys,
    wave_version.role_keys,
    wave_version.sources,
    wave_version.headcount_low,
    wave_version.headcount_high,
    wave_version.share_low,
    wave_version.share_high
from ledger.wave_version;
comment on view api.wave_version is 'Versions of wave documents: a read at revision R takes first_revision <= R <= last_revision.';
