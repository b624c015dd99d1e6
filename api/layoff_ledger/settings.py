"""Environment → one frozen struct, read once at start."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import platformdirs
from msgspec import Struct

from layoff_ledger.spelling import closest

LOCAL_URL = "http://localhost:8000"
"""Where the service is by default; the committed OpenAPI document names it."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_RATE_LIMIT = re.compile(r"[1-9][0-9]{0,8}/([1-9][0-9]{0,3} ?)?(second|minute|hour)s?")
_PRINTABLE = re.compile("[!-~]+")
_DIGITS = re.compile("[0-9]{1,10}")
_MAIL = re.compile(r"mailto:[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_HOST = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
"""A name or an address, with or without a port, as in a `Host` header."""

MAX_PORT = 65_535
MIN_TOKEN = 16
"""Characters of a token; a shorter one could be guessed."""


class SettingsError(Exception):
    """A variable has a value that cannot be used."""


class Settings(Struct, frozen=True, kw_only=True):
    """What an operator can set; `docs/operations.md` documents every variable."""

    database_url: str | None = None
    """`DATABASE_URL`: a PostgreSQL 15 to 18 of one's own; by default, the embedded server."""
    pooler: str | None = None
    """`LEDGER_POOLER`: a PgBouncer in transaction mode, through which answers are read."""
    home: Path
    """`LEDGER_HOME`: where the embedded server keeps its data."""
    data: Path | None = None
    """`LEDGER_DATA`: the folder of curated files; by default, the one in the package."""
    url: str | None = None
    """`LEDGER_URL`: the public address, if a proxy hides it; by default, the request's `Host`."""
    notices: bool = True
    """`LEDGER_NOTICES`: 0 serves the curated ledger alone, without the shipped notices."""
    exports: Path
    """`LEDGER_EXPORTS`: where bulk exports are kept once they are made."""
    bucket: str | None = None
    """The same if it is a bucket: its address, which may contain secrets."""
    purge: tuple[str, ...] = ()
    """`LEDGER_PURGE`: caches that are told about each new revision; by default, none."""
    webhooks: Path | None = None
    """`LEDGER_WEBHOOKS`: the file of those who get a POST at each revision; by default, nobody."""
    columns: int = 10_000
    """`LEDGER_COLUMNS`: from how many waves on DuckDB counts them by columns; 0 means never."""
    postings: int = 100_000
    """`LEDGER_POSTINGS`: up to how many records of a list workers keep postings; 0 means none."""
    chart_processes: int = 1
    """`LEDGER_CHART_PROCESSES`: processes that draw charts, per worker."""
    pool_size: int = 8
    """`LEDGER_POOL_SIZE`: connections to PostgreSQL per worker."""
    statement_timeout_ms: int = 10_000
    """`LEDGER_STATEMENT_TIMEOUT_MS`: when a statement is cancelled."""
    statement_cache_size: int = 256
    """`LEDGER_STATEMENT_CACHE_SIZE`: 0 behind pgbouncer in transaction mode."""
    rate_limit: str | None = None
    """`LEDGER_RATE_LIMIT`: units a client may use in a time, such as `120/minute`; unset, any."""
    trusted_proxies: tuple[Network, ...] = ()
    """`LEDGER_TRUSTED_PROXIES`: proxies that are trusted to say who the client is."""
    forwarded: str = "x-forwarded-for"
    """`LEDGER_FORWARDED`: the only header in which they say it, by default `x-forwarded-for`."""
    hosts: tuple[str, ...] = ()
    """`LEDGER_HOSTS`: names by which the service may be addressed; empty means any."""
    security_contact: tuple[str, ...] = ()
    """`LEDGER_SECURITY_CONTACT`: where to report vulnerabilities; if empty, no security.txt."""
    metrics: str | None = None
    """`LEDGER_METRICS`: who may read `/metrics`: `loopback`, or whoever sends this token."""
    log: bool = False
    """`LEDGER_LOG`: `json` for a line of JSON for each request."""
    log_addresses: bool = False
    """`LEDGER_LOG_ADDRESSES`: 1 for addresses of clients in these lines."""
    traces: str | None = None
    """`LEDGER_TRACES`: the collector that gets a span for each request (OTLP); by default, none."""


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raise `SettingsError` that names the variable."""
    configured = os.environ if environment is None else environment
    written_home = configured.get("LEDGER_HOME")
    data = configured.get("LEDGER_DATA")
    url = _address(configured, "LEDGER_URL", "https://example.org")
    home = Path(written_home) if written_home else Path(platformdirs.user_data_dir("layoff-ledger"))
    exports = configured.get("LEDGER_EXPORTS") or ""
    is_bucket = _is_bucket(exports)
    webhooks = configured.get("LEDGER_WEBHOOKS")
    if webhooks and not url:
        message = "LEDGER_WEBHOOKS needs LEDGER_URL: events name records by their public address"
        raise SettingsError(message)
    return Settings(
        database_url=_database(configured, "DATABASE_URL", "127.0.0.1:5432"),
        pooler=_pooler(configured),
        home=home,
        data=Path(data) if data else None,
        notices=bool(_number(configured, "notices", least=0, most=1)),
        url=url.rstrip("/") if url else None,
        exports=Path(exports) if exports and not is_bucket else home / "exports",
        bucket=exports if is_bucket else None,
        purge=tuple(_caches(configured.get("LEDGER_PURGE"))),
        webhooks=Path(webhooks) if webhooks else None,
        columns=_number(configured, "columns", least=0),
        postings=_number(configured, "postings", least=0),
        chart_processes=_number(configured, "chart_processes", least=1, most=100),
        pool_size=_number(configured, "pool_size", least=2, most=10_000),
        statement_timeout_ms=_number(configured, "statement_timeout_ms", least=1),
        statement_cache_size=_number(configured, "statement_cache_size", least=0),
        rate_limit=_rate_limit(configured.get("LEDGER_RATE_LIMIT")),
        trusted_proxies=tuple(_networks(configured.get("LEDGER_TRUSTED_PROXIES"))),
        forwarded=_forwarded(configured.get("LEDGER_FORWARDED")),
        hosts=tuple(_hosts(configured.get("LEDGER_HOSTS"))),
        security_contact=tuple(_contacts(configured.get("LEDGER_SECURITY_CONTACT"))),
        metrics=_metrics_for(configured.get("LEDGER_METRICS")),
        log=_choice(configured, "LEDGER_LOG", "json"),
        log_addresses=_choice(configured, "LEDGER_LOG_ADDRESSES", "1"),
        traces=_address(configured, "LEDGER_TRACES", "http://localhost:4318"),
    )


def unknown(environment: Mapping[str, str] | None = None) -> list[str]:
    """Say which variables look like settings but are not, with the one that was probably meant.

    They are not necessarily mistakes: a cluster names neighbouring services like this, as in
    `LEDGER_PORT`.
    """
    configured = os.environ if environment is None else environment
    known = {f"LEDGER_{name.upper()}" for name in Settings.__struct_fields__}
    known = (known - {"LEDGER_DATABASE_URL", "LEDGER_BUCKET"}) | _OWN
    # The prefix that all of them share does not make two of them similar.
    words = {one.removeprefix("LEDGER_"): one for one in sorted(known | {"DATABASE_URL"})}
    found = []
    for name in sorted(configured):
        if name.startswith("LEDGER_") and name not in known and not name.startswith(_OF_TESTS):
            word = name.removeprefix("LEDGER_")
            near = closest(word, words, cutoff=0.75)
            hint = (
                "docs/operations.md has all of them"
                if near is None
                else f"did you mean {words[near]!r}?"
            )
            found.append(f"{name} is not a setting and has no effect; {hint}")
    return found


_OWN = {"LEDGER_RUN", "LEDGER_PARENT", "LEDGER_PATHS", "LEDGER_FAULT", "LEDGER_EXAMPLES"}
"""What `serve` passes to its own processes, and tests to the service."""
_OF_TESTS = ("LEDGER_TEST_", "LEDGER_FUZZ_")


def _address(configured: Mapping[str, str], name: str, example: str) -> str | None:
    written = configured.get(name)
    if not written:
        return None
    mistake = mistake_in_address(written)
    if mistake is not None:
        message = (
            f"{name}{_shown(written)} is not a usable address: {mistake}; write it as {example}"
        )
        raise SettingsError(message)
    return written


def _shown(written: str) -> str:
    """Return what was written, for a message; nothing if it may contain a password."""
    return "" if "@" in written else f"={written!r}"


def mistake_in_address(
    address: str, *, schemes: Collection[str] = ("http", "https"), may_have_query: bool = False
) -> str | None:
    """Say what is wrong with the address of a service, without repeating it; None if it is fine."""
    choices = " or ".join(f"{one}://" for one in schemes)
    try:
        parts = urlsplit(address)
        is_port = parts.port != 0 and not parts.netloc.endswith(":")
    except ValueError as error:
        return f"its host or its port is invalid ({error})"
    mistakes = {
        f"it does not begin with {choices}": parts.scheme not in schemes,
        "it has no host": not parts.hostname,
        "its port is invalid": not is_port,
        "it has a user": "@" in parts.netloc,
        "it has a query": "?" in address and not may_have_query,
        "it has a fragment": "#" in address,
        "it has spaces, or characters that no address has": not _PRINTABLE.fullmatch(address),
    }
    return next((words for words, is_so in mistakes.items() if is_so), None)


def _database(configured: Mapping[str, str], name: str, example: str) -> str | None:
    written = configured.get(name)
    # It is not repeated: it may contain a password, written in such a way that it cannot be found.
    if written and not written.startswith(("postgresql://", "postgres://")):
        message = f"{name} is not an address: write it as postgresql://user@{example}/ledger"
        raise SettingsError(message)
    if written and not _has_ports(written):
        message = (
            f"{name} is not a usable address: its host or its port is invalid; in a password, "
            "percent-encode everything but letters and digits, such as a slash as %2F"
        )
        raise SettingsError(message)
    return written or None


def _has_ports(address: str) -> bool:
    """Return whether all ports in the address of a database, for any of its hosts, are valid."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    hosts = parts.netloc.rpartition("@")[2].split(",")
    ports = [one.rpartition("]")[2].partition(":")[2] for one in hosts]
    ports += ",".join(parse_qs(parts.query).get("port", [])).split(",")
    return all(_DIGITS.fullmatch(one) and 0 < int(one) <= MAX_PORT for one in ports if one)


def _pooler(configured: Mapping[str, str]) -> str | None:
    written = _database(configured, "LEDGER_POOLER", "127.0.0.1:6432")
    if written and not configured.get("DATABASE_URL"):
        message = (
            "LEDGER_POOLER needs DATABASE_URL: publishing, exporting and listening for "
            "revisions need PostgreSQL itself"
        )
        raise SettingsError(message)
    return written


def _is_bucket(exports: str) -> bool:
    """Return whether exports are kept in a bucket; refuse what cannot be the name of a folder."""
    scheme, separator, _ = exports.partition("://")
    if separator and scheme != "s3":
        message = (
            f"LEDGER_EXPORTS begins with {scheme}://, which is not a known store: write a "
            "folder, or s3://bucket/prefix?endpoint_override=https://s3.example.org"
        )
        raise SettingsError(message)
    return bool(separator)


def _caches(written: str | None) -> Iterator[str]:
    """Read the addresses of caches."""
    for one in (written or "").replace(",", " ").split():
        mistake = mistake_in_address(one, may_have_query=True)
        if mistake is not None:
            message = (
                f"LEDGER_PURGE has something that is not the address of a cache: {mistake}; "
                "write it as http://127.0.0.1:6081, and separate several with commas"
            )
            raise SettingsError(message)
        yield one


def _contacts(written: str | None) -> Iterator[str]:
    """Read addresses to which people may report a vulnerability."""
    for one in (written or "").replace(",", " ").split():
        # Nothing that could end the line of a contact.
        is_mail = _MAIL.fullmatch(one) is not None
        if not is_mail and mistake_in_address(one, schemes=["https"], may_have_query=True):
            message = (
                f"LEDGER_SECURITY_CONTACT has {one!r}, to which nobody can report: write it as "
                "mailto:security@example.org or https://example.org/report, and separate several "
                "with commas"
            )
            raise SettingsError(message)
        yield one


def _hosts(written: str | None) -> Iterator[str]:
    """Read names of the service."""
    for one in _list(written):
        if not _HOST.fullmatch(one):
            message = (
                f"LEDGER_HOSTS{_shown(one)} has something that is not a name: write names "
                "without scheme and path, such as ledger.example.org, and separate several with "
                "commas"
            )
            raise SettingsError(message)
        yield one


def _list(written: str | None) -> list[str]:
    """Read names separated by commas or spaces."""
    return (written or "").replace(",", " ").lower().split()


def _choice(configured: Mapping[str, str], name: str, chosen: str) -> bool:
    """Return whether a variable has the one value that it may have."""
    written = configured.get(name)
    if written and written != chosen:
        message = f"{name}{_shown(written)} has to be {chosen}, or unset"
        raise SettingsError(message)
    return bool(written)


def _metrics_for(written: str | None) -> str | None:
    if written and written != "loopback" and len(written) < MIN_TOKEN:
        message = (
            f"LEDGER_METRICS has {len(written)} characters: write `loopback`, or a token of at "
            f"least {MIN_TOKEN}"
        )
        raise SettingsError(message)
    return written or None


def _rate_limit(written: str | None) -> str | None:
    if not written:
        return None
    if not _RATE_LIMIT.fullmatch(written):
        message = (
            f"LEDGER_RATE_LIMIT{_shown(written)} is not a limit: write it as 120/minute or "
            "20/second"
        )
        raise SettingsError(message)
    return written


def _networks(written: str | None) -> Iterator[Network]:
    for one in _list(written):
        try:
            yield ipaddress.ip_network(one)
        except ValueError as error:
            message = (
                f"LEDGER_TRUSTED_PROXIES{_shown(written or '')} has something that is neither an "
                "address nor a network: write them as 127.0.0.1 or 10.0.0.0/8"
            )
            raise SettingsError(message) from error


def _forwarded(written: str | None) -> str:
    name = (written or "x-forwarded-for").lower()
    if name not in {"x-forwarded-for", "forwarded"}:
        message = f"LEDGER_FORWARDED{_shown(name)} has to be x-forwarded-for or forwarded"
        raise SettingsError(message)
    return name


_DEFAULTS: dict[str, int] = {
    one.name: one.default
    for one in msgspec.structs.fields(Settings)
    if isinstance(one.default, int)
}


INT32_MAX = 2**31 - 1
"""The largest number of milliseconds that PostgreSQL accepts."""


def _number(configured: Mapping[str, str], field: str, *, least: int, most: int = INT32_MAX) -> int:
    """Read the number of a field of `Settings`, which has its default."""
    name = f"LEDGER_{field.upper()}"
    written = configured.get(name)
    if not written:
        return _DEFAULTS[field]
    # More digits than the maximum has are not even read.
    number = int(written) if _DIGITS.fullmatch(written) else -1
    if not least <= number <= most:
        message = f"{name}{_shown(written)} is not a whole number from {least} to {most}"
        raise SettingsError(message)
    return number
