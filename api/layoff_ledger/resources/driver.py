"""Drivers: the taxonomy of reasons."""

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
from layoff_ledger.resources.claims import group_keys
from layoff_ledger.resources.feed_texts import code_text
from layoff_ledger.resources.fields import (
    Public,
    Revision,
    address_of_record,
    list_of,
    open_vocabulary,
    uri,
)
from layoff_ledger.resources.filters import Known, one_of, overlaps
from layoff_ledger.resources.parameters import (
    AsOf,
    Codes,
    Searchable,
    question_of,
    select_of,
    sort_of,
)
from layoff_ledger.resources.taxonomy import Crosswalk, crosswalks, search_entry


class Driver(Public, frozen=True, kw_only=True):
    """A reason for a cut, as a code of the driver taxonomy."""

    code: Annotated[str, Meta(description="Stable code.", examples=["over_hiring"])]
    url: Annotated[str, address_of_record("/v1/drivers/over_hiring")]
    waves_url: Annotated[
        str,
        uri(
            "Address of the waves for which somebody gives this reason.",
            "/v1/waves?driver=over_hiring",
        ),
    ]
    revision: Revision
    label: Annotated[str, Meta(description="Display name.", examples=["Over-hiring"])]
    group: Annotated[str, open_vocabulary(vocabulary.DRIVER_GROUPS, "What the driver belongs to.")]
    definition: Annotated[str, Meta(description="What it covers, and what it does not.")]
    crosswalks: Annotated[list[Crosswalk], Meta(description="Codes of other schemes.")]
    waves: Annotated[
        int,
        Meta(
            ge=0,
            description="Waves for which somebody gives this reason; denials are not counted.",
        ),
    ]


if TYPE_CHECKING:
    DriverFields = list[str]
    DriverQuestion = str
    DriverSort = str
else:
    DriverFields = select_of(Driver, "code", "label")
    DriverQuestion = question_of("hiring")
    DriverSort = sort_of(
        ("code", "-code", "-waves", "waves", "-relevance"),
        "Order; `-` is descending, `code` breaks ties. `-relevance` only together with `q`.",
    )


class DriverListParameters(Searchable, frozen=True, kw_only=True):
    """Which drivers, and which part of the list."""

    q: DriverQuestion | None = None

    group: Annotated[
        Codes,
        Meta(
            description="Only of these groups, or of an umbrella over them: `ai` is artificial "
            "intelligence in any way.",
            examples=[["technology"]],
        ),
        overlaps("groups"),
        Known("driver group"),
    ] = []
    select: DriverFields = []
    sort: DriverSort = "code"


COLUMNS = columns(
    """
= code label
group                    string!   What the driver belongs to.
= definition waves
bls_mls                  list      Reasons of the BLS Mass Layoff Statistics.
challenger               list      Reasons of the Challenger reports.
erm                      list      Types of Eurofound's European Restructuring Monitor.
= revision url waves_url
""",
    crosswalks("bls_mls", "challenger", "erm"),
    of=Driver,
)

DRIVER = Resource(
    name="driver",
    path="drivers",
    tag="Taxonomies",
    struct=Driver,
    key="code",
    listing=Listing(
        summary="List drivers",
        description="The taxonomy of reasons, with definitions, crosswalks and numbers of waves.",
        parameters=DriverListParameters,
        answer=list_of(Driver, "drivers"),
        links={
            "get_driver": (
                "The first driver of the page.",
                {"code": "$response.body#/data/0/code"},
            ),
        },
    ),
    single=Single(
        summary="Get one driver",
        description="One driver with its definition, crosswalks and number of waves.",
        parameters=AsOf,
        path_parameter="Code of the driver.",
        example="over_hiring",
        links={"list_waves": ("The waves that name it.", {"driver": "$response.body#/code"})},
    ),
    sorts={**BY_CODE, **BY_WAVES, "-relevance": BY_RELEVANCE},
    facets=(
        Facet("label", "text not null", "Display name.", lambda driver: driver.label),
        Facet("group", "text not null", "What the driver belongs to.", lambda driver: driver.group),
        Facet(
            "groups",
            "text[] not null",
            "The group, and the umbrellas over it.",
            lambda driver: [key.removeprefix("@") for key in group_keys(driver)],
        ),
        Facet(
            "waves",
            "integer not null",
            "Waves for which somebody gives this reason.",
            lambda driver: driver.waves,
        ),
    ),
    columns=COLUMNS,
    tables=(
        Table(
            "drivers",
            "Drivers",
            "One reason of the taxonomy on each row.",
            COLUMNS,
            key="code",
            whole=True,
        ),
    ),
    search_entry=search_entry,
    shown=("label", "group", "waves", "definition"),
    waves="driver",
    feed_text=code_text,
    followed={"driver": one_of("id")},
    in_feed=False,
)
