-- Every version of each wave, for reads as of any revision.
create view api.wave_version as
select
    wave_version.id,
    wave_version.first_revision,
    wave_version.last_revision,
    wave_version.body,
    wave_version.announced_on,
    wave_version.announced_precision,
    wave_version.company,
    wave_version.company_country,
    wave_version.industry,
    wave_version.collection,
    wave_version.status,
    wave_version.canonical,
    wave_version.countries,
    wave_version.forms,
    wave_version.drivers,
    wave_version.speakers,
    wave_version.roles,
    wave_version.driver_keys,
    wave_version.role_keys,
    wave_version.sources,
    wave_version.standings,
    wave_version.evidence,
    wave_version.claims,
    wave_version.newest_event_on,
    wave_version.headcount_low,
    wave_version.headcount_high,
    wave_version.share_low,
    wave_version.share_high
from ledger.wave_version;
comment on view api.wave_version is 'Versions of wave documents: a read at revision R takes first_revision <= R <= last_revision.';
comment on column api.wave_version.id is 'Id of the wave.';
comment on column api.wave_version.first_revision is 'First revision that says so.';
comment on column api.wave_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column api.wave_version.body is 'The document after its id, url and revision.';
comment on column api.wave_version.announced_on is 'Date of the announcement.';
comment on column api.wave_version.announced_precision is 'How precise that date is.';
comment on column api.wave_version.company is 'Id of the company.';
comment on column api.wave_version.company_country is 'Country of its seat.';
comment on column api.wave_version.industry is 'Its NAICS 2022 sector.';
comment on column api.wave_version.collection is 'Id of the collection.';
comment on column api.wave_version.status is 'Kind of the latest event.';
comment on column api.wave_version.canonical is 'Whether statistics count it.';
comment on column api.wave_version.countries is 'Where the cuts fall.';
comment on column api.wave_version.forms is 'How the posts go.';
comment on column api.wave_version.drivers is 'Drivers that somebody affirms, for statistics.';
comment on column api.wave_version.speakers is 'Speakers who affirm a driver, for statistics.';
comment on column api.wave_version.roles is 'Roles that are cut, for statistics.';
comment on column api.wave_version.driver_keys is 'driver|speaker|stance|standing of each claim, with * for any.';
comment on column api.wave_version.role_keys is 'role|effect|standing of each claim, with * for any.';
comment on column api.wave_version.sources is 'Ids of the cited sources.';
comment on column api.wave_version.standings is 'What the cited sources are worth.';
comment on column api.wave_version.evidence is 'Evidence grade of each citation.';
comment on column api.wave_version.claims is 'Claims of the wave.';
comment on column api.wave_version.newest_event_on is 'Date of the latest event.';
comment on column api.wave_version.headcount_low is 'Preferred headcount, lower bound.';
comment on column api.wave_version.headcount_high is 'Preferred headcount, upper bound.';
comment on column api.wave_version.share_low is 'Preferred share, lower bound.';
comment on column api.wave_version.share_high is 'Preferred share, upper bound.';
