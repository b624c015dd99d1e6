"""Environment → one frozen struct, read once at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs
from msgspec import Struct


class SettingsError(Exception):
    """A variable has a value that cannot be used."""


class Settings(Struct, frozen=True, kw_only=True):
    """What an operator can set; `docs/operations.md` documents every variable."""

    database_url: str | None = None
    """`DATABASE_URL`: a PostgreSQL 15 to 18 of one's own; unset, the embedded server is used."""
    home: Path
    """`LEDGER_HOME`: where the embedded server keeps its data."""
    data: Path | None = None
    """`LEDGER_DATA`: the folder of curated files; unset, the one that comes with the package."""
    url: str | None = None
    """`LEDGER_URL`: the public address, where a proxy hides it; unset, the `Host` that is asked."""
    notices: bool = True
    """`LEDGER_NOTICES`: 0 serves the curated ledger alone, without the notices that are shipped."""
    exports: Path
    """`LEDGER_EXPORTS`: where bulk exports are kept once they are made."""
    webhooks: Path | None = None
    """`LEDGER_WEBHOOKS`: the file of those who get a POST at each revision; unset, nobody does."""
    pool_size: int = 8
    """`LEDGER_POOL_SIZE`: connections to PostgreSQL per worker."""
    statement_timeout_ms: int = 10_000
    """`LEDGER_STATEMENT_TIMEOUT_MS`: after so long a statement is given up."""
    statement_cache_size: int = 256
    """`LEDGER_STATEMENT_CACHE_SIZE`: 0 behind pgbouncer in transaction mode."""


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raise `SettingsError` that names the variable."""
    configured = os.environ if environment is None else environment
    written_home = configured.get("LEDGER_HOME")
    data = configured.get("LEDGER_DATA")
    url = configured.get("LEDGER_URL")
    if url and not url.startswith(("http://", "https://")):
        message = f"LEDGER_URL={url!r} is no address: write it as https://example.org"
        raise SettingsError(message)
    home = Path(written_home) if written_home else Path(platformdirs.user_data_dir("layoff-ledger"))
    exports = configured.get("LEDGER_EXPORTS")
    webhooks = configured.get("LEDGER_WEBHOOKS")
    return Settings(
        database_url=configured.get("DATABASE_URL") or None,
        home=home,
        data=Path(data) if data else None,
        notices=bool(_number(configured, "LEDGER_NOTICES", 1, least=0)),
        url=url.rstrip("/") if url else None,
        exports=Path(exports) if exports else home / "exports",
        webhooks=Path(webhooks) if webhooks else None,
        pool_size=_number(configured, "LEDGER_POOL_SIZE", 8, least=2),
        statement_timeout_ms=_number(configured, "LEDGER_STATEMENT_TIMEOUT_MS", 10_000, least=1),
        statement_cache_size=_number(configured, "LEDGER_STATEMENT_CACHE_SIZE", 256, least=0),
    )


def _number(configured: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    written = configured.get(name)
    if not written:
        return default
    if not written.isdecimal() or int(written) < least:
        message = f"{name}={written!r} is no whole number of at least {least}"
        raise SettingsError(message)
    return int(written)
