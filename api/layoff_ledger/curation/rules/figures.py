"""Figures: their bounds, ranks and sizes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from layoff_ledger import vocabulary
from layoff_ledger.curation import records
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import (
    all_claims,
    bounds,
    rule,
    violation,
    violation_of_claim,
)

SHARE_TOLERANCE = 0.2


@rule
def figure_fits_its_qualifier(curated: Curated) -> Iterator[Violation]:
    """`at_least` has only a low, `up_to` only a high, `range` both, the others one value.

    "Approximately 13% to 15%" is `approximately` with both bounds.
    """
    both = {"low", "high"}
    wanted = {"at_least": {"low"}, "up_to": {"high"}, "range": both}
    for located in all_claims(curated):
        claim = located.claim
        if not isinstance(claim, records.Magnitude):
            continue
        present = {name for name in ("value", "low", "high") if getattr(claim, name) is not None}
        expected = wanted.get(claim.qualifier, {"value"})
        if present != expected and not (claim.qualifier == "approximately" and present == both):
            message = f"{claim.qualifier} with {' and '.join(sorted(present)) or 'no figure'}"
            hint = f"give {' and '.join(sorted(expected))}"
            yield violation_of_claim(curated, located, figure_fits_its_qualifier, message, hint)


@rule
def figure_is_possible(curated: Curated) -> Iterator[Violation]:
    """Low is at most high, a share lies in (0, 1], and jobs are whole numbers."""
    for located in all_claims(curated):
        claim = located.claim
        if not isinstance(claim, records.Magnitude):
            continue
        low, high = bounds(claim)
        figures = [figure for figure in (low, high) if figure is not None]
        if low is not None and high is not None and low > high:
            yield violation_of_claim(
                curated, located, figure_is_possible, f"low {low:g} is above high {high:g}"
            )
        if claim.measure == "share" and any(figure > 1 for figure in figures):
            hint = "a share is a fraction of one: 13% is 0.13"
            yield violation_of_claim(curated, located, figure_is_possible, "a share above 1", hint)
        if claim.measure != "share" and any(figure != int(figure) for figure in figures):
            yield violation_of_claim(
                curated, located, figure_is_possible, "jobs are counted in whole numbers"
            )


@rule
def preferred_is_one_per_measure(curated: Curated) -> Iterator[Violation]:
    """At most one claim per measure is preferred; if there are several claims, exactly one is."""
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
                yield violation(
                    curated,
                    "waves",
                    wave.id,
                    preferred_is_one_per_measure,
                    message,
                    'mark one with rank = "preferred" and say why in its note',
                    path="magnitudes",
                )


@rule
def preferred_figure_has_the_better_source(curated: Curated) -> Iterator[Violation]:
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
                yield violation(
                    curated,
                    "waves",
                    wave.id,
                    preferred_figure_has_the_better_source,
                    f"only weak sources support this preferred {claim.measure}",
                    "prefer the claim with a better source",
                    path=f"magnitudes[{number}]",
                )


def _is_weak(curated: Curated, claim: records.Claim) -> bool:
    return all(
        curated.sources[citation.source].standing in {"secondary", "machine_summary"}
        for citation in claim.citations
        if citation.source in curated.sources
    )


@rule
def share_agrees_with_headcount(curated: Curated) -> Iterator[Violation]:
    """A preferred share of the whole company agrees with headcount and workforce within a fifth."""
    for wave in curated.waves.values():
        figures = {one.measure: one for one in wave.magnitudes if one.rank == "preferred"}
        if len(figures) != len(vocabulary.codes(vocabulary.Measure)):
            continue
        share, cut = figures["share"], figures["headcount"]
        before = figures["workforce_before"]
        if share.cumulative or cut.cumulative or len({share.base, cut.base, before.base}) > 1:
            continue
        low, high = bounds(share)
        (cut_low, cut_high), (before_low, before_high) = bounds(cut), bounds(before)
        if (low or high) is None or (cut_low or cut_high) is None:
            continue
        least = (cut_low or cut_high or 0) / (before_high or before_low or 1)
        most = (cut_high or cut_low or 0) / (before_low or before_high or 1)
        if (
            most < (low or high or 0) * (1 - SHARE_TOLERANCE)
            or (high or low or 0) * (1 + SHARE_TOLERANCE) < least
        ):
            yield violation(
                curated,
                "waves",
                wave.id,
                share_agrees_with_headcount,
                f"a share of {low or high:g}, but {cut_low or cut_high:g} of "
                f"{before_low or before_high:g} = {least:.3f}",
                "name the base of the share, or exempt the wave and give the reason",
                path="magnitudes",
            )


LARGEST_CUT = 400_000
"""Jobs: the largest known cut by a single employer, that of the federal government of the United
States in 2025, was about 300,000; anything above is a slip of a digit.
"""
LARGEST_WORKFORCE = 5_000_000
"""People: the largest companies employ about two million, state services up to four."""


@rule
def figure_has_a_plausible_size(curated: Curated) -> Iterator[Violation]:
    """No cut is above 400,000 jobs or above its workforce, and no workforce above 5,000,000.

    No employer is known to have cut more at once, or to have employed more.
    """
    bound = {"headcount": LARGEST_CUT, "workforce_before": LARGEST_WORKFORCE}
    for located in all_claims(curated):
        claim = located.claim
        if isinstance(claim, records.RoleClaim) and (claim.headcount or 0) > LARGEST_CUT:
            message = f"{claim.headcount:,} jobs in one role"
            yield violation_of_claim(curated, located, figure_has_a_plausible_size, message)
        if isinstance(claim, records.Magnitude) and claim.measure in bound:
            figures = [one for one in bounds(claim) if one is not None]
            if figures and max(figures) > bound[claim.measure]:
                yield violation_of_claim(
                    curated,
                    located,
                    figure_has_a_plausible_size,
                    f"a {claim.measure} of {max(figures):,.0f}, above {bound[claim.measure]:,}",
                    "count the zeros, or exempt the claim and give the reason",
                )
    for wave in curated.waves.values():
        preferred = {one.measure: one for one in wave.magnitudes if one.rank == "preferred"}
        if not {"headcount", "workforce_before"} <= set(preferred):
            continue
        cut, before = preferred["headcount"], preferred["workforce_before"]
        least, most = bounds(cut)[0], bounds(before)[1]
        if least is not None and most is not None and least > most and cut.base == before.base:
            message = f"{least:,.0f} jobs of a workforce of {most:,.0f}"
            yield violation(
                curated, "waves", wave.id, figure_has_a_plausible_size, message, path="magnitudes"
            )


_NET = re.compile(
    r"\bnet\b|\bhead ?count|\b(?:staff|staffing levels|workforce)\b[^.]{0,20}\bby\b"
    r"|\b(?:less|down|change|difference|leavers|hires?|hired|hiring)\b"
    r"|\b(?:fell|falls?|drop\w*|shr[aiu]nk\w*)\b|\bneed to reduce\b|\bposts are created\b"
    r"|\bfrom [^.]*\d[^.]* to\b",
    re.IGNORECASE,
)


@rule
def net_is_said(curated: Curated) -> Iterator[Violation]:
    """A `net` figure has words that show it: quoted words, or a note that says why."""
    for located in all_claims(curated):
        claim = located.claim
        if isinstance(claim, records.Magnitude) and claim.counts == "net":
            quoted = [claim.note, *(one.fragment for one in claim.citations)]
            words = " / ".join(one for one in quoted if one)
            if words and not _NET.search(words):
                yield violation_of_claim(
                    curated,
                    located,
                    net_is_said,
                    "net, but no words say that the headcount changes by that much",
                    'cite such words, say in the note what it is net of, or set counts = "gross"',
                )
