"""A resource that the ledger does not have, declared in one module: this one, and its view.

`python -m support.made_up publish|export|openapi|serve …` does what the command does, with the
resource added; `DATABASE_URL` names the database, `SQL` a copy of `sql/` that has the view.
"""

from __future__ import annotations

import asyncio
import datetime
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import asyncpg
from msgspec import Meta

from layoff_ledger import paths
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.base import (
    BY_ID,
    BY_RELEVANCE,
    Facet,
    Listing,
    Resource,
    SearchEntry,
    Single,
    Table,
    both_ways,
    columns,
)
from layoff_ledger.resources.deprecation import deprecated
from layoff_ledger.resources.fields import Public, Revision, address_of_record, list_of
from layoff_ledger.resources.filters import compares, one_of
from layoff_ledger.resources.parameters import AsOf, Codes, Searchable, select_of


class Outlet(Public, frozen=True, kw_only=True):
    """A kind of source."""

    id: Annotated[str, Meta(description="Its id.", examples=["news"])]
    url: Annotated[str, address_of_record("/v1/outlets/reuters")]
    revision: Revision
    name: Annotated[
        str,
        Meta(
            description="Its name.",
            extra_json_schema=deprecated(
                since=datetime.date(2027, 1, 1),
                sunset=datetime.date(2028, 6, 30),
                instead="read `id`",
            ),
        ),
    ]
    sources: Annotated[int, Meta(ge=1, description="How many sources are of it.")]


OutletFields: Any = select_of(Outlet, "id")


class OutletListParameters(Searchable, frozen=True, kw_only=True):
    """Which outlets."""

    name: Annotated[Codes, Meta(description="Only of these names."), one_of("name")] = []
    sources_gte: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="At least so many.",
                extra_json_schema=deprecated(
                    since=datetime.date(2026, 12, 1),
                    sunset=datetime.date(2028, 12, 31),
                    instead="use `sort=-sources`",
                ),
            ),
            compares("sources", ">=", "integer"),
        ]
        | None
    ) = None
    select: OutletFields = []
    sort: Annotated[
        Literal["id", "-id", "sources", "-sources", "-relevance"], Meta(description="Order.")
    ] = "id"


COLUMNS = columns("""
id                       string!   Its id.
name                     string!   Its name.
sources                  integer!  How many sources are of it.
revision                 integer!  Revision in which it last changed.
url                      string!   Its address.
""")


def search_entry(outlet: Any) -> SearchEntry:
    entry = SearchEntry(outlet.name, [outlet.name])
    entry.add("A", f"outlet {outlet.name}")
    return entry


OUTLET = Resource(
    name="outlet",
    path="outlets",
    tag="Sources",
    struct=Outlet,
    listing=Listing(
        summary="List outlets",
        description="The kinds of sources.",
        parameters=OutletListParameters,
        answer=list_of(Outlet, "outlets"),
    ),
    single=Single(
        summary="Get one outlet",
        description="One kind of source.",
        parameters=AsOf,
        path_parameter="Id of the outlet.",
        example="news",
    ),
    sorts={**BY_ID, **both_ways("sources", "facet.sources", "integer"), "-relevance": BY_RELEVANCE},
    facets=(
        Facet("name", "text not null", "Its name.", lambda outlet: outlet.name),
        Facet("sources", "integer not null", "How many.", lambda outlet: outlet.sources),
    ),
    indexes=("(sources, id)",),
    columns=COLUMNS,
    tables=(Table("outlets", "Outlets", "One kind of source.", COLUMNS, whole=True),),
    search_entry=search_entry,
    retirable=False,
    all_at_each_publication=True,
)
RESOURCES[OUTLET.name] = OUTLET
paths.SQL = Path(os.environ.get("SQL", paths.SQL))


async def publish(data: Path) -> None:
    from layoff_ledger.curation import migrate, publish, read

    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    await migrate.migrate(connection)
    await publish.publish(connection, publish.collection_input(read.read(data)))
    await connection.close()


async def export(folder: Path) -> None:
    from layoff_ledger.exports import write

    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    await write.export(connection, folder, revision=None, base="")
    await connection.close()


def serve_app() -> Any:
    from layoff_ledger.app import serve_app

    return serve_app()


def main(what: str, *arguments: str) -> None:
    if what == "publish":
        asyncio.run(publish(Path(arguments[0])))
    elif what == "export":
        asyncio.run(export(Path(arguments[0])))
    elif what == "openapi":
        from layoff_ledger import app
        from layoff_ledger.openapi.document import document

        sys.stdout.buffer.write(document(app.operations()))
    else:
        from granian import Granian
        from granian.constants import Interfaces, Loops

        Granian(
            "support.made_up:serve_app",
            address="127.0.0.1",
            port=int(arguments[0]),
            interface=Interfaces.ASGI,
            factory=True,
            loop=Loops.uvloop,
        ).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
