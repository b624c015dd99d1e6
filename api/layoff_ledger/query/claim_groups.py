"""Groups of waves by what is claimed about them: by claims that meet all conditions on a claim.

Without such conditions, and with one dimension of a kind of claims, a wave is in the groups of
everything that is affirmed about it, or of all roles that are cut: lists in the wave say so.
Otherwise the claims themselves count, by their full keys (`driver_keys`, `role_keys`): a wave is in
the group of a reason if one claim with that reason has the requested speaker, stance, weight and
standing, just as in lists (`match_claims`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from layoff_ledger import vocabulary
from layoff_ledger.query.dimensions import stated_dimension
from layoff_ledger.resources.wave_parameters import (
    DRIVER_CLAIMS,
    ROLE_CLAIMS,
    ClaimKeys,
    WaveFilter,
)
from layoff_ledger.statement import Conditions
from layoff_ledger.store.columns_file import list_table, numbers_of


class ClaimKind(Struct, frozen=True):
    """A kind of claims by which waves are grouped."""

    name: str
    """The resource of its codes, and the part of a key that is a code."""
    keys: ClaimKeys
    dimensions: tuple[str, ...]
    belongs: tuple[str, str]
    """The dimension of what codes belong to, and the facet of the resource that says so."""

    @property
    def claims(self) -> str:
        """Return the name of the lists of full keys, if waves are in columns."""
        return f"{self.name}_claims"

    @property
    def alias(self) -> str:
        """Return the SQL name of the claims of a wave that match."""
        return f"{self.name}_claim"


KINDS = (
    ClaimKind(
        "driver", DRIVER_CLAIMS, ("driver", "driver_group", "speaker"), ("driver_group", "group")
    ),
    ClaimKind("role", ROLE_CLAIMS, ("role", "role_axis"), ("role_axis", "axis")),
)


class ClaimGroups(Struct, frozen=True):
    """How a question groups waves by one kind of claims."""

    kind: ClaimKind
    names: tuple[str, ...]
    """Its dimensions."""
    filters: tuple[str, ...]
    """The parameters that set conditions on these claims."""


def claim_groups(group_by: Sequence[str], parameters: WaveFilter) -> list[ClaimGroups]:
    """Return the kinds of claims that have to be read, because lists of the wave are not enough."""
    found = []
    for kind in KINDS:
        names = tuple(name for name in group_by if name in kind.dimensions)
        asked = dict.fromkeys((*kind.dimensions, *kind.keys.parts))
        filters = tuple(name for name in asked if getattr(parameters, name, None))
        if names and (filters or len(names) > 1):
            found.append(ClaimGroups(kind, names, filters))
    return found


def stated_of(group_by: Sequence[str], parameters: WaveFilter) -> str | None:
    """Return the dimension for whose values figures are stated, if they match the question.

    Figures stated for a role are about its jobs that go, whatever the standing of the source.
    """
    name = stated_dimension(group_by)
    is_other = not set(parameters.effect) <= {"cut"} or parameters.standing
    return None if name == "role" and is_other else name


def words_of_claims(group_by: Sequence[str], parameters: WaveFilter) -> list[str]:
    """Say in words which claims groups count, unless it is all affirmed ones."""
    words = []
    for groups in claim_groups(group_by, parameters):
        names = " and ".join(groups.names)
        if groups.filters:
            asked = ", ".join(groups.filters)
            words.append(f"groups by {names} count only claims that match the filters ({asked})")
        if len(groups.names) > 1:
            words.append(f"{names} come from one and the same claim")
    return words


def by_numbers(conditions: str) -> str:
    """Return the SQL of conditions for columns: each list of keys of claims is checked once.

    Looking through the keys of each wave takes thirty times as long as all figures.
    """
    for kind in KINDS:
        keys, number = kind.keys.facet, numbers_of(kind.claims)
        conditions = re.sub(
            rf"facet\.{keys} && (\$\d+::text\[\])",
            rf"facet.{number} in (select number from {list_table(keys)} where value && \1)",
            conditions,
        )
    return conditions


def matching_claims(
    groups: ClaimGroups,
    parameters: WaveFilter,
    conditions: Conditions,
    *,
    source: str,
    of: Sequence[str] = (),
) -> str:
    """Return the SQL of the values of the dimensions in the claims that match, each once.

    `source` is SQL of a table `source` with a full `key` of each claim and, if it is for several
    waves, with the columns `of`, which tell waves apart. The first argument of `conditions` is the
    revision.
    """
    kind, asked = groups.kind, groups.kind.keys.asked(parameters)
    part, values = kind.keys.default
    asked.setdefault(part, values)
    codes = asked.pop(kind.name, ())
    conditions_of_claim = [
        f"claim.{name} = any({conditions.argument(one, 'text[]')})" for name, one in asked.items()
    ]
    read = [*(f"claim.{name}" for name in (*of, *kind.keys.parts))]
    joined = ""
    alternatives = []
    if codes:
        alternatives.append(f"claim.{kind.name} = any({conditions.argument(codes, 'text[]')})")
    dimension, facet = kind.belongs
    wanted: Sequence[str] = getattr(parameters, dimension, ())
    if wanted or dimension in groups.names:
        read.append(f'record."{facet}" as {dimension}')
        joined = (
            f" inner join api.{kind.name}_facet as record on record.id = claim.{kind.name} "
            "and record.first_revision <= $1::integer and record.last_revision >= $1::integer"
        )
    if wanted:
        below = [
            code
            for name, umbrella in vocabulary.UMBRELLAS.items()
            if name in wanted
            for code in umbrella.drivers
        ]
        alternatives.append(
            f"(claim.{kind.name} = any({conditions.argument(below, 'text[]')}) "
            f'or record."{facet}" = any({conditions.argument(wanted, "text[]")}))'
        )
    read += [f"{one} as is_asked_{n}" for n, one in enumerate(alternatives)]
    parts = (
        f"split_part(source.key, '|', {place}) as {name}"
        for place, name in enumerate(kind.keys.parts, start=1)
    )
    found = (
        f"select {', '.join(read)} from (select {', '.join([*of, *parts])} from {source}) "
        f"as claim{joined} where {' and '.join(conditions_of_claim)}"
    )
    is_asked = [f"is_asked_{n}" for n in range(len(alternatives))]
    if is_asked:
        found = f"select * from ({found}) as claim where {' or '.join(is_asked)}"
    if len(is_asked) > 1:
        # As in lists, both have to have the same speaker if waves are grouped by speaker.
        by = ", ".join([*of, *(name for name in groups.names if name == "speaker")])
        over = f"over ({f'partition by {by}' if by else ''})"
        both = ", ".join(f"bool_or({one}) {over} as has_{n}" for n, one in enumerate(is_asked))
        found = (
            f"select * from (select claim.*, {both} from ({found}) as claim) as claim "
            "where has_0 and has_1"
        )
    return f"select distinct {', '.join([*of, *groups.names])} from ({found}) as claim"
