-- The knowledge itself: who, what, when, why, whose jobs, and where it says so.
--
-- A wave's claims share one numbered list (`ledger.claim`), and each kind adds a typed table. The
-- generated `kind` columns tie a row to a claim of its own kind, so no claim can be two things.

create schema ledger;
comment on schema ledger is 'The normalised knowledge base. Only publishing writes it; readers see schema api.';

create domain ledger.slug as text
    check (value ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
create domain ledger.code as text
    check (value ~ '^[a-z0-9]+(_[a-z0-9]+)*$');
create domain ledger.date_precision as text
    check (value in ('day', 'month', 'quarter', 'year'));
create domain ledger.address as text
    check (value ~ '^https?://[^\s]+$');

create table ledger.collection (
    id ledger.slug primary key,
    name text not null check (name <> ''),
    description text not null,
    license text not null,
    origin text not null,
    retrieved_on date,
    retrieved_precision ledger.date_precision,
    check ((retrieved_on is null) = (retrieved_precision is null))
);
comment on table ledger.collection is 'Where records come from, and on what terms.';
comment on column ledger.collection.id is 'Stable identifier, such as curated.';
comment on column ledger.collection.name is 'Name as people read it.';
comment on column ledger.collection.description is 'What the collection holds.';
comment on column ledger.collection.license is 'SPDX identifier of its licence.';
comment on column ledger.collection.origin is 'Where it was taken from.';
comment on column ledger.collection.retrieved_on is 'First day of the span in which it was taken.';
comment on column ledger.collection.retrieved_precision is 'How precise that date is.';

create table ledger.country (
    code text primary key check (code ~ '^[A-Z]{2}$'),
    name text not null check (name <> '')
);
comment on table ledger.country is 'Countries of ISO 3166-1.';
comment on column ledger.country.code is 'ISO 3166-1 alpha-2 code.';
comment on column ledger.country.name is 'English short name.';

create table ledger.industry (
    code text primary key check (code ~ '^\d{2}(-\d{2})?$'),
    label text not null check (label <> '')
);
comment on table ledger.industry is 'Sectors of NAICS 2022.';
comment on column ledger.industry.code is 'Sector code, such as 51 or 31-33.';
comment on column ledger.industry.label is 'Name of the sector.';

create table ledger.company (
    id ledger.slug primary key,
    name text not null check (name <> ''),
    legal_name text,
    country text references ledger.country,
    industry text references ledger.industry,
    parent ledger.slug references ledger.company deferrable initially deferred,
    note text,
    collection ledger.slug not null references ledger.collection,
    digest bytea not null,
    check (parent <> id)
);
create index company_parent on ledger.company (parent);
create index company_collection on ledger.company (collection);
comment on table ledger.company is 'Employers.';
comment on column ledger.company.id is 'Stable identifier; never reused.';
comment on column ledger.company.name is 'Name as people know it.';
comment on column ledger.company.legal_name is 'Name as registered.';
comment on column ledger.company.country is 'Country of the seat.';
comment on column ledger.company.industry is 'NAICS 2022 sector.';
comment on column ledger.company.parent is 'The company that owns it.';
comment on column ledger.company.note is 'What a reader has to mind.';
comment on column ledger.company.collection is 'The collection that describes it.';
comment on column ledger.company.digest is 'SHA-256 of the curated record: publishing rewrites it when it differs.';

create table ledger.company_name (
    company ledger.slug not null references ledger.company on delete cascade,
    kind text not null check (kind in ('alias', 'former')),
    position smallint not null,
    name text not null check (name <> ''),
    primary key (company, kind, position),
    unique (company, kind, name)
);
comment on table ledger.company_name is 'Other names of a company, in use or given up.';
comment on column ledger.company_name.company is 'Whose name it is.';
comment on column ledger.company_name.kind is 'alias: in use; former: given up.';
comment on column ledger.company_name.position is 'Order in which a curator lists them.';
comment on column ledger.company_name.name is 'The name.';

create table ledger.company_identifier (
    company ledger.slug not null references ledger.company on delete cascade,
    scheme text not null,
    value text not null,
    primary key (company, scheme),
    -- Deferred, so that a company may be renamed in one publication.
    unique (scheme, value) deferrable initially deferred,
    check (
        case scheme
            when 'cik' then value ~ '^\d{10}$'
            when 'lei' then value ~ '^[A-Z0-9]{18}\d{2}$'
            when 'wikidata' then value ~ '^Q[1-9]\d*$'
            when 'ticker' then value ~ '^[A-Z]{2,8}:[A-Z0-9.&-]{1,12}$'
            else false
        end
    )
);
comment on table ledger.company_identifier is 'Identifiers that join a company to other data.';
comment on column ledger.company_identifier.company is 'Whose identifier it is.';
comment on column ledger.company_identifier.scheme is 'cik, lei, wikidata or ticker.';
comment on column ledger.company_identifier.value is 'The identifier; a ticker as exchange:symbol.';

create table ledger.source (
    id ledger.slug primary key,
    -- Deferred, so that a source may be renamed in one publication.
    url ledger.address unique deferrable initially deferred,
    archived_url ledger.address,
    title text,
    publisher text not null check (publisher <> ''),
    author text,
    kind ledger.code not null,
    standing text not null check (
        standing in ('primary', 'established', 'republication', 'secondary', 'machine_summary')
    ),
    original_publisher text,
    language text not null check (language ~ '^[a-z]{2,3}$'),
    published_on date,
    published_precision ledger.date_precision,
    retrieved_on date,
    retrieved_precision ledger.date_precision,
    note text,
    collection ledger.slug not null references ledger.collection,
    digest bytea not null,
    check (url is not null or title is not null),
    check ((standing = 'republication') = (original_publisher is not null)),
    check ((published_on is null) = (published_precision is null)),
    check ((retrieved_on is null) = (retrieved_precision is null))
);
create index source_collection on ledger.source (collection);
comment on table ledger.source is 'Texts that are cited.';
comment on column ledger.source.id is 'Stable identifier.';
comment on column ledger.source.url is 'Address; null only where none is known.';
comment on column ledger.source.archived_url is 'A copy that stays.';
comment on column ledger.source.title is 'Title as published.';
comment on column ledger.source.publisher is 'Whose page it is.';
comment on column ledger.source.author is 'Byline.';
comment on column ledger.source.kind is 'filing, company_statement, news and so on.';
comment on column ledger.source.standing is 'What the source is worth.';
comment on column ledger.source.original_publisher is 'Whose text a republication copies.';
comment on column ledger.source.language is 'ISO 639 code of the text.';
comment on column ledger.source.published_on is 'First day of the span in which it was published.';
comment on column ledger.source.published_precision is 'How precise that date is.';
comment on column ledger.source.retrieved_on is 'First day of the span in which its text was read.';
comment on column ledger.source.retrieved_precision is 'How precise that date is.';
comment on column ledger.source.note is 'What a reader has to mind.';
comment on column ledger.source.collection is 'The collection that describes it.';
comment on column ledger.source.digest is 'SHA-256 of the curated record: publishing rewrites it when it differs.';

create table ledger.driver (
    code ledger.code primary key,
    label text not null check (label <> ''),
    "group" ledger.code not null,
    definition text not null check (definition <> ''),
    digest bytea not null
);
comment on table ledger.driver is 'Reasons for a cut, as a controlled vocabulary.';
comment on column ledger.driver.code is 'Stable code.';
comment on column ledger.driver.label is 'Name as people read it.';
comment on column ledger.driver."group" is 'What the driver belongs to, such as demand or technology.';
comment on column ledger.driver.definition is 'What it covers, and what it does not.';
comment on column ledger.driver.digest is 'SHA-256 of the curated record: publishing rewrites it when it differs.';

create table ledger.driver_crosswalk (
    driver ledger.code not null references ledger.driver on delete cascade,
    scheme ledger.code not null,
    position smallint not null,
    code text not null check (code <> ''),
    primary key (driver, scheme, position)
);
comment on table ledger.driver_crosswalk is 'Codes of other schemes that a driver corresponds to.';
comment on column ledger.driver_crosswalk.driver is 'The driver.';
comment on column ledger.driver_crosswalk.scheme is 'bls_mls, challenger or erm.';
comment on column ledger.driver_crosswalk.position is 'Order in which a curator lists them.';
comment on column ledger.driver_crosswalk.code is 'Code or label in that scheme.';

create table ledger.role (
    code ledger.code primary key,
    label text not null check (label <> ''),
    axis text not null check (axis in ('function', 'level', 'unit')),
    definition text not null check (definition <> ''),
    digest bytea not null
);
comment on table ledger.role is 'Categories of staff, as a controlled vocabulary.';
comment on column ledger.role.code is 'Stable code.';
comment on column ledger.role.label is 'Name as people read it.';
comment on column ledger.role.axis is 'function: what they do; level: where they stand; unit: which teams.';
comment on column ledger.role.definition is 'What it covers, and what it does not.';
comment on column ledger.role.digest is 'SHA-256 of the curated record: publishing rewrites it when it differs.';

create table ledger.role_synonym (
    role ledger.code not null references ledger.role on delete cascade,
    position smallint not null,
    name text not null check (name <> ''),
    primary key (role, position)
);
comment on table ledger.role_synonym is 'Wordings of sources that mean a role.';
comment on column ledger.role_synonym.role is 'The role.';
comment on column ledger.role_synonym.position is 'Order in which a curator lists them.';
comment on column ledger.role_synonym.name is 'The wording.';

create table ledger.role_crosswalk (
    role ledger.code not null references ledger.role on delete cascade,
    scheme ledger.code not null,
    position smallint not null,
    code text not null check (code <> ''),
    primary key (role, scheme, position)
);
comment on table ledger.role_crosswalk is 'Codes of other schemes that a role corresponds to.';
comment on column ledger.role_crosswalk.role is 'The role.';
comment on column ledger.role_crosswalk.scheme is 'soc_2018 or isco_08.';
comment on column ledger.role_crosswalk.position is 'Order in which a curator lists them.';
comment on column ledger.role_crosswalk.code is 'Code in that scheme.';

create table ledger.wave (
    id ledger.slug primary key,
    collection ledger.slug not null references ledger.collection,
    company ledger.slug not null references ledger.company,
    title text,
    note text,
    digest bytea not null
);
create index wave_company on ledger.wave (company);
create index wave_collection on ledger.wave (collection);
comment on table ledger.wave is 'Coherent reductions, each by one company.';
comment on column ledger.wave.id is 'Stable identifier, <company>-<yyyy>-<mm>; never reused.';
comment on column ledger.wave.collection is 'The collection that it belongs to.';
comment on column ledger.wave.company is 'The company that cuts.';
comment on column ledger.wave.title is 'Name of its own, where it has one.';
comment on column ledger.wave.note is 'What a reader has to mind.';
comment on column ledger.wave.digest is 'SHA-256 of the curated record: publishing rewrites a wave when it differs.';

create table ledger.relation (
    wave ledger.slug not null references ledger.wave on delete cascade,
    position smallint not null,
    relation text not null check (
        relation in ('part_of', 'same_as', 'follows', 'supersedes', 'precedent_for')
    ),
    other ledger.slug not null references ledger.wave deferrable initially deferred,
    note text,
    primary key (wave, position),
    unique (wave, relation, other),
    check (other <> wave)
);
create index relation_other on ledger.relation (other);
comment on table ledger.relation is 'How a wave stands to another one.';
comment on column ledger.relation.wave is 'The wave.';
comment on column ledger.relation.position is 'Order in which a curator lists them.';
comment on column ledger.relation.relation is 'part_of, same_as, follows, supersedes or precedent_for.';
comment on column ledger.relation.other is 'The other wave.';
comment on column ledger.relation.note is 'Why.';

create table ledger.claim (
    wave ledger.slug not null references ledger.wave on delete cascade,
    number smallint not null,
    kind text not null check (
        kind in ('event', 'magnitude', 'driver', 'role', 'context', 'scope', 'form')
    ),
    speaker text not null check (
        speaker in ('company', 'press', 'analyst', 'regulator', 'union')
    ),
    rank text not null check (rank in ('preferred', 'normal', 'deprecated')),
    note text,
    primary key (wave, number),
    -- The targets of the typed tables below.
    unique (wave, number, kind),
    unique (wave, number, kind, rank)
);
comment on table ledger.claim is 'What one speaker says about a wave; the common part of every kind of claim.';
comment on column ledger.claim.wave is 'The wave that it is about.';
comment on column ledger.claim.number is 'Order within the wave.';
comment on column ledger.claim.kind is 'Which typed table holds the rest.';
comment on column ledger.claim.speaker is 'Who says it.';
comment on column ledger.claim.rank is 'preferred feeds the headline, deprecated is known to be wrong or superseded.';
comment on column ledger.claim.note is 'What a reader has to mind.';

create table ledger.citation (
    wave ledger.slug not null references ledger.wave on delete cascade,
    n smallint not null,
    source ledger.slug not null references ledger.source,
    locator text,
    fragment text check (
        array_length(regexp_split_to_array(btrim(fragment), '\s+'), 1) <= 12
    ),
    evidence text not null check (evidence in ('excerpt_read', 'url_listed', 'filing')),
    primary key (wave, n),
    unique nulls not distinct (wave, source, locator, fragment, evidence)
);
create index citation_source on ledger.citation (source);
comment on table ledger.citation is 'The places that a wave cites, and whether their text was read.';
comment on column ledger.citation.wave is 'The wave.';
comment on column ledger.citation.n is 'Number under which the wave lists it, from 1.';
comment on column ledger.citation.source is 'The source.';
comment on column ledger.citation.locator is 'Page, paragraph, section or item.';
comment on column ledger.citation.fragment is 'Verbatim words, at most 12.';
comment on column ledger.citation.evidence is 'excerpt_read, url_listed (its text was not read) or filing.';

create table ledger.claim_citation (
    wave ledger.slug not null,
    claim smallint not null,
    position smallint not null,
    n smallint not null,
    primary key (wave, claim, position),
    foreign key (wave, claim) references ledger.claim on delete cascade,
    foreign key (wave, n) references ledger.citation on delete cascade
);
create index claim_citation_citation on ledger.claim_citation (wave, n);
comment on table ledger.claim_citation is 'Which places support a claim.';
comment on column ledger.claim_citation.wave is 'The wave.';
comment on column ledger.claim_citation.claim is 'Number of the claim.';
comment on column ledger.claim_citation.position is 'Order in which a curator lists them.';
comment on column ledger.claim_citation.n is 'Number of the citation.';

create table ledger.event (
    wave ledger.slug not null,
    claim smallint not null,
    kind text generated always as ('event') stored,
    "on" date not null check ("on" >= date '1970-01-01'),
    precision ledger.date_precision not null,
    status ledger.code not null,
    statement text,
    primary key (wave, claim),
    foreign key (wave, claim, kind) references ledger.claim (wave, number, kind) on delete cascade
);
comment on table ledger.event is 'What happened to a wave, and when.';
comment on column ledger.event.wave is 'The wave.';
comment on column ledger.event.claim is 'Number of the claim.';
comment on column ledger.event.kind is 'Always event.';
comment on column ledger.event."on" is 'First day of the span in which it happened.';
comment on column ledger.event.precision is 'How precise that date is.';
comment on column ledger.event.status is 'What the wave was from then on, such as announced.';
comment on column ledger.event.statement is 'One sentence of ours.';

create table ledger.magnitude (
    wave ledger.slug not null,
    claim smallint not null,
    kind text generated always as ('magnitude') stored,
    rank text not null,
    measure text not null check (measure in ('headcount', 'share', 'workforce_before')),
    low numeric check (low > 0),
    high numeric check (high > 0),
    qualifier text not null check (
        qualifier in ('exact', 'approximately', 'at_least', 'up_to', 'range', 'derived')
    ),
    counts text check (counts in ('gross', 'net', 'affected')),
    cumulative boolean,
    contractors_included boolean,
    base text,
    stated_on date,
    stated_precision ledger.date_precision,
    primary key (wave, claim),
    foreign key (wave, claim, kind, rank)
        references ledger.claim (wave, number, kind, rank) on delete cascade,
    check (low <= high),
    check (measure <> 'share' or (coalesce(low, 0) <= 1 and coalesce(high, 0) <= 1)),
    check (measure = 'share' or (mod(coalesce(low, 0), 1) = 0 and mod(coalesce(high, 0), 1) = 0)),
    check (measure = 'share' or base is null),
    check (
        case qualifier
            when 'at_least' then low is not null and high is null
            when 'up_to' then low is null and high is not null
            -- "Approximately 13% to 15%" has two bounds as well.
            when 'range' then low is not null and high is not null
            when 'approximately' then low is not null and high is not null
            else low is not null and low is not distinct from high
        end
    ),
    check ((stated_on is null) = (stated_precision is null))
);
create unique index magnitude_preferred on ledger.magnitude (wave, measure)
    where rank = 'preferred';
comment on table ledger.magnitude is 'How large, as one speaker puts it.';
comment on column ledger.magnitude.wave is 'The wave.';
comment on column ledger.magnitude.claim is 'Number of the claim.';
comment on column ledger.magnitude.kind is 'Always magnitude.';
comment on column ledger.magnitude.rank is 'The claim''s rank, repeated so that one per measure can be preferred.';
comment on column ledger.magnitude.measure is 'headcount and workforce_before in jobs, share as a fraction of one.';
comment on column ledger.magnitude.low is 'At least this; null is no lower bound.';
comment on column ledger.magnitude.high is 'At most this; null is no upper bound.';
comment on column ledger.magnitude.qualifier is 'As the source hedges it.';
comment on column ledger.magnitude.counts is 'gross: posts cut; net: change of headcount; affected: may be moved.';
comment on column ledger.magnitude.cumulative is 'Whether earlier waves are included; null where not said.';
comment on column ledger.magnitude.contractors_included is 'Whether others than employees are included; null where not said.';
comment on column ledger.magnitude.base is 'What a share is of; null is the whole company.';
comment on column ledger.magnitude.stated_on is 'First day of the span in which it was said.';
comment on column ledger.magnitude.stated_precision is 'How precise that date is.';

create table ledger.driver_claim (
    wave ledger.slug not null,
    claim smallint not null,
    kind text generated always as ('driver') stored,
    driver ledger.code not null references ledger.driver,
    weight text not null check (weight in ('primary', 'contributing', 'context')),
    stance text not null check (stance in ('states', 'reports', 'denies')),
    statement text not null check (statement <> ''),
    primary key (wave, claim),
    foreign key (wave, claim, kind) references ledger.claim (wave, number, kind) on delete cascade,
    check (stance <> 'denies' or weight = 'context')
);
create index driver_claim_driver on ledger.driver_claim (driver);
comment on table ledger.driver_claim is 'Why, as one speaker puts it.';
comment on column ledger.driver_claim.wave is 'The wave.';
comment on column ledger.driver_claim.claim is 'Number of the claim.';
comment on column ledger.driver_claim.kind is 'Always driver.';
comment on column ledger.driver_claim.driver is 'The reason.';
comment on column ledger.driver_claim.weight is 'primary, contributing or context.';
comment on column ledger.driver_claim.stance is 'states it, reports it, or denies that it was the reason.';
comment on column ledger.driver_claim.statement is 'One sentence of ours.';

create table ledger.role_claim (
    wave ledger.slug not null,
    claim smallint not null,
    kind text generated always as ('role') stored,
    role ledger.code not null references ledger.role,
    effect text not null check (effect in ('cut', 'spared', 'hired')),
    headcount integer check (headcount > 0),
    wording text check (array_length(regexp_split_to_array(btrim(wording), '\s+'), 1) <= 12),
    primary key (wave, claim),
    foreign key (wave, claim, kind) references ledger.claim (wave, number, kind) on delete cascade
);
create index role_claim_role on ledger.role_claim (role);
comment on table ledger.role_claim is 'Whose jobs, as one speaker puts it.';
comment on column ledger.role_claim.wave is 'The wave.';
comment on column ledger.role_claim.claim is 'Number of the claim.';
comment on column ledger.role_claim.kind is 'Always role.';
comment on column ledger.role_claim.role is 'The category of staff.';
comment on column ledger.role_claim.effect is 'cut, spared, or hired instead.';
comment on column ledger.role_claim.headcount is 'Jobs of this category, where stated.';
comment on column ledger.role_claim.wording is 'How the source names them, at most 12 words.';

create table ledger.context (
    wave ledger.slug not null,
    claim smallint not null,
    kind text generated always as ('context') stored,
    aspect ledger.code not null,
    statement text not null check (statement <> ''),
    primary key (wave, claim),
    foreign key (wave, claim, kind) references ledger.claim (wave, number, kind) on delete cascade
);
comment on table ledger.context is 'What a cut is read against.';
comment on column ledger.context.wave is 'The wave.';
comment on column ledger.context.claim is 'Number of the claim.';
comment on column ledger.context.kind is 'Always context.';
comment on column ledger.context.aspect is 'market, strategy, outlook or company.';
comment on column ledger.context.statement is 'A few words of ours.';

create table ledger.scope (
    wave ledger.slug primary key,
    claim smallint not null,
    kind text generated always as ('scope') stored,
    worldwide boolean,
    units text[] not null,
    foreign key (wave, claim, kind) references ledger.claim (wave, number, kind) on delete cascade
);
comment on table ledger.scope is 'Where the cuts of a wave fall.';
comment on column ledger.scope.wave is 'The wave.';
comment on column ledger.scope.claim is 'Number of the claim.';
comment on column ledger.scope.kind is 'Always scope.';
comment on column ledger.scope.worldwide is 'In more than the listed countries; null where not said.';
comment on column ledger.scope.units is 'Divisions, sites, brands.';

create table ledger.scope_country (
    wave ledger.slug not null references ledger.scope on delete cascade,
    position smallint not null,
    country text not null references ledger.country,
    primary key (wave, position),
    unique (wave, country)
);
comment on table ledger.scope_country is 'Countries in which the cuts fall.';
comment on column ledger.scope_country.wave is 'The wave.';
comment on column ledger.scope_country.position is 'Order in which a curator lists them.';
comment on column ledger.scope_country.country is 'The country.';

create table ledger.form (
    wave ledger.slug not null,
    claim smallint not null,
    kind text generated always as ('form') stored,
    position smallint not null,
    form ledger.code not null,
    primary key (wave, position),
    unique (wave, form),
    foreign key (wave, claim, kind) references ledger.claim (wave, number, kind) on delete cascade
);
comment on table ledger.form is 'How the posts of a wave go.';
comment on column ledger.form.wave is 'The wave.';
comment on column ledger.form.claim is 'Number of the claim.';
comment on column ledger.form.kind is 'Always form.';
comment on column ledger.form.position is 'Order in which a curator lists them.';
comment on column ledger.form.form is 'layoff, closure, voluntary_exit and so on.';
