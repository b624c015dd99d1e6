"""Events: their dates, and the status that follows from them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from layoff_ledger.curation import records
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import (
    all_claims,
    claims,
    rule,
    violation,
    violation_of_claim,
)
from layoff_ledger.vocabulary import EXPECTED

EARLIEST = datetime.date(1970, 1, 1)


@rule
def date_is_not_in_the_future(curated: Curated) -> Iterator[Violation]:
    """Nothing is dated after today unless it is expected, and no event before 1970."""
    today = datetime.datetime.now(tz=datetime.UTC).date()
    for located in all_claims(curated):
        dates = [getattr(located.claim, name, None) for name in ("on", "stated_on")]
        is_expected = getattr(located.claim, "kind", None) == EXPECTED
        latest = datetime.date.max if is_expected else today
        for day in dates:
            if day is not None and not EARLIEST <= day.on <= latest:
                bound = "in the future" if day.on > today else "before 1970"
                yield violation_of_claim(
                    curated,
                    located,
                    date_is_not_in_the_future,
                    f"{day.on} is {bound}",
                    f'what is planned has kind = "{EXPECTED}", or belongs in a statement',
                )
    for source in curated.sources.values():
        for day in (source.published_on, source.retrieved_on):
            if day is not None and day.on > today:
                message = f"{day.on} is in the future"
                yield violation(curated, "sources", source.id, date_is_not_in_the_future, message)


@rule
def wave_has_an_event(curated: Curated) -> Iterator[Violation]:
    """A wave has at least one event, because its date and status follow from its events."""
    for wave in curated.waves.values():
        if all(event.rank == "deprecated" or event.kind == EXPECTED for event in wave.events):
            hint = 'add [[events]] with on, kind = "announced", speaker and citations'
            yield violation(
                curated,
                "waves",
                wave.id,
                wave_has_an_event,
                "it has no event, or only deprecated ones",
                hint,
            )


DAYS_BEFORE_A_REPORT = 2
"""A page may be dated a day or two before what it reports: time zones, evening editions."""
DAYS_BEFORE_A_STEP = 366
"""A plan is announced before its steps, but by no more than a year."""


@rule
def source_is_not_older_than_its_event(curated: Curated) -> Iterator[Violation]:
    """No source is older than the announcement or report that it is cited for.

    A source may speak of later steps (under way, completed, revised, withdrawn) in advance, but by
    no more than a year.
    """
    for located in all_claims(curated):
        event = located.claim
        if not isinstance(event, records.Event) or event.rank == "deprecated":
            continue
        if event.kind == EXPECTED:
            continue  # sources speak of what is expected years ahead
        if event.on.on > datetime.datetime.now(tz=datetime.UTC).date():
            continue  # another rule checks that
        first = event.kind in {"announced", "reported", "rumoured"}
        for citation in event.citations:
            source = curated.sources.get(citation.source)
            if source is None or source.published_on is None:
                continue
            published = _last_day(source.published_on)
            early = (event.on.on - published).days
            if early > (DAYS_BEFORE_A_REPORT if first else DAYS_BEFORE_A_STEP):
                yield violation_of_claim(
                    curated,
                    located,
                    source_is_not_older_than_its_event,
                    f"{source.id!r} was published on {published}, {early} days before the event",
                    "correct one of the dates, or cite another source",
                )


def _last_day(day: records.PartialDate) -> datetime.date:
    """Return the last day of the span that a partial date stands for."""
    months = {"month": 1, "quarter": 3, "year": 12}.get(day.precision)
    if months is None:
        return day.on
    years, month = divmod(day.on.month - 1 + months, 12)
    return datetime.date(day.on.year + years, month + 1, 1) - datetime.timedelta(days=1)


@rule
def day_of_the_source_is_used(curated: Curated) -> Iterator[Violation]:
    """An announcement has the date of the company's own dated text that is cited for it.

    A statement, a filing or a notice carries the day; a report only shows that it was no later. If
    the text speaks of an earlier announcement, the note says so.
    """
    own = {"filing", "company_statement", "government_notice"}
    for located in all_claims(curated):
        event = located.claim
        if not isinstance(event, records.Event) or event.on.precision == "day":
            continue
        if event.kind != "announced" or event.rank == "deprecated" or event.note is not None:
            continue
        for citation in event.citations:
            source = curated.sources.get(citation.source)
            day = None if source is None or source.kind not in own else source.published_on
            if (
                day is not None
                and day.precision == "day"
                and event.on.on <= day.on <= _last_day(event.on)
            ):
                yield violation_of_claim(
                    curated,
                    located,
                    day_of_the_source_is_used,
                    f"dated to the {event.on.precision}, but {citation.source!r} is from {day.on}",
                    f'set on = "{day.on}", or say in the note why it was another day',
                )
                break


@rule
def reported_gives_way_to_the_company(curated: Curated) -> Iterator[Violation]:
    """In a wave that is only rumoured or reported, the company affirms no claim.

    If the company speaks in the same wave, there is an event in which it announces the cut.
    """
    for wave in curated.waves.values():
        events = [one for one in wave.events if one.rank != "deprecated" and one.kind != EXPECTED]
        if not events or any(one.kind not in {"rumoured", "reported"} for one in events):
            continue
        for located in claims(wave):
            claim = located.claim
            if claim.rank == "deprecated" or claim.speaker != "company":
                continue
            size = isinstance(claim, records.Magnitude) and claim.measure != "workforce_before"
            reason = (
                isinstance(claim, records.DriverClaim)
                and claim.stance == "states"
                and claim.weight != "context"
            )
            if size or reason or isinstance(claim, records.Event):
                yield violation(
                    curated,
                    "waves",
                    wave.id,
                    reported_gives_way_to_the_company,
                    f"its events are only rumoured or reported, but in {located.path} the "
                    "company speaks",
                    'add the event in which the company announces it, or set speaker = "press"',
                    path="events",
                )
                break


_DONE = re.compile(
    r"complet|finish|conclu|finali[sz]|final\b|last batch|\bdone\b|\bended\b|\bclosed\b"
    r"|wound (?:up|down)|\bleft\b|\bgone\b|laid off|let go"
    r"|shed\b|depart|dismissed|terminated|resulted in|redundant"
    r"|reduc(?:ed|tions?)|eliminated|removed|shut (?:down|its)|shutter|lost their|occurred|ceased"
    r"|(?:has|have|had|been|was|were) \w*\s?(?:cut|laid|made|let|shed)|took effect|effective"
    r"|now (?:employ|has|at)|last day|undertook|employed .* as of|already|over the|through 20"
    r"|announced \(|in at least two rounds|lay[- ]?offs? (?:in|of)"
    r"|geschlossen|entlassen|abgebaut|supprimé|despid|cerr|afgerond|demiti|genomför[dt]",
    re.IGNORECASE,
)


@rule
def completion_is_stated(curated: Curated) -> Iterator[Violation]:
    """A `completed` event cites words that say that the cut is done; a beginning is `under_way`.

    If it cites no fragment, the event has a statement of its own.
    """
    for located in all_claims(curated):
        event = located.claim
        if not isinstance(event, records.Event) or event.kind != "completed":
            continue
        fragments = [one.fragment for one in event.citations if one.fragment is not None]
        if event.rank != "deprecated" and fragments and not any(map(_DONE.search, fragments)):
            listed = " / ".join(f"“{words}”" for words in fragments)
            yield violation_of_claim(
                curated,
                located,
                completion_is_stated,
                f"no cited words say that it is done: {listed}",
                'cite the words that say so, or set kind = "under_way"',
            )


_END_IS_EXPECTED = re.compile(
    r"\b[Ff]oreseen [Ee]nd [Dd]ate\b|\bcomplet(?:ed?|ion)\b[^.;]{0,30}\bby (?:the end|[A-Z]|20\d\d)"
)


@rule
def expected_end_is_an_event(curated: Curated) -> Iterator[Violation]:
    """The date by which a cut is to be done is an event of kind `expected`, not context.

    An event has a date, by which the timeline finds it.
    """
    for located in all_claims(curated):
        claim = located.claim
        if not isinstance(claim, records.Context) or claim.rank == "deprecated":
            continue
        for one in claim.citations:
            if one.fragment and (found := _END_IS_EXPECTED.search(one.fragment)):
                yield violation_of_claim(
                    curated,
                    located,
                    expected_end_is_an_event,
                    f"the words say by when it is to be done: “{found[0]}”",
                    f'turn it into [[events]] with on and kind = "{EXPECTED}"',
                )
                break


_END_OF_A_PERIOD = re.compile(
    r"\bend of (?:(?:the |this |next )?"
    r"(?P<unnamed>year|month|(?:first|second|third|fourth) quarter|(?:first|second) half)"
    r"|Q[1-4]|(?P<month>January|February|March|April|May|June|July|August|September|October"
    r"|November|December)(?: (?P<of>\d{4}))?|(?P<year>\d{4}))\b"
)
_FISCAL = re.compile(r"\bfiscal\b|\bbusiness year\b", re.IGNORECASE)


@rule
def end_of_a_period_is_its_last_day(curated: Curated) -> Iterator[Violation]:
    """What is to be done by the end of a year, quarter or month is dated to its last day.

    A year alone means that it is to be done at some time in it. For a fiscal year, the words have
    to say when it ends.
    """
    for located in all_claims(curated):
        event = located.claim
        if not isinstance(event, records.Event) or event.kind != EXPECTED:
            continue
        if event.rank == "deprecated" or event.on.precision == "day":
            continue
        texts = [event.statement, *(one.fragment for one in event.citations)]
        words = " / ".join(one for one in texts if one is not None)
        last = _last_day(event.on)
        for found in () if _FISCAL.search(words) else _END_OF_A_PERIOD.finditer(words):
            year = found["year"] or found["of"]
            month = found["month"]
            other_year = year is not None and int(year) != last.year
            if other_year or (month is not None and month != f"{last:%B}"):
                continue  # the words name another day as well
            yield violation_of_claim(
                curated,
                located,
                end_of_a_period_is_its_last_day,
                f"“{found[0]}”, but dated to the {event.on.precision}",
                f'set on = "{last}", or the last day that the words name',
            )
            break
