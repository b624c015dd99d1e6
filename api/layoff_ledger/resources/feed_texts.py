"""Documents → the sentences of feeds, for people who know nothing about the ledger.

A sentence says what the document says, with its hedges, and no more: what is unknown is called
unknown.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

from layoff_ledger.resources.base import FeedText, Json
from layoff_ledger.resources.places import country_names

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_QUARTERS = ("first", "second", "third", "fourth")
_VERBS = {
    "rumoured": "is rumoured to cut",
    "reported": "is reported to cut",
    "under_way": "is cutting",
    "completed": "has cut",
    "withdrawn": "took back a plan to cut",
}
_VERBS_OF_AFFECTED = {
    "rumoured": "is rumoured to cut or move",
    "reported": "is reported to cut or move",
    "completed": "may have cut or moved",
    "withdrawn": "took back a plan to cut or move",
}
_SPEAKERS = ("company", "regulator", "union", "analyst", "press")
_HOW = {
    "reason": "Reason according to the {}",
    "context": "Mentioned by the {} as context",
    "denied": "Denied by the {}",
}


def day_text(on: str, precision: str) -> str:
    """Write a date as a person says it: `on 14 March 2023`, `in the first quarter of 2023`."""
    day = datetime.date.fromisoformat(on)
    return {
        "day": f"on {day.day} {_MONTHS[day.month - 1]} {day.year}",
        "month": f"in {_MONTHS[day.month - 1]} {day.year}",
        "quarter": f"in the {_QUARTERS[(day.month - 1) // 3]} quarter of {day.year}",
        "year": f"in {day.year}",
    }[precision]


def span_text(on: str, precision: str) -> str:
    """Write a date the same way, without a preposition: `14 March 2023`."""
    return day_text(on, precision).partition(" ")[2].removeprefix("the ")


def wave_text(wave: Json) -> FeedText:
    """Say who cuts how much, since when that is known, and who gives which reason."""
    name = wave["company"]["name"]
    date = day_text(wave["announced_on"], wave["announced_precision"])
    short_date = span_text(wave["announced_on"], wave["announced_precision"])
    title = f"{name}: {wave['title']}" if wave["title"] else f"{name}, {short_date}"
    sentences = [
        f"{name} {_verb(wave)} {_size(wave)}.",
        f"First {_first(wave)} {date}.",
        *_reasons(wave),
    ]
    if wave["status"] == "disputed":
        sentences.insert(1, "The company or a union disputes it.")
    return FeedText(title, " ".join(sentences))


def _verb(wave: Json) -> str:
    if wave["headcount"] is not None and wave["headcount"]["counts"] == "affected":
        return _VERBS_OF_AFFECTED.get(wave["status"], "may cut or move")
    return _VERBS.get(wave["status"], "cuts")


def _first(wave: Json) -> str:
    """Say what the first date is: an announcement, or else whatever was known first."""
    kinds = {one["kind"] for one in wave["events"] if one["rank"] != "deprecated"}
    if "announced" in kinds:
        return "announced"
    return "reported" if "reported" in kinds else "known"


def _size(wave: Json) -> str:
    headcount, share = wave["headcount"], wave["share"]
    of_share = None
    if share is not None:
        bounds = [None if one is None else f"{one * 100:.4g}%" for one in _bounds(share)]
        of_share = f"{_hedged(bounds, share['qualifier'])} of {share['base'] or 'its workforce'}"
    if headcount is None:
        return of_share or "jobs; how many is not known"
    bounds = [None if one is None else f"{one:,}" for one in _bounds(headcount)]
    text = f"{_hedged(bounds, headcount['qualifier'])} jobs"
    if headcount["counts"] == "net":
        text += " net"
    if headcount.get("base"):
        text += f" ({headcount['base']})"
    if headcount["cumulative"]:
        text += ", earlier waves included"
    return f"{text} ({of_share})" if of_share else text


def _bounds(figure: Json) -> tuple[float | None, float | None]:
    return figure["low"], figure["high"]


def _hedged(bounds: list[str | None], qualifier: str) -> str:
    """Write bounds with the hedge of their source."""
    low, high = bounds
    if low is None or high is None:
        return f"up to {high}" if low is None else f"at least {low}"
    text = low if low == high else f"{low} to {high}"
    if qualifier == "approximately":
        return f"about {text}"
    return f"{text} (derived)" if qualifier == "derived" else text


def how_given(claim: Json) -> str:
    """Say how a claim presents a driver: as a `reason`, only as `context`, or as `denied`."""
    if claim["stance"] == "denies":
        return "denied"
    return "context" if claim["weight"] == "context" else "reason"


def _reasons(wave: Json) -> list[str]:
    """Say who gives which reason, who only mentions it, and who denies it."""
    claimed: dict[tuple[str, str], dict[str, None]] = {}
    for claim in wave["drivers"]:
        if claim["rank"] != "deprecated":
            labelled = claimed.setdefault((how_given(claim), claim["speaker"]), {})
            labelled[claim["driver"]["label"]] = None
    found = []
    for how, words in _HOW.items():
        for speaker in _SPEAKERS:
            # If a speaker gives a reason in one claim and only mentions it in another, it counts as
            # given.
            given = claimed.get(("reason", speaker), {}) if how == "context" else {}
            labels = [label for label in claimed.get((how, speaker), {}) if label not in given]
            if labels:
                found.append(f"{words.format(speaker)}: {', '.join(labels)}.")
    return found


def company_text(company: Json) -> FeedText:
    """Say who the company is, and how many of its waves are in the ledger."""
    name, waves = company["name"], company["totals"]["waves"]
    known = [
        one
        for one in (
            company["industry"] and company["industry"]["label"],
            company["country"] and company["country"]["name"],
        )
        if one
    ]
    who = f"{name} ({', '.join(known)})" if known else name
    counted = "one wave" if waves == 1 else f"{waves or 'no'} waves"
    return FeedText(name, f"The ledger has {counted} of {who}.")


def source_text(source: Json) -> FeedText:
    """Say what is cited, and when it was published."""
    title = source["title"] or source["id"]
    published = ""
    if source["published_on"] is not None:
        published = " " + day_text(source["published_on"], source["published_precision"] or "day")
    kind = source["kind"].replace("_", " ")
    sentence = (
        f"“{title}”, a source of the kind {kind}, published by {source['publisher']}{published}."
    )
    return FeedText(f"{source['publisher']}: {title}", sentence)


def code_text(code: Json) -> FeedText:
    """Say what a code of a taxonomy means."""
    return FeedText(code["label"], code["definition"])


def collection_text(collection: Json) -> FeedText:
    """Say where records come from."""
    return FeedText(collection["name"], collection["description"])


def indicators_text(indicators: Json) -> FeedText:
    """Say which figures of a company there are."""
    name = indicators["name"]
    metrics = dict.fromkeys(one["metric"].replace("_", " ") for one in indicators["series"])
    return FeedText(f"{name}: indicators", f"Figures of {name} over time: {', '.join(metrics)}.")


def notice_text(notice: Json) -> FeedText:
    """Say who filed with whom, where, for how many jobs, and when it takes effect."""
    place = ", ".join(filter(None, (notice["place"], notice["jurisdiction"])))
    authority = notice["authority"] or f"the authority of {notice['jurisdiction']}"
    words = [f"{notice['employer']} ({place}) filed a notice with {authority}"]
    if notice["notice_on"] is not None:
        words.append(day_text(notice["notice_on"], "day"))
    jobs = "jobs; how many is not known"
    if notice["jobs"] is not None:
        low, high = notice["jobs"]["low"], notice["jobs"]["high"]
        figures = [f"{one:,}" for one in dict.fromkeys((low, high)) if one is not None]
        jobs = f"{' to '.join(figures)} jobs"
    sentence = f"{' '.join(words)}: {jobs}"
    if notice["effective_from"] is not None:
        sentence += f", to take effect {day_text(notice['effective_from'], 'day')}"
    if notice["status"] in ("superseded", "rescinded"):
        sentence += f". It is {notice['status']}"
    if any(one["relation"] == "possible_duplicate" for one in notice["relations"]):
        sentence += ". It may repeat another notice"
    return FeedText(f"{notice['employer']}, {place}", f"{sentence}.")


_DERIVED = "derived from other figures"
_EFFECTS = {"cut": "Cut", "spared": "Spared", "hired": "Hired while others are cut"}
_COUNTED = {
    "gross": "gross",
    "net": "net of hiring",
    "affected": "which may be cut or moved",
}


def claim_text(claim: Json) -> FeedText:
    """Say what one speaker says about a wave, of whatever kind it is."""
    what, sentence = _CLAIMS[claim["kind"]](claim)
    wave = f"{claim['company_name']}, {_announced(claim)}"
    sentences = [sentence]
    if claim["rank"] == "deprecated":
        sentences.append("It is known to be wrong or superseded.")
    if claim["conflicts_with"]:
        sentences.append("Another figure of this wave disagrees.")
    return FeedText(f"{wave}: {what}", f"{wave}. {' '.join(sentences)}")


def _announced(claim: Json) -> str:
    return span_text(claim["announced_on"], claim["announced_precision"])


def _by(claim: Json) -> str:
    return f"according to the {claim['speaker']}"


def _stated(claim: Json) -> str:
    """Return the claim's own sentence with a space before it, if it has one."""
    return f" {claim['statement']}" if claim["statement"] else ""


def _figure(claim: Json) -> str:
    """Write a figure with its hedge and with what it is of."""
    is_share = claim["code"] == "share"
    bounds = [
        None if one is None else f"{one * 100:.4g}%" if is_share else f"{one:,}"
        for one in _bounds(claim)
    ]
    text = _bare(bounds, claim["qualifier"])
    if is_share:
        return f"{text} of {claim['base'] or 'the workforce'}"
    text += " jobs" if claim["code"] == "headcount" else " people employed before the cut"
    return f"{text} ({claim['base']})" if claim["base"] else text


def _countries(claim: Json) -> list[str]:
    """Name the countries of a claim: `IT` reads like a department. `US-CA` can be read as it is."""
    return [country_names().get(one, one) for one in claim["countries"]]


def _bare(bounds: list[str | None], qualifier: str) -> str:
    """Write bounds with their hedge; that they are derived is said after the unit."""
    return _hedged(bounds, "exact" if qualifier == "derived" else qualifier)


def _magnitude(claim: Json) -> tuple[str, str]:
    figure = _figure(claim)
    facts = [_COUNTED[claim["counts"]]] if claim["counts"] else []
    places = [*claim["subdivisions"], *_countries(claim)]
    if places and not claim["base"]:
        facts.append(f"in {', '.join(places)} alone")
    if claim["cumulative"]:
        facts.append("earlier waves included")
    if claim["qualifier"] == "derived":
        facts.append(_DERIVED)
    if claim["dated_on"] is not None:
        facts.append(f"as of {span_text(claim['dated_on'], claim['dated_precision'])}")
    more = "".join(f", {one}" for one in facts)
    return f"{figure}, {_by(claim)}", f"{_by(claim).capitalize()}: {figure}{more}."


def _driver(claim: Json) -> tuple[str, str]:
    how = how_given(claim)
    words = _HOW[how].format(claim["speaker"])
    by = _by(claim) if how == "reason" else f"{words[0].lower()}{words[1:]}"
    return f"{claim['label']}, {by}", f"{words}: {claim['label']}.{_stated(claim)}"


def _role(claim: Json) -> tuple[str, str]:
    jobs = "" if claim["low"] is None and claim["high"] is None else f": {_role_jobs(claim)}"
    effect = _EFFECTS[claim["effect"]]
    wording = f" (“{claim['wording']}”)" if claim["wording"] else ""
    title = f"{claim['label']} {effect[0].lower()}{effect[1:]}, {_by(claim)}"
    return title, f"{effect}, {_by(claim)}: {claim['label']}{wording}{jobs}."


def _role_jobs(claim: Json) -> str:
    figures = [f"{one:,}" for one in dict.fromkeys(_bounds(claim)) if one is not None]
    return f"{' to '.join(figures)} jobs"


def _event(claim: Json) -> tuple[str, str]:
    what = claim["code"].replace("_", " ")
    when = day_text(claim["dated_on"], claim["dated_precision"])
    return f"{what} {when}", f"{what.capitalize()} {when}, {_by(claim)}.{_stated(claim)}"


def _scope(claim: Json) -> tuple[str, str]:
    places = [*claim["sites"], *claim["subdivisions"], *_countries(claim)]
    named = [*(["worldwide"] if claim["worldwide"] else []), *places, *claim["units"]]
    where = ", ".join(named) or "not stated"
    return f"where, {_by(claim)}", f"Where, {_by(claim)}: {where}."


def _form(claim: Json) -> tuple[str, str]:
    forms = ", ".join(one.replace("_", " ") for one in claim["forms"])
    return f"how the jobs go: {forms}", f"How the jobs go: {forms}."


def _context(claim: Json) -> tuple[str, str]:
    what = _stated(claim) or f" {claim['code'].replace('_', ' ')}."
    return f"context, {_by(claim)}", f"Context {_by(claim)}:{what}"


_CLAIMS: dict[str, Callable[[Json], tuple[str, str]]] = {
    "magnitude": _magnitude,
    "driver": _driver,
    "role": _role,
    "event": _event,
    "scope": _scope,
    "form": _form,
    "context": _context,
}
"""Kind of claim → its headline, and what it says in a sentence."""


def indicator_text(indicator: Json) -> FeedText:
    """Say what a company reported, or expects, for a period or on a day."""
    metric = indicator["metric"].replace("_", " ")
    period = _period(indicator)
    what = f"{indicator['company_name']}: {metric}, {period}"
    is_money = indicator["unit"] == "USD"
    bounds = [
        None if one is None else f"{one / 1e6:,.10g}" if is_money else f"{one:,}"
        for one in _bounds(indicator)
    ]
    unit = "million USD" if is_money else indicator["unit"].replace("_", " ")
    figure = f"{_bare(bounds, indicator['qualifier'])} {unit}"
    derived = f", {_DERIVED}" if indicator["qualifier"] == "derived" else ""
    expected = ", as the company expects" if indicator["kind"] == "guidance" else ""
    sentences = [f"{what}: {figure}{derived}{expected}.", indicator["definition"]]
    if indicator["rank"] == "deprecated":
        sentences.append("It is known to be wrong or superseded.")
    return FeedText(what, " ".join(sentences))


def _period(indicator: Json) -> str:
    """Write a period as its days, or its year if it is one; a count has a day."""
    start, end = indicator["period_start"], indicator["period_end"]
    until = span_text(end, indicator["precision"])
    if start is None:
        return until
    is_year = start[4:] == "-01-01" and end == f"{start[:4]}-12-31"
    return start[:4] if is_year else f"{span_text(start, 'day')} to {until}"
