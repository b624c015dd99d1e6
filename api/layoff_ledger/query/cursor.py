"""The position of a walk, as an opaque text: it belongs to a revision, an order and its filters."""

from __future__ import annotations

import base64
import binascii
import datetime
import hashlib
import math
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from layoff_ledger.http.problems import InvalidParametersError, UnknownRevisionError, mistake
from layoff_ledger.query.parse import NO_CURSOR, given_parameters
from layoff_ledger.resources.base import Sort
from layoff_ledger.resources.parameters import DEFAULT_LIMIT, INT32_MAX, SHAPING, Parameters
from layoff_ledger.store.revisions import Revisions, Snapshot

BY_NUMBER = Sort("", "integer")
"""The order of what is walked by number: revisions and changes."""
OTHER_PARAMETERS = "belongs to other parameters"


class Position(Struct, frozen=True, array_like=True):
    """The position of a walk; the contents of a cursor."""

    revision: int
    count: int | None
    key: str | int | float
    """The sort key of the last record."""
    id: str
    signature: bytes
    """Digest of the parameters to which the cursor belongs."""


def signature(name: str, parameters: Parameters) -> bytes:
    """Return the digest of what a cursor belongs to: a list's name, its filters and its order.

    Only what was asked counts, so that a walk continues when a later version knows more parameters.
    """
    # A cursor works with any value of those that shape a page.
    asked = given_parameters(parameters, SHAPING)
    return hashlib.sha256(msgspec.msgpack.encode([name, asked])).digest()[:8]


def write_cursor(position: Position) -> str:
    """Return a cursor as text that is safe in a query string."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(position)).decode().rstrip("=")


def read_cursor(name: str, sort: Sort, parameters: Parameters) -> Position | None:
    """Read the cursor of a list; raise `InvalidParametersError` if it is not one of ours."""
    written: str | None = getattr(parameters, "cursor", None)
    if written is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(written.encode("ascii") + b"=" * (-len(written) % 4))
        position = msgspec.msgpack.decode(raw, type=Position)
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        raise bad_cursor() from error
    if write_cursor(position) != written or not 1 <= position.revision <= INT32_MAX:
        raise bad_cursor()
    if position.signature != signature(name, parameters):
        raise bad_cursor(OTHER_PARAMETERS)
    try:
        key_argument(sort, position.key)
    except ValueError as error:
        raise bad_cursor() from error
    if "\0" in position.id or (position.count is not None and position.count < 0):
        raise bad_cursor()
    return position


def bad_cursor(detail: str = NO_CURSOR[0]) -> InvalidParametersError:
    """Return the error that refuses a cursor."""
    return InvalidParametersError(mistake("cursor", detail, NO_CURSOR[1]))


def key_argument(sort: Sort, written: str | float) -> Any:
    """Return a cursor's key as an argument; raise `ValueError` if it does not fit the sort."""
    if sort.type == "double precision":
        if not isinstance(written, float) or not math.isfinite(written):
            raise ValueError(written)
        return written
    if sort.type == "integer":
        if not isinstance(written, int) or abs(written) > INT32_MAX:
            raise ValueError(written)
        return written
    if not isinstance(written, str) or "\0" in written:
        raise ValueError(written)
    return datetime.date.fromisoformat(written) if sort.type == "date" else written


def number(written: str | float) -> int:
    """Read a number from a cursor; raise `InvalidParametersError` if it is not a number."""
    try:
        found = int(written)
    except ValueError as error:
        raise bad_cursor() from error
    if not 0 <= found <= INT32_MAX:
        raise bad_cursor()
    return found


def cursor_key(key: Any) -> str | int | float:
    """Return the sort key of a row as a cursor stores it."""
    return key.isoformat() if isinstance(key, datetime.date) else key


def limit_of(parameters: Parameters) -> int:
    """Return the most records on a page of this list."""
    limit: int | None = getattr(parameters, "limit", None)
    return DEFAULT_LIMIT if limit is None else limit


def paginate(
    rows: Sequence[Any], limit: int, position: Callable[[Any], Position]
) -> tuple[Sequence[Any], str | None]:
    """Return the rows of a page, and the cursor of the next one if there is one row more."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], write_cursor(position(rows[limit - 1]))


async def snapshot_of_cursor(
    revisions: Revisions, parameters: Parameters, after: Position | None
) -> Snapshot:
    """Return the revision of a list: the requested one, or the one with which a walk began."""
    as_of: int | datetime.date | None = getattr(parameters, "as_of", None)
    if after is None:
        return await revisions.snapshot_at(as_of)
    try:
        begun = await revisions.snapshot_at(after.revision)
    except UnknownRevisionError as error:
        raise bad_cursor() from error
    if as_of is not None and (await revisions.snapshot_at(as_of)).revision != begun.revision:
        detail = f"belongs to revision {begun.revision}, but as_of asks for another"
        raise bad_cursor(detail)
    return begun
