"""The codes that parameters may name, as of a revision; others are refused with a hint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import asyncpg

from layoff_ledger import vocabulary
from layoff_ledger.http.problems import InvalidParametersError, mistake
from layoff_ledger.http.schemas import ProblemError
from layoff_ledger.nearest import Suggestion, did_you_mean, nearest_country
from layoff_ledger.query.parse import given_codes
from layoff_ledger.query.suggestions import (
    left_out,
    nearest_code,
    nearest_sector,
    nearest_subdivision,
)
from layoff_ledger.query.values import several
from layoff_ledger.resources import PARTS, RESOURCES
from layoff_ledger.resources.base import Resource
from layoff_ledger.resources.company import COMPANY
from layoff_ledger.resources.filters import CLAIM_CODE, Known
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.search import tokens
from layoff_ledger.search.complete import called_almost_so
from layoff_ledger.search.query import having, parse_query
from layoff_ledger.statement import Conditions, Statement
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

# Vocabularies that are part of the code; the others are the ledger's own and belong to a revision.
_FIXED = {
    "status": dict.fromkeys(vocabulary.STATUSES, ""),
    "form": dict.fromkeys(vocabulary.FORMS, ""),
    "kind of notice": dict.fromkeys(vocabulary.NOTICE_KINDS, ""),
    "status of a notice": dict.fromkeys(vocabulary.NOTICE_STATUSES, ""),
    "flag of a notice": dict.fromkeys(vocabulary.NOTICE_FLAGS, ""),
    "kind of event": dict.fromkeys(vocabulary.TIMELINE_KINDS, ""),
    "kind of source": dict.fromkeys(vocabulary.SOURCE_KINDS, ""),
    "driver group": {
        **dict.fromkeys(vocabulary.DRIVER_GROUPS, ""),
        **{name: one.label for name, one in vocabulary.UMBRELLAS.items()},
    },
}


def _nearest_driver(written: str, labels: Mapping[str, str]) -> Suggestion | None:
    """Suggest drivers, or the group of that name, which is another parameter."""
    if not (asked := tokens.words(written)):
        return None
    for group, label in _FIXED["driver group"].items():
        if asked in (tokens.words(group), tokens.words(label)):
            near = nearest_code(group, labels)
            others = f"; {near}" if near else ""
            return Suggestion(f"use driver_group={group}{others}")
    return nearest_code(written, labels)


# What is called differently from its codes and labels.
_NEAREST = {
    "driver": _nearest_driver,
    "industry": nearest_sector,
    "subdivision": nearest_subdivision,
}
MAX_NAMED = 25
"""Codes of a vocabulary that a hint names if none is close."""
_CLAIM_CODES = (
    *vocabulary.EVENT_KINDS,
    *vocabulary.codes(vocabulary.Measure),
    *vocabulary.CONTEXT_KINDS,
)


def codes(name: str, snapshot: Snapshot) -> dict[str, str]:
    """Return a vocabulary as of a revision: code → the name that people know it by, or None."""
    if name == CLAIM_CODE:
        named = snapshot.codes.get("driver", {}) | snapshot.codes.get("role", {})
        return named | dict.fromkeys(_CLAIM_CODES, "")
    return _FIXED.get(name) or snapshot.codes.get(name, {})


async def names_of(ledger: Ledger, companies: Iterable[str], snapshot: Snapshot) -> dict[str, str]:
    """Return the names of some companies by id: too many to be kept in memory."""
    statement = Statement.named("read_company_names", sorted(companies), snapshot.revision)
    return {row["id"]: row["name"] for row in await ledger.fetch(statement)}


async def check_codes(ledger: Ledger, parameters: Parameters, snapshot: Snapshot) -> None:
    """Refuse what the ledger does not know, with the code that was probably meant.

    Raises `InvalidParametersError` with every unknown code.
    """
    errors: list[ProblemError] = []
    for name, codes_of, values in given_codes(parameters):
        named = codes_of.vocabulary
        if named in RESOURCES and named not in snapshot.codes:
            # Too many to be kept in memory.
            errors += await _unknown_ids(ledger, name, RESOURCES[named], values, snapshot)
            continue
        if codes_of.of is not None:
            errors += await _unknown_values(ledger, name, codes_of, values, snapshot)
            continue
        known = codes(named, snapshot)
        unknown = [one for one in values if one not in known]
        gone = await _tombstones(ledger, RESOURCES.get(named), unknown, snapshot)
        errors += [_retired(name, RESOURCES[named], one) for one in gone.values()]
        unknown = [one for one in unknown if one not in gone]
        errors += _unknown_codes(name, named, unknown, known)
    if errors:
        raise InvalidParametersError(*errors)


def _unknown_codes(
    parameter: str, what: str, written: list[str], known: dict[str, str]
) -> list[ProblemError]:
    """Report unknown codes with what was probably meant, or else once with what there is."""
    nearest = _NEAREST.get(what, nearest_code)
    found = []
    is_listed = False
    for one in written:
        hint = left_out(parameter, one) or several(one)
        hint = hint or (nearest_country(one) if what == "country" else nearest(one, known))
        if hint is None and not is_listed:
            # Once, or an answer would be many times as long as its request.
            hint, is_listed = _listed(what, known), True
        found.append(mistake(parameter, f"no {what} {one[:100]!r}", hint))
    return found


def _listed(what: str, known: dict[str, str]) -> Suggestion | None:
    """Say which codes there are, or where they are listed."""
    if len(known) <= MAX_NAMED:
        return Suggestion(f"valid values are {', '.join(known)}")
    return Suggestion(f"/v1/{RESOURCES[what].path} lists them") if what in RESOURCES else None


async def _unknown_values(
    ledger: Ledger, parameter: str, known: Known, written: list[str], snapshot: Snapshot
) -> list[ProblemError]:
    """Report values that no facet has at a revision; all values are only read for a hint.

    If there are no records at all, such as before the notices are published, nobody can say which
    values are wrong.
    """
    resource = PARTS.get(known.of or "") or RESOURCES[known.of or ""]
    facet = f"facet.{known.facet or known.vocabulary}"
    conditions = Conditions.holding_at(snapshot.revision, "facet")
    source = f"from {resource.facet_view} as facet where"
    everything = conditions.statement(
        f"select {facet} as value, min({known.label}) as label {source} {conditions.text} "
        f"and {facet} is not null group by 1 order by 1"
    )
    conditions.add(f"{facet} = any({{}})", written, "text[]")
    found = await ledger.fetch(
        conditions.statement(f"select distinct {facet} as value {source} {conditions.text}")
    )
    missing = sorted(set(written) - {row["value"] for row in found})
    if not missing:
        return []
    labels = {row["value"]: row["label"] for row in await ledger.fetch(everything)}
    if not labels:
        return []
    return _unknown_codes(parameter, known.vocabulary, missing, labels)


async def _unknown_ids(
    ledger: Ledger, parameter: str, resource: Resource, ids: list[str], snapshot: Snapshot
) -> list[ProblemError]:
    """Report unknown ids at a revision, unless there are no records of the kind at all."""
    if not snapshot.counts.get(resource.name):
        return []
    conditions = Conditions.holding_at(snapshot.revision, "facet")
    conditions.add("facet.id = any({})", ids, "text[]")
    rows = await ledger.fetch(
        conditions.statement(
            f"select facet.id from {resource.facet_view} as facet where {conditions.text}"
        )
    )
    missing = sorted(set(ids) - {row["id"] for row in rows})
    if not missing:
        return []
    gone = await _tombstones(ledger, resource, missing, snapshot)
    unknown = [one for one in missing if one not in gone]
    hints = await suggest_ids(ledger, resource, unknown, snapshot)
    return [
        _retired(parameter, resource, gone[id_])
        if id_ in gone
        else mistake(
            parameter,
            f"no {resource.name} {id_!r}",
            left_out(parameter, id_)
            or several(id_)
            or (did_you_mean(hints[id_]) if id_ in hints else None),
        )
        for id_ in missing
    ]


def _retired(parameter: str, resource: Resource, tombstone: asyncpg.Record) -> ProblemError:
    """Say what became of an id that was given for good, as its own address does."""
    id_, into = tombstone["id"], tombstone["merged_into"]
    named = f"the {resource.kind} {id_!r}"
    if into is not None:
        return mistake(
            parameter, f"{named} was merged into {into!r}", Suggestion(f"use {into!r}", into)
        )
    return mistake(
        parameter,
        f"{named} was withdrawn on {tombstone['retired_on']} (revision "
        f"{tombstone['first_revision']}): {tombstone['reason'].rstrip('.')}",
        "leave it out; with as_of, an earlier revision has it",
    )


async def _tombstones(
    ledger: Ledger, resource: Resource | None, ids: list[str], snapshot: Snapshot
) -> dict[str, asyncpg.Record]:
    """Return what became of some ids, by id; nothing for those that were never given."""
    if resource is None or not ids:
        return {}
    statement = Statement.named("read_tombstones", resource.kind, ids, snapshot.revision)
    return {row["id"]: row for row in await ledger.fetch(statement)}


async def suggest_ids(
    ledger: Ledger, resource: Resource, missing: Iterable[str], snapshot: Snapshot
) -> dict[str, str]:
    """Return the ids that were probably meant by unknown ones, if there are any.

    A name, a former name, an alias, a ticker or another identifier leads to a company; the id of a
    merged record to the one that replaced it.
    """
    written = list(missing)
    if not written:
        return {}
    words = {one: tokens.words(one) for one in written}
    hints = await _called(ledger, resource, words, snapshot)
    # If no existing id begins like this one, its words are corrected as in a search.
    wrong = [one for one in written if one not in hints and words[one]][:MAX_PUT_RIGHT]
    right = {}
    for one in wrong:
        question = " ".join(words[one])
        read = await parse_query(ledger.fetch, question, snapshot.revision)
        if read.corrected is not None:
            right[one] = read.corrected.split(" ")
    if right:
        hints |= await _called(ledger, resource, right, snapshot)
    for one in wrong if resource is COMPANY else ():
        if one not in hints:
            almost = await called_almost_so(ledger.fetch, one, snapshot.revision)
            hints |= {} if almost is None else {one: almost}
    gone = await _tombstones(ledger, resource, written, snapshot)
    into = {id_: row["merged_into"] for id_, row in gone.items()}
    return hints | {id_: one for id_, one in into.items() if one is not None}


MAX_PUT_RIGHT = 5
"""Ids of a request whose words are corrected: each costs a search."""


async def _called(
    ledger: Ledger, resource: Resource, words: dict[str, list[str]], snapshot: Snapshot
) -> dict[str, str]:
    """Return the id whose name is each of some words, or begins like it and is spelt similarly."""
    statement = Statement.named(
        "suggest_ids",
        resource.name,
        list(words),
        [" ".join(one) for one in words.values()],
        snapshot.revision,
        [having(one) for one in words.values()],
    )
    return {row["written"]: row["id"] for row in await ledger.fetch(statement)}
