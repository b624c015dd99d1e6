-- What a figure is of, what it contains, and where cuts fall below the level of a country.
--
-- A figure of a part (a division, a site, a country) says so, whatever it measures. A cumulative one
-- names the waves that it contains, so that no total counts them twice.

do $$
declare
    found text;
begin
    -- The check that only a share has a base; it was made without a name.
    select conname into strict found
    from pg_catalog.pg_constraint
    where
        conrelid = 'ledger.magnitude'::regclass
        and contype = 'c'
        and pg_get_constraintdef(oid) like '%base IS NULL%';
    execute format('alter table ledger.magnitude drop constraint %I', found);
end
$$;

alter table ledger.magnitude
    add column increment integer,
    add column countries text[] not null default '{}',
    add column subdivisions text[] not null default '{}',
    add constraint magnitude_increment_is_jobs
        check (increment is null or (increment > 0 and measure = 'headcount')),
    add constraint magnitude_increment_is_a_part check (increment <= coalesce(high, increment));
comment on column ledger.magnitude.base is 'What the figure is of, where it is not the whole company.';
comment on column ledger.magnitude.increment is 'The jobs of a cumulative figure that this wave adds, where a source says.';
comment on column ledger.magnitude.countries is 'ISO 3166-1 codes, where the figure is of these countries only.';
comment on column ledger.magnitude.subdivisions is 'ISO 3166-2 codes, where the figure is of these subdivisions only.';

create table ledger.magnitude_inclusion (
    wave ledger.slug not null,
    claim smallint not null,
    position smallint not null,
    included ledger.slug not null references ledger.wave deferrable initially deferred,
    primary key (wave, claim, position),
    constraint magnitude_includes_a_wave_once unique (wave, claim, included),
    constraint magnitude_includes_other_waves check (included <> wave),
    foreign key (wave, claim) references ledger.magnitude on delete cascade
);
create index magnitude_inclusion_included on ledger.magnitude_inclusion (included);
comment on table ledger.magnitude_inclusion is 'The waves whose jobs a figure contains.';
comment on column ledger.magnitude_inclusion.wave is 'The wave of the figure.';
comment on column ledger.magnitude_inclusion.claim is 'Number of the claim.';
comment on column ledger.magnitude_inclusion.position is 'Order in which a curator lists them.';
comment on column ledger.magnitude_inclusion.included is 'A wave that the figure contains.';

create table ledger.subdivision (
    code text primary key check (code ~ '^[A-Z]{2}-[A-Z0-9]{1,3}$'),
    name text not null check (name <> '')
);
comment on table ledger.subdivision is 'Subdivisions of countries (ISO 3166-2).';
comment on column ledger.subdivision.code is 'ISO 3166-2 code.';
comment on column ledger.subdivision.name is 'Name of the subdivision and, after a comma, of its country.';

alter table ledger.scope
    add column subdivisions text[] not null default '{}',
    add column sites text[] not null default '{}';
comment on column ledger.scope.subdivisions is 'ISO 3166-2 codes of where the cuts fall.';
comment on column ledger.scope.sites is 'Towns and plants that a source names.';
