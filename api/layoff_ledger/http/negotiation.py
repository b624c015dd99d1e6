"""Media types (RFC 9110, 12.5.1): which of the offered representations a request gets."""

from __future__ import annotations

import functools

from msgspec import Struct


class Representation(Struct, frozen=True):
    """One shape in which a path answers."""

    name: str
    """Value of the parameter `format`."""
    media_type: str
    streams: bool = False
    """Whether it is sent piece by piece, without a bound, unless one page of it is requested."""
    compressed: bool = False
    """Whether it is compressed by itself, and sent without a content encoding."""
    dated: bool = False
    """Whether it contains the day (UTC) of the request, and so changes from day to day."""
    selects: bool = False
    """Whether its records have only some fields: it comes first if only some are requested."""


Representations = tuple[Representation, ...]
"""What a path offers, the preferred one first."""
AcceptRanges = dict[str, float]
"""Media range → weight, from 0 to 1; a repeated range has its last weight."""

_ANYTHING: AcceptRanges = {"*/*": 1.0}
# What programs in Java send by default (until JDK 19); they do not want pages.
_JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"


@functools.lru_cache(maxsize=64)
def parse_accept(header: bytes) -> AcceptRanges:
    """Parse the header `Accept`; an empty one accepts anything. Nobody changes what it returns."""
    text = header.decode("latin-1").lower().strip()
    if text in {"", "*/*", _JAVA}:
        return _ANYTHING
    ranges: AcceptRanges = {}
    for part in text.split(","):
        name, _, parameters = part.strip().partition(";")
        ranges[name.strip()] = parse_weight(parameters.encode("latin-1")) if parameters else 1.0
    return ranges


def parse_weight(parameters: bytes) -> float:
    """Return the weight `q` among the parameters of a range; 1 by default, 0 if it is invalid."""
    for parameter in parameters.split(b";"):
        name, _, value = parameter.strip().partition(b"=")
        if name.strip() == b"q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            return weight if 0 <= weight <= 1 else 0.0
    return 1.0


def choose(
    offered: Representations, *, requested: str | None, accept: bytes, is_selection: bool = False
) -> Representation | None:
    """Choose what a request gets; None if it accepts nothing that is offered.

    `requested` is the value of the parameter `format`, which takes precedence over the header
    `Accept`; `is_selection` says whether only some fields are requested.
    """
    if is_selection:
        # Sorting keeps the order of all others.
        offered = tuple(sorted(offered, key=lambda one: not one.selects))
    if requested is not None:
        named = tuple(one for one in offered if one.name == requested)
        # If several shapes have one name, `Accept` chooses; it cannot refuse what is named.
        return _best(named, accept) or next(iter(named), None)
    return _best(offered, accept)


def _best(offered: Representations, accept: bytes) -> Representation | None:
    return best_accepted(offered, parse_accept(accept)) if offered else None


def best_accepted(offered: Representations, ranges: AcceptRanges) -> Representation | None:
    """Return the offer with the highest weight; among equal ones, the first that is offered."""
    if ranges is _ANYTHING:
        return offered[0]
    best, weight = None, 0.0
    for one in offered:
        # The most specific range that matches decides.
        names = (one.media_type, f"{one.media_type.partition('/')[0]}/*", "*/*")
        accepted = next((ranges[name] for name in names if name in ranges), 0.0)
        if accepted > weight:
            best, weight = one, accepted
    return best
