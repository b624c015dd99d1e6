"""Roles: the taxonomy of staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from layoff_ledger import vocabulary
from layoff_ledger.resources.base import (
    BY_CODE,
    BY_RELEVANCE,
    BY_WAVES,
    Facet,
    Listing,
    Resource,
    Single,
    Table,
    columns,
)
from layoff_ledger.resources.feed_texts import code_text
from layoff_ledger.resources.fields import Public, Revision, address_of_record, list_of, uri
from layoff_ledger.resources.filters import one_of
from layoff_ledger.resources.parameters import AsOf, Searchable, question_of, select_of, sort_of
from layoff_ledger.resources.taxonomy import Crosswalk, crosswalks, search_entry


class Role(Public, frozen=True, kw_only=True):
    """A category of staff, as a code of the role taxonomy."""

    code: Annotated[str, Meta(description="Stable code.", examples=["recruiting"])]
    url: Annotated[str, address_of_record("/v1/roles/recruiting")]
    waves_url: Annotated[
        str, uri("Address of the waves in which such posts are cut.", "/v1/waves?role=recruiting")
    ]
    revision: Revision
    label: Annotated[str, Meta(description="Display name.", examples=["Recruiting"])]
    axis: Annotated[
        vocabulary.Axis,
        Meta(description="function: what they do; level: where they stand; unit: which teams."),
    ]
    definition: Annotated[str, Meta(description="What it covers, and what it does not.")]
    synonyms: Annotated[list[str], Meta(description="Wordings that sources use for it.")]
    crosswalks: Annotated[list[Crosswalk], Meta(description="Codes of other schemes.")]
    waves: Annotated[int, Meta(ge=0, description="Waves in which such posts are cut.")]


if TYPE_CHECKING:
    RoleFields = list[str]
    RoleQuestion = str
    RoleSort = str
else:
    RoleFields = select_of(Role, "code", "label")
    RoleQuestion = question_of("recruiting")
    RoleSort = sort_of(
        ("code", "-code", "-waves", "waves", "-relevance"),
        "Order; `-` is descending, `code` breaks ties. `-relevance` only together with `q`.",
    )


class RoleListParameters(Searchable, frozen=True, kw_only=True):
    """Which roles, and which part of the list."""

    q: RoleQuestion | None = None

    axis: Annotated[
        list[vocabulary.Axis],
        Meta(description="Only on these axes.", examples=[["function"]]),
        one_of("axis"),
    ] = []
    select: RoleFields = []
    sort: RoleSort = "code"


COLUMNS = columns(
    """
= code label axis definition
synonyms                 list      Wordings that sources use for it.
= waves
soc_2018                 list      Codes of the Standard Occupational Classification 2018.
isco_08                  list      Codes of ISCO-08.
= revision url waves_url
""",
    crosswalks("soc_2018", "isco_08"),
    of=Role,
)

ROLE = Resource(
    name="role",
    path="roles",
    tag="Taxonomies",
    struct=Role,
    key="code",
    listing=Listing(
        summary="List roles",
        description="The taxonomy of staff, with definitions, crosswalks and numbers of waves.",
        parameters=RoleListParameters,
        answer=list_of(Role, "roles"),
        links={
            "get_role": ("The first role of the page.", {"code": "$response.body#/data/0/code"}),
        },
    ),
    single=Single(
        summary="Get one role",
        description="One role with its definition, crosswalks and number of waves.",
        parameters=AsOf,
        path_parameter="Code of the role.",
        example="recruiting",
        links={"list_waves": ("The waves that cut it.", {"role": "$response.body#/code"})},
    ),
    sorts={**BY_CODE, **BY_WAVES, "-relevance": BY_RELEVANCE},
    facets=(
        Facet("label", "text not null", "Display name.", lambda role: role.label),
        Facet("axis", "text not null", "function, level or unit.", lambda role: role.axis),
        Facet(
            "waves",
            "integer not null",
            "Waves in which such posts are cut.",
            lambda role: role.waves,
        ),
    ),
    columns=COLUMNS,
    tables=(
        Table(
            "roles",
            "Roles",
            "One category of staff of the taxonomy on each row.",
            COLUMNS,
            key="code",
            whole=True,
        ),
    ),
    search_entry=search_entry,
    shown=("label", "axis", "waves", "definition"),
    waves="role",
    feed_text=code_text,
    in_feed=False,
)
