"""Versions of documents: read from the database once, then cached, because none ever changes.

They are cached as they are served: whole, under the address of the API that the client sees.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import asyncpg

from layoff_ledger import paths
from layoff_ledger.http.problems import UnavailableError
from layoff_ledger.resources.base import Resource
from layoff_ledger.statement import Conditions, Statement
from layoff_ledger.store.bodies_file import Body
from layoff_ledger.store.document_memory import DocumentMemory, Version
from layoff_ledger.store.pool import Pool
from layoff_ledger.store.rendering import document_renderer
from layoff_ledger.store.revisions import Snapshot

_version_of = operator.itemgetter(0, 1)

ReadBodies = Callable[[Resource, Sequence[Sequence[Any]]], Sequence[Body]]
"""Returns the bodies of some versions that are at hand without the database."""


class Documents:
    """The documents of one ledger, as read by one process."""

    def __init__(self, pool: Pool, at_hand: ReadBodies) -> None:
        """Begin with an empty memory."""
        self._pool, self._at_hand = pool, at_hand
        self.memory = DocumentMemory()

    async def render(
        self, resource: Resource, rows: Sequence[Sequence[Any]], *, base: str
    ) -> list[bytes]:
        """Return the documents of some rows, which begin with id and first revision, in order.

        Raises `UnavailableError` if one no longer exists: the ledger was restored in between.
        """
        memory, namespace = self.memory, (base, resource.name)
        keys = list(map(_version_of, rows))
        found = memory.find(namespace, keys)
        if all(found):
            memory.hits += len(keys)
            return cast("list[bytes]", found)
        without = [row for row, one in zip(rows, found, strict=True) if one is None]
        memory.hits += len(keys) - len(without)
        memory.misses += len(without)
        at_hand = self._at_hand(resource, without)
        read = self._keep(resource, at_hand, base, memory.generation)
        if missing := set(map(_version_of, without)) - read.keys():
            ids, first_revisions = zip(*missing, strict=True)
            arguments = (resource.name, list(ids), list(first_revisions))
            statement = Statement(documents_query("read_documents", resource), arguments)
            read |= await self._read(resource, statement, base)
        try:
            return [one or read[key] for key, one in zip(keys, found, strict=True)]
        except KeyError as error:
            # The first query found them, the second one did not.
            message = "the ledger was restored while it was read; try again in a few seconds"
            raise UnavailableError(message, retry_after_seconds=1) from error

    async def render_mixed(
        self, versions: Sequence[tuple[Resource, str, int]], *, base: str
    ) -> list[bytes]:
        """Return the documents of some versions of several resources, in order, like `render`."""
        documents: dict[tuple[str, str, int], bytes] = {}
        for name, resource in {one.name: one for one, _, _ in versions}.items():
            own = [(id_, revision) for one, id_, revision in versions if one.name == name]
            rendered = await self.render(resource, own, base=base)
            documents |= (((name, *key), one) for key, one in zip(own, rendered, strict=True))
        return [documents[one.name, id_, revision] for one, id_, revision in versions]

    async def find(
        self, resource: Resource, ids: Iterable[str], *, base: str, snapshot: Snapshot
    ) -> dict[str, bytes]:
        """Return some documents as of a revision by id; ids that do not exist are left out."""
        arguments = (resource.name, list(ids), snapshot.revision)
        statement = Statement(documents_query("read_documents_at", resource), arguments)
        read = await self._read(resource, statement, base)
        return {id_: document for (id_, _), document in read.items()}

    async def find_all(
        self, resource: Resource, ids: Iterable[str], *, base: str, snapshot: Snapshot
    ) -> dict[str, bytes]:
        """Return many documents as of a revision by id; those in memory are not read again.

        It costs one query more than `find` if none of them is in memory.
        """
        arguments = (resource.name, list(ids), snapshot.revision)
        rows = await self._pool.fetch(
            Statement(documents_query("read_versions_at", resource), arguments)
        )
        versions = [(row["id"], row["first_revision"]) for row in rows]
        documents = await self.render(resource, versions, base=base)
        return {id_: one for (id_, _), one in zip(versions, documents, strict=True)}

    async def sample(
        self, resource: Resource, most: int, *, base: str, snapshot: Snapshot
    ) -> list[bytes]:
        """Return documents as of a revision, at most so many: if there are more, a fixed sample.

        The first or last ids would not do: all of them are from one state, or of one kind.
        """
        conditions = Conditions.holding_at(snapshot.revision, "facet")
        rows = await self._pool.fetch(
            conditions.statement(
                f"select facet.id, facet.first_revision from {resource.facet_view} as facet "
                f"where {conditions.text} order by md5(facet.id), facet.id limit {int(most)}"
            )
        )
        return await self.render(
            resource, [(row["id"], row["first_revision"]) for row in rows], base=base
        )

    async def _read(
        self, resource: Resource, statement: Statement, base: str
    ) -> dict[Version, bytes]:
        """Read some versions from the database, and keep them."""
        generation = self.memory.generation
        return self._keep(resource, await self._pool.fetch(statement), base, generation)

    def _keep(
        self,
        resource: Resource,
        found: Iterable[Body] | Iterable[asyncpg.Record],
        base: str,
        generation: int,
    ) -> dict[Version, bytes]:
        """Make whole documents of bodies that were requested in a generation, and keep them."""
        render = document_renderer(resource, base)
        kept = {
            (id_, first_revision): render(id_, first_revision, body)
            for id_, first_revision, body in found
        }
        self.memory.put((base, resource.name), kept, generation)
        return kept


def documents_query(name: str, resource: Resource) -> str:
    """Return a query of documents, over the view that has those of the resource."""
    view = f"{resource.document_view} as document"
    return paths.statement(f"queries/{name}.sql").replace("api.document", view)
