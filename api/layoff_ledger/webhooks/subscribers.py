"""The file of subscribers → who gets which question's changes, and how they are signed.

`[[subscriber]]` tables of TOML: `name`, `address`, `question` (path and query of a list), `secret`
(`whsec_` and base64), and `allow_private` for a receiver in one's own network.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from layoff_ledger.http.context import parse_query
from layoff_ledger.http.problems import InvalidParametersError
from layoff_ledger.query import parse
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.base import Resource
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.settings import mistake_in_address

MIN_SECRET_BYTES, MAX_SECRET_BYTES = 24, 64
"""As Standard Webhooks recommends."""
# These mean nothing for a question that is asked again at each revision.
_REFUSED = ("as_of", "cursor", "limit", "sample")


class WebhooksError(Exception):
    """The file of subscribers cannot be used; the message says why."""


class Subscriber(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A receiver of POST requests."""

    name: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
    """Names its state and its dead letters, so it must never change."""
    address: str
    question: str
    secret: str
    allow_private: bool = False
    """Whether the address may be in a private network, or on this very host."""


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    subscriber: list[Subscriber]
    delays_seconds: Annotated[
        tuple[Annotated[float, Meta(ge=0, le=86_400)], ...], Meta(max_length=20)
    ] = (5, 60, 300, 1_800, 7_200, 18_000)
    """Approximately how long after each failure it is tried again."""


class Question(Struct, frozen=True):
    """A question, parsed."""

    resource: Resource
    parameters: Parameters


class Subscription(Struct, frozen=True):
    """A subscriber with its question."""

    subscriber: Subscriber
    question: Question


def read(path: Path) -> tuple[list[Subscription], tuple[float, ...]]:
    """Read the file: the subscriptions, and the delays; raise `WebhooksError` if it is wrong."""
    try:
        content = msgspec.toml.decode(path.read_bytes(), type=_File)
    except OSError as error:
        message = f"cannot read {path}: {error.strerror or error}"
        raise WebhooksError(message) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"{path}: {error}"
        raise WebhooksError(message) from error
    names = [one.name for one in content.subscriber]
    if len(set(names)) < len(names):
        message = f"{path}: two subscribers have the same name"
        raise WebhooksError(message)
    return [_subscription(one) for one in content.subscriber], content.delays_seconds


def _subscription(subscriber: Subscriber) -> Subscription:
    schemes = ("https", "http") if subscriber.allow_private else ("https",)
    mistake = mistake_in_address(subscriber.address, schemes=schemes, may_have_query=True)
    if mistake is not None:
        message = f"{subscriber.name}: the address has to be https://…, without a user: {mistake}"
        raise WebhooksError(message)
    try:
        secret = base64.b64decode(subscriber.secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        secret = b""
    if not MIN_SECRET_BYTES <= len(secret) <= MAX_SECRET_BYTES:
        message = (
            f"{subscriber.name}: the secret has to be whsec_ and {MIN_SECRET_BYTES} to "
            f"{MAX_SECRET_BYTES} random bytes as base64"
        )
        raise WebhooksError(message)
    return Subscription(subscriber, _question(subscriber))


def _question(subscriber: Subscriber) -> Question:
    path, _, query = subscriber.question.partition("?")
    for resource in RESOURCES.values():
        if resource.listing is not None and path == f"/v1/{resource.path}":
            break
    else:
        message = (
            f"{subscriber.name}: there is no list {path!r}; write it as "
            "/v1/waves?driver=over_hiring"
        )
        raise WebhooksError(message)
    try:
        parameters = parse.read(resource.listing.parameters, parse_query(query.encode()))
    except InvalidParametersError as error:
        message = f"{subscriber.name}: {error.detail}"
        raise WebhooksError(message) from error
    for name in _REFUSED:
        if getattr(parameters, name, None) is not None:
            message = f"{subscriber.name}: the question of a subscription cannot have {name}"
            raise WebhooksError(message)
    return Question(resource, parameters)
