"""The editorial rules: each is a function whose docstring is the rule, and yields its breaches.

Rules look at records and need no database. What the database can hold is a constraint as well
(`sql/migrations/`); what only shows in the stored whole is a check (`sql/checks/`).
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator

import pycountry
from msgspec import Struct

from layoff_ledger import vocabulary
from layoff_ledger.curation import records
from layoff_ledger.curation.read import Breach, Curated, nearest
from layoff_ledger.resources import RESOURCES

Rule = Callable[[Curated], Iterator[Breach]]
RULES: list[Rule] = []

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
WAVE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*-\d{4}-\d\d(-[a-z])?")
RESERVED = frozenset({"autocomplete"})
WORDS_IN_A_FRAGMENT = 12
EARLIEST = datetime.date(1970, 1, 1)
SHARE_TOLERANCE = 0.2


def rule(function: Rule) -> Rule:
    """Add a rule to those that `check` runs."""
    RULES.append(function)
    return function


def judge(curated: Curated) -> list[Breach]:
    """Run every rule; what a wave exempts with a reason is not reported."""
    breaches = set(curated.breaches)
    for one in RULES:
        for breach in one(curated):
            wave = curated.waves.get(breach.record.split(" ", maxsplit=1)[0])
            if wave is None or all(exempt.rule != breach.rule for exempt in wave.exemptions):
                breaches.add(breach)
    return sorted(breaches)


class Place(Struct, frozen=True):
    """A claim of a wave and how a curator finds it: `drivers[2]` is the second `[[drivers]]`."""

    wave: records.Wave
    name: str
    claim: records.Claim


class Cited(Struct, frozen=True):
    """Anything that has citations, a claim of a wave or a value of an indicator."""

    kind: str
    id: str
    name: str
    what: records.Claim | records.IndicatorValue


def claims(wave: records.Wave) -> Iterator[Place]:
    """Give every claim of a wave in the order in which the ledger numbers them."""
    for name in ("events", "magnitudes", "drivers", "roles", "context"):
        for number, claim in enumerate(getattr(wave, name), start=1):
            yield Place(wave, f"{name}[{number}]", claim)
    for name in ("scope", "forms"):
        if (claim := getattr(wave, name)) is not None:
            yield Place(wave, name, claim)


def _all_claims(curated: Curated) -> Iterator[Place]:
    for wave in curated.waves.values():
        yield from claims(wave)


def _all_cited(curated: Curated) -> Iterator[Cited]:
    for place in _all_claims(curated):
        yield Cited("waves", place.wave.id, place.name, place.claim)
    for indicator in curated.indicators.values():
        for number, value in enumerate(indicator.values, start=1):
            yield Cited("indicators", indicator.id, f"values[{number}]", value)


def _breach(
    curated: Curated,
    kind: str,
    id_: str,
    function: Callable[..., object],
    message: str,
    suggestion: str | None = None,
    place: str = "",
) -> Breach:
    record = f"{id_} {place}".strip()
    return Breach(curated.files[kind, id_], record, function.__name__, message, suggestion)


def _of_claim(
    curated: Curated,
    place: Place,
    function: Callable[..., object],
    message: str,
    suggestion: str | None = None,
) -> Breach:
    return _breach(curated, "waves", place.wave.id, function, message, suggestion, place=place.name)


@rule
def id_is_a_slug(curated: Curated) -> Iterator[Breach]:
    """An id has lower-case letters, digits and hyphens; a code has underscores instead."""
    for kind, id_ in curated.files:
        pattern = {
            "drivers": CODE,
            "roles": CODE,
            "waves": WAVE_ID,
            "industries": None,
            "tombstones": None,
        }.get(kind, SLUG)
        if pattern is not None and not pattern.fullmatch(id_):
            hint = {
                WAVE_ID: "name the file <company>-<yyyy>-<mm>.toml",
                CODE: "use letters, digits and underscores",
            }.get(pattern, "use letters, digits and hyphens")
            yield _breach(curated, kind, id_, id_is_a_slug, f"{id_!r} is no id", hint)


@rule
def id_is_not_reserved(curated: Curated) -> Iterator[Breach]:
    """No company's id is the name of another path below `/v1/companies/`."""
    for company in curated.companies.values():
        if company.id in RESERVED:
            message = f"{company.id!r} is a path of the API"
            hint = "add a word to the id"
            yield _breach(curated, "companies", company.id, id_is_not_reserved, message, hint)


@rule
def wave_is_named_after_its_company_and_month(curated: Curated) -> Iterator[Breach]:
    """A wave's id begins with its company's id and the month in which it was announced."""
    known = curated.known("companies")
    for wave in curated.waves.values():
        day = announced(wave)
        if day is None or wave.company not in known:
            continue
        start = f"{wave.company}-"
        if day.precision in {"day", "month"}:
            start += f"{day.on:%Y-%m}"
        else:
            start += f"{day.on:%Y}"
        if not wave.id.startswith(start):
            yield _breach(
                curated,
                "waves",
                wave.id,
                wave_is_named_after_its_company_and_month,
                f"the id does not begin with {start!r}",
                "rename the file, or exempt it if the id is already published",
            )


@rule
def company_is_known(curated: Curated) -> Iterator[Breach]:
    """A wave names a company that has an entry, and so does a company its parent."""
    known = curated.known("companies")
    for wave in curated.waves.values():
        if wave.company not in known:
            message = f"no company {wave.company!r}"
            hint = nearest(wave.company, known)
            yield _breach(curated, "waves", wave.id, company_is_known, message, hint, "company")
    for company in curated.companies.values():
        if company.parent is not None and company.parent not in known:
            message = f"no company {company.parent!r}"
            hint = nearest(company.parent, known)
            yield _breach(
                curated, "companies", company.id, company_is_known, message, hint, "parent"
            )


@rule
def parents_form_no_circle(curated: Curated) -> Iterator[Breach]:
    """No company is its own parent, not even through others."""
    for company in curated.companies.values():
        seen, above = {company.id}, company.parent
        while above is not None and above in curated.companies:
            if above in seen:
                message = f"its parents lead back to {above!r}"
                yield _breach(curated, "companies", company.id, parents_form_no_circle, message)
                break
            seen.add(above)
            above = curated.companies[above].parent


@rule
def code_is_known(curated: Curated) -> Iterator[Breach]:
    """Drivers, roles, statuses, forms, kinds, groups, countries, sectors and schemes are known."""
    yield from _claims_have_known_codes(curated)
    yield from _records_have_known_codes(curated)


def _claims_have_known_codes(curated: Curated) -> Iterator[Breach]:
    drivers, roles = curated.known("drivers"), curated.known("roles")
    for place in _all_claims(curated):
        for what, code, known in _codes_of(place.claim, drivers, roles):
            if code not in known:
                message = f"no {what} {code!r}"
                yield _of_claim(curated, place, code_is_known, message, nearest(code, known))


def _records_have_known_codes(curated: Curated) -> Iterator[Breach]:
    for company in curated.companies.values():
        if company.country is not None and company.country not in COUNTRIES:
            message = f"no country {company.country!r}"
            yield _breach(curated, "companies", company.id, code_is_known, message)
        if company.industry is not None and company.industry not in curated.known("industries"):
            message = f"no industry {company.industry!r}"
            yield _breach(curated, "companies", company.id, code_is_known, message)
    for driver in curated.drivers.values():
        if driver.group not in vocabulary.DRIVER_GROUPS:
            hint = nearest(driver.group, vocabulary.DRIVER_GROUPS)
            message = f"no group {driver.group!r}"
            yield _breach(curated, "drivers", driver.id, code_is_known, message, hint)
    for source in curated.sources.values():
        if source.kind not in vocabulary.SOURCE_KINDS:
            hint = nearest(source.kind, vocabulary.SOURCE_KINDS)
            message = f"no kind of source {source.kind!r}"
            yield _breach(curated, "sources", source.id, code_is_known, message, hint)


COUNTRIES = {country.alpha_2 for country in pycountry.countries}


def _codes_of(
    claim: records.Claim, drivers: set[str], roles: set[str]
) -> Iterator[tuple[str, str, set[str]]]:
    match claim:
        case records.DriverClaim():
            yield "driver", claim.driver, drivers
        case records.RoleClaim():
            yield "role", claim.role, roles
        case records.Event():
            yield "status", claim.kind, set(vocabulary.STATUSES)
        case records.Context():
            yield "kind of context", claim.kind, set(vocabulary.CONTEXT_KINDS)
        case records.Forms():
            for code in claim.codes:
                yield "form", code, set(vocabulary.FORMS)
        case records.Scope():
            for code in claim.countries:
                yield "country", code, COUNTRIES


@rule
def identifier_is_well_formed(curated: Curated) -> Iterator[Breach]:
    """An identifier follows its scheme, and an LEI's check digits are right (ISO 7064 97-10)."""
    for company in curated.companies.values():
        for scheme, value in company.identifiers.items():
            pattern = vocabulary.IDENTIFIER_SCHEMES.get(scheme)
            message = None
            if pattern is None:
                message = f"no scheme {scheme!r}"
            elif not re.fullmatch(pattern, value):
                message = f"{value!r} is no {scheme}, which looks like {pattern}"
            elif scheme == "lei" and int("".join(str(int(one, 36)) for one in value)) % 97 != 1:
                message = f"the check digits of {value!r} are wrong"
            if message is not None:
                hint = nearest(scheme, vocabulary.IDENTIFIER_SCHEMES) if pattern is None else None
                yield _breach(
                    curated, "companies", company.id, identifier_is_well_formed, message, hint
                )


@rule
def identifier_is_one_companys(curated: Curated) -> Iterator[Breach]:
    """Two companies never share an identifier."""
    owner: dict[tuple[str, str], str] = {}
    for company in curated.companies.values():
        for identifier in company.identifiers.items():
            first = owner.setdefault(identifier, company.id)
            if first != company.id:
                message = f"{identifier[0]} {identifier[1]} is also {first!r}'s"
                yield _breach(curated, "companies", company.id, identifier_is_one_companys, message)


@rule
def claim_is_cited(curated: Curated) -> Iterator[Breach]:
    """Every claim, and every value of an indicator, has at least one citation."""
    for one in _all_cited(curated):
        if not one.what.citations:
            hint = 'add citations = [{ source = "…", evidence = "…" }], or leave the claim out'
            yield _breach(curated, one.kind, one.id, claim_is_cited, "no citation", hint, one.name)


@rule
def source_is_known(curated: Curated) -> Iterator[Breach]:
    """Every citation names a source that has an entry."""
    known = curated.known("sources")
    for one in _all_cited(curated):
        for citation in one.what.citations:
            if citation.source not in known:
                hint = nearest(citation.source, known)
                message = f"no source {citation.source!r}"
                yield _breach(curated, one.kind, one.id, source_is_known, message, hint, one.name)


@rule
def source_is_cited(curated: Curated) -> Iterator[Breach]:
    """A source that nobody cites is an error."""
    cited = {citation.source for one in _all_cited(curated) for citation in one.what.citations}
    # A record that could not be read may be the one that cites it.
    unread = len(curated.known("waves")) - len(curated.waves)
    unread += len(curated.known("indicators")) - len(curated.indicators)
    if not unread:
        for id_ in sorted(set(curated.sources) - cited):
            message = "nothing cites this source"
            yield _breach(curated, "sources", id_, source_is_cited, message, "cite it or delete it")


@rule
def fragment_has_at_most_12_words(curated: Curated) -> Iterator[Breach]:
    """A verbatim fragment, and a source's wording of a role, has at most 12 words."""
    for one in _all_cited(curated):
        quoted = [citation.fragment for citation in one.what.citations]
        if isinstance(one.what, records.RoleClaim):
            quoted.append(one.what.wording)
        for fragment in quoted:
            if fragment and (words := len(fragment.split())) > WORDS_IN_A_FRAGMENT:
                yield _breach(
                    curated,
                    one.kind,
                    one.id,
                    fragment_has_at_most_12_words,
                    f"a fragment of {words} words: {fragment[:40]!r} …",
                    "shorten it to the words that carry the claim",
                    one.name,
                )


@rule
def date_is_not_in_the_future(curated: Curated) -> Iterator[Breach]:
    """Nothing is dated after today, no event before 1970."""
    today = datetime.datetime.now(tz=datetime.UTC).date()
    for place in _all_claims(curated):
        dates = [getattr(place.claim, name, None) for name in ("on", "stated_on")]
        for day in dates:
            if day is not None and not EARLIEST <= day.on <= today:
                bound = "in the future" if day.on > today else "before 1970"
                yield _of_claim(
                    curated,
                    place,
                    date_is_not_in_the_future,
                    f"{day.on} is {bound}",
                    "what is planned belongs into a statement, not into an event",
                )
    for source in curated.sources.values():
        for day in (source.published_on, source.retrieved_on):
            if day is not None and day.on > today:
                message = f"{day.on} is in the future"
                yield _breach(curated, "sources", source.id, date_is_not_in_the_future, message)


@rule
def wave_has_an_event(curated: Curated) -> Iterator[Breach]:
    """A wave has at least one event: its date and status are read off its events."""
    for wave in curated.waves.values():
        if all(event.rank == "deprecated" for event in wave.events):
            hint = 'add [[events]] with on, kind = "announced", speaker and citations'
            yield _breach(
                curated,
                "waves",
                wave.id,
                wave_has_an_event,
                "no event that is not deprecated",
                hint,
            )


@rule
def figure_fits_its_qualifier(curated: Curated) -> Iterator[Breach]:
    """`at_least` has only a low, `up_to` only a high, `range` both, the others one value.

    "Approximately 13% to 15%" is `approximately` with both bounds.
    """
    both = {"low", "high"}
    wanted = {"at_least": {"low"}, "up_to": {"high"}, "range": both}
    for place in _all_claims(curated):
        claim = place.claim
        if not isinstance(claim, records.Magnitude):
            continue
        given = {name for name in ("value", "low", "high") if getattr(claim, name) is not None}
        expected = wanted.get(claim.qualifier, {"value"})
        if given != expected and not (claim.qualifier == "approximately" and given == both):
            message = f"{claim.qualifier} with {' and '.join(sorted(given)) or 'no figure'}"
            hint = f"give {' and '.join(sorted(expected))}"
            yield _of_claim(curated, place, figure_fits_its_qualifier, message, hint)


@rule
def figure_is_possible(curated: Curated) -> Iterator[Breach]:
    """Low is at most high, a share lies in (0, 1], and jobs are whole numbers."""
    for place in _all_claims(curated):
        claim = place.claim
        if not isinstance(claim, records.Magnitude):
            continue
        low, high = bounds(claim)
        figures = [figure for figure in (low, high) if figure is not None]
        if low is not None and high is not None and low > high:
            yield _of_claim(
                curated, place, figure_is_possible, f"low {low:g} is above high {high:g}"
            )
        if claim.measure == "share" and any(figure > 1 for figure in figures):
            hint = "a share is a fraction of one: 13 % is 0.13"
            yield _of_claim(curated, place, figure_is_possible, "a share above 1", hint)
        if claim.measure != "share" and any(figure != int(figure) for figure in figures):
            yield _of_claim(curated, place, figure_is_possible, "jobs are counted in whole numbers")


@rule
def preferred_is_one_per_measure(curated: Curated) -> Iterator[Breach]:
    """At most one claim per measure is preferred; where a measure has several, exactly one is."""
    for wave in curated.waves.values():
        for measure in vocabulary.codes(vocabulary.Measure):
            ranks = Counter(one.rank for one in wave.magnitudes if one.measure == measure)
            usable = ranks["preferred"] + ranks["normal"]
            message = None
            if ranks["preferred"] > 1:
                message = f"{ranks['preferred']} preferred claims of {measure}"
            elif usable and not ranks["preferred"]:
                message = f"none of {usable} claims of {measure} is preferred"
            if message is not None:
                yield _breach(
                    curated,
                    "waves",
                    wave.id,
                    preferred_is_one_per_measure,
                    message,
                    'mark one with rank = "preferred" and say why in its note',
                    place="magnitudes",
                )


@rule
def preferred_figure_has_the_better_source(curated: Curated) -> Iterator[Breach]:
    """A claim that rests only on blogs or machine summaries is not preferred to a better one."""
    for wave in curated.waves.values():
        for number, claim in enumerate(wave.magnitudes, start=1):
            rivals = [
                other
                for other in wave.magnitudes
                if (other.measure, other.base, other.rank) == (claim.measure, claim.base, "normal")
            ]
            if (
                claim.rank == "preferred"
                and _is_weak(curated, claim)
                and any(not _is_weak(curated, other) for other in rivals)
            ):
                yield _breach(
                    curated,
                    "waves",
                    wave.id,
                    preferred_figure_has_the_better_source,
                    f"a preferred {claim.measure} that only weak sources support",
                    "prefer the claim with a better source",
                    place=f"magnitudes[{number}]",
                )


def _is_weak(curated: Curated, claim: records.Claim) -> bool:
    return all(
        curated.sources[citation.source].standing in {"secondary", "machine_summary"}
        for citation in claim.citations
        if citation.source in curated.sources
    )


@rule
def company_speaks_in_its_source(curated: Curated) -> Iterator[Breach]:
    """A driver that the company states or denies has a source whose text was read or is its own."""
    for place in _all_claims(curated):
        claim = place.claim
        if isinstance(claim, records.DriverClaim) and claim.speaker == "company":
            if claim.stance == "reports":
                yield _of_claim(
                    curated,
                    place,
                    company_speaks_in_its_source,
                    "a company states or denies its own reasons, it does not report them",
                    'set stance = "states", or speaker = "press"',
                )
            elif not any(_lets_company_speak(curated, one) for one in claim.citations):
                yield _of_claim(
                    curated,
                    place,
                    company_speaks_in_its_source,
                    "no source in which the company speaks",
                    "cite its statement or a report that quotes it, or set the speaker to press",
                )


def _lets_company_speak(curated: Curated, citation: records.Citation) -> bool:
    """A statement or filing of its own, or a text that was read and so was seen to quote it."""
    source = curated.sources.get(citation.source)
    return (
        source is None
        or source.kind in {"filing", "company_statement"}
        or citation.evidence != "url_listed"
    )


@rule
def denial_is_not_a_driver_of_weight(curated: Curated) -> Iterator[Breach]:
    """What is denied has the weight `context`: it is no reason, primary or contributing."""
    for place in _all_claims(curated):
        claim = place.claim
        if (
            isinstance(claim, records.DriverClaim)
            and claim.stance == "denies"
            and claim.weight != "context"
        ):
            message = f"a denied driver with the weight {claim.weight}"
            hint = 'set weight = "context"'
            yield _of_claim(curated, place, denial_is_not_a_driver_of_weight, message, hint)


@rule
def relation_is_sound(curated: Curated) -> Iterator[Breach]:
    """A related wave exists, is another one, and is not named twice in the same relation."""
    known = curated.known("waves")
    for wave in curated.waves.values():
        seen: set[tuple[str, str]] = set()
        for relation in wave.relations:
            message, hint = None, None
            if relation.wave == wave.id:
                message = "a wave is not related to itself"
            elif relation.wave not in known:
                message = f"no wave {relation.wave!r}"
                hint = nearest(relation.wave, known - {wave.id})
            elif (relation.relation, relation.wave) in seen:
                message = f"{relation.relation} {relation.wave!r} stands twice"
            seen.add((relation.relation, relation.wave))
            if message is not None:
                yield _breach(
                    curated, "waves", wave.id, relation_is_sound, message, hint, "relations"
                )


@rule
def share_agrees_with_headcount(curated: Curated) -> Iterator[Breach]:
    """A preferred share of the whole company agrees with headcount and workforce within a fifth."""
    for wave in curated.waves.values():
        figures = {one.measure: one for one in wave.magnitudes if one.rank == "preferred"}
        if len(figures) != len(vocabulary.codes(vocabulary.Measure)):
            continue
        share, cut = figures["share"], figures["headcount"]
        before = figures["workforce_before"]
        if share.base is not None or share.cumulative or cut.cumulative:
            continue
        (share_low, _), (cut_low, _), (before_low, _) = bounds(share), bounds(cut), bounds(before)
        if share_low is None or cut_low is None or before_low is None:
            continue
        computed = cut_low / before_low
        highest = bounds(share)[1] or share_low
        if not share_low * (1 - SHARE_TOLERANCE) <= computed <= highest * (1 + SHARE_TOLERANCE):
            yield _breach(
                curated,
                "waves",
                wave.id,
                share_agrees_with_headcount,
                f"a share of {share_low:g} against {cut_low:g} of {before_low:g} = {computed:.3f}",
                "name the base of the share, or exempt the wave with the reason",
                place="magnitudes",
            )


@rule
def close_waves_are_related(curated: Curated) -> Iterator[Breach]:
    """Two waves of one company within 10 days say how they stand to each other."""
    dated = sorted(
        (wave.company, day.on, wave.id)
        for wave in curated.waves.values()
        if (day := announced(wave)) is not None and day.precision == "day"
    )
    for (company, first, one), (other_company, second, other) in itertools.pairwise(dated):
        if company != other_company or (second - first).days > 10:  # noqa: PLR2004 as the rule says
            continue
        if not any(
            relation.wave in {one, other}
            for id_ in (one, other)
            for relation in curated.waves[id_].relations
        ):
            message = f"{(second - first).days} days after {one!r} and not related to it"
            yield _breach(
                curated,
                "waves",
                other,
                close_waves_are_related,
                message,
                "add [[relations]] to one of them",
            )


@rule
def republication_names_its_original(curated: Curated) -> Iterator[Breach]:
    """A republication names the publisher whose text it copies."""
    for source in curated.sources.values():
        if (source.standing == "republication") != (source.original_publisher is not None):
            yield _breach(
                curated,
                "sources",
                source.id,
                republication_names_its_original,
                "a republication without its original"
                if source.original_publisher is None
                else "an original publisher, but no republication",
                'set original_publisher, or another standing than "republication"',
            )


@rule
def address_is_one_sources(curated: Curated) -> Iterator[Breach]:
    """No two sources have the same address, and a source without one has a title."""
    owner: dict[str, str] = {}
    for source in curated.sources.values():
        if source.url is None:
            if source.title is None:
                message = "neither address nor title"
                yield _breach(curated, "sources", source.id, address_is_one_sources, message)
            continue
        first = owner.setdefault(source.url, source.id)
        if first != source.id:
            message = f"{first!r} has the same address"
            yield _breach(curated, "sources", source.id, address_is_one_sources, message)


@rule
def indicator_is_sound(curated: Curated) -> Iterator[Breach]:
    """A series names a known company; its unit fits its metric; its periods are in order."""
    known = curated.known("companies")
    for one in curated.indicators.values():
        message, hint = None, None
        if one.company not in known:
            message, hint = f"no company {one.company!r}", nearest(one.company, known)
        elif one.unit != ("people" if one.metric == "employees" else "USD"):
            message = f"{one.metric} in {one.unit}"
        elif [_period(value) for value in one.values] != sorted(map(_period, one.values)):
            message, hint = "the periods are not in order", "sort the values by period_end"
        if message is not None:
            yield _breach(curated, "indicators", one.id, indicator_is_sound, message, hint)


def _period(value: records.IndicatorValue) -> tuple[datetime.date, datetime.date]:
    start = value.period_end if value.period_start is None else value.period_start
    return value.period_end.on, start.on


@rule
def indicator_value_is_possible(curated: Curated) -> Iterator[Breach]:
    """A value has one figure or two bounds, its period begins before it ends, outcomes are past."""
    today = datetime.datetime.now(tz=datetime.UTC).date()
    for one in curated.indicators.values():
        for number, value in enumerate(one.values, start=1):
            message = None
            if (value.value is None) == (value.low is None and value.high is None):
                message = "give value, or low and high"
            elif value.low is not None and value.high is not None and value.low > value.high:
                message = f"low {value.low:g} is above high {value.high:g}"
            elif value.period_start is not None and value.period_start.on > value.period_end.on:
                message = "the period ends before it begins"
            elif one.kind == "outcome" and value.period_end.on > today:
                message = f"an outcome of {value.period_end.on}, which is in the future"
            if message is not None:
                yield _breach(
                    curated,
                    "indicators",
                    one.id,
                    indicator_value_is_possible,
                    message,
                    place=f"values[{number}]",
                )


@rule
def definitions_are_apart(curated: Curated) -> Iterator[Breach]:
    """Two series of a company, metric and kind differ in their definition, and no value twice."""
    seen: dict[tuple[str, str, str, str], str] = {}
    for one in curated.indicators.values():
        key = (one.company, one.metric, one.kind, one.definition)
        first = seen.setdefault(key, one.id)
        if first != one.id:
            message = f"{first!r} has the same definition"
            hint = "put the values into one series"
            yield _breach(curated, "indicators", one.id, definitions_are_apart, message, hint)
        periods = Counter(
            (_period(value), value.stated_on) for value in one.values if value.rank == "preferred"
        )
        for (period, _), times in periods.items():
            if times > 1:
                message = f"{times} preferred values up to {period[0]}"
                yield _breach(curated, "indicators", one.id, definitions_are_apart, message)


KINDS = {
    resource.name: resource.path
    for resource in RESOURCES.values()
    if resource.retirable and resource.record_of is None
}
"""Kind of record that has an address of its own → where it is in `Curated`."""


@rule
def tombstone_stands_for_a_retired_record(curated: Curated) -> Iterator[Breach]:
    """A tombstone names a record that is gone, the day of it, and at most one that lives on.

    Ids are never used again and never vanish: who asks for a retired id is sent to the record that
    stands for it (`merged_into`), or is told why it was withdrawn. Publishing refuses files from
    which a published record is missing without a tombstone.
    """
    for tombstone in curated.tombstones.values():
        kind, id_ = tombstone.place

        def told(message: str, hint: str | None = None, *, on: str = tombstone.id) -> Breach:
            function = tombstone_stands_for_a_retired_record
            return _breach(curated, "tombstones", on, function, message, hint)

        if kind not in KINDS or not id_:
            hint = 'write the key as "wave/acme-2023-01"'
            yield told(f"{tombstone.id!r} is none of {', '.join(KINDS)} with an id", hint)
            continue
        known = curated.known(KINDS[kind])
        if id_ in known:
            yield told(f"the {kind} {id_!r} is still given", "take the record or the tombstone out")
        if tombstone.retired_on.precision != "day":
            yield told("retired_on is no day", "write it as 2023-03-14")
        elif tombstone.retired_on.on > datetime.datetime.now(datetime.UTC).date():
            yield told("retired_on is in the future")
        into = tombstone.merged_into
        if into is not None and into not in known:
            yield told(f"merged_into: no {kind} {into!r} is given", nearest(into, known))


@rule
def exemption_is_needed(curated: Curated) -> Iterator[Breach]:
    """An exemption names a rule that exists, and that the wave would break without it."""
    by_name = {one.__name__: one for one in RULES}
    broken: dict[str, set[str]] = {}
    for wave in curated.waves.values():
        for exempt in wave.exemptions:
            message, hint = None, None
            if exempt.rule not in by_name:
                message, hint = f"no rule {exempt.rule!r}", nearest(exempt.rule, by_name)
            elif exempt.rule == exemption_is_needed.__name__:
                message = "this rule knows no exemption"
            else:
                if exempt.rule not in broken:
                    found = by_name[exempt.rule](curated)
                    broken[exempt.rule] = {breach.record.split(" ")[0] for breach in found}
                if wave.id not in broken[exempt.rule]:
                    message = f"{exempt.rule!r} holds here without an exemption"
                    hint = "delete it"
            if message is not None:
                yield _breach(curated, "waves", wave.id, exemption_is_needed, message, hint)


@rule
def curated_collection_is_described(curated: Curated) -> Iterator[Breach]:
    """The collection `curated`, to which every file under `waves/` belongs, has an entry."""
    if "curated" not in curated.known("collections"):
        yield Breach(
            "collections.toml",
            "curated",
            curated_collection_is_described.__name__,
            "no collection 'curated'",
            "add [curated] with name, description, license and origin",
        )


def bounds(claim: records.Magnitude | records.IndicatorValue) -> tuple[float | None, float | None]:
    """Give the least and the greatest value; `None` is no bound."""
    if claim.value is not None:
        return claim.value, claim.value
    return claim.low, claim.high


def announced(wave: records.Wave) -> records.PartialDate | None:
    """Give the date of the first announcement, else of the first event of any kind."""
    events = [one for one in wave.events if one.rank != "deprecated"]
    dates = [one.on for one in events if one.kind == "announced"]
    return min(dates or [one.on for one in events], default=None)
