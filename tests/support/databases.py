"""Databases for single tests, on the server of the session, and what is published to them."""

from __future__ import annotations

import asyncio
import itertools
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from layoff_ledger.curation import inputs, migrate, publish, read
from layoff_ledger.search.query import Fetch
from layoff_ledger.statement import Connection, Statement
from support.revisions import revise

_numbers = itertools.count(1)


def address(server: str, database: str) -> str:
    """Return the address of another database of the same server."""
    before, _, after = server.partition("/postgres?")
    return f"{before}/{database}?{after}"


def name_of(url: str) -> str:
    """Return the name of the database of an address."""
    return urlsplit(url).path.removeprefix("/")


async def make_database(server: str, template: str | None = None) -> str:
    """Create an empty database, or a copy of another one, and return its address."""
    # Sessions of `make broken` share a server.
    name = f"test_{os.getpid()}_{next(_numbers)}"
    connection = await asyncpg.connect(server)
    # Copying its files takes half as long as writing each of its pages to the log.
    copied = f" template {template} strategy file_copy" if template else ""
    await connection.execute(f"create database {name}{copied}")
    await connection.close()
    return address(server, name)


async def copy_of(server: str, url: str) -> str:
    """Copy a database; nobody may be connected to it."""
    return await make_database(server, name_of(url))


def fetching(connection: Connection) -> Fetch:
    """Return a function that runs statements on a connection, as the pool of the service does."""

    async def fetch(statement: Statement) -> list[Any]:
        return await connection.fetch(statement.text, *statement.arguments)

    return fetch


async def value(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def execute(url: str, query: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(query)
    finally:
        await connection.close()


async def publish_folder(url: str, data: Path) -> publish.Revision | None:
    connection = await asyncpg.connect(url)
    try:
        await migrate.migrate(connection)
        return await publish_files(connection, data)
    finally:
        await connection.close()


async def publish_files(connection: Connection, data: Path) -> publish.Revision | None:
    digests = {inputs.INPUT: inputs.input_digest(data)}
    given = publish.collection_input(read.read(data))
    return await publish.publish(connection, given, digests=digests)


def publish_first(server: str, template: str, data: Path) -> str:
    """Write the files of the first of some revisions and publish them; return the address."""
    revise(data, 1)
    url = asyncio.run(copy_of(server, f"/{template}"))
    asyncio.run(publish_folder(url, data))
    return url
