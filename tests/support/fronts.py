"""What stands in front of the service, or between it and PostgreSQL: Debian's own programs.

They run as an operator runs them, with the files of `deploy/`; only addresses and folders differ.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from layoff_ledger import paths
from support.services import free_port

DEPLOY = paths.ROOT / "deploy"


def needs(program: str) -> pytest.MarkDecorator:
    """Skip a test if a program of Debian is not installed."""
    return pytest.mark.skipif(find(program) is None, reason=f"{program} is not installed")


def find(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")


def changed(name: str, changes: Mapping[str, str]) -> str:
    """Return a file of `deploy/` with other addresses; each of them has to occur in it."""
    text = (DEPLOY / name).read_text()
    for written, other in changes.items():
        assert written in text, f"{name} has no {written!r}"
        text = text.replace(written, other)
    return text


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Make a folder that is accessible to programs that run as another user."""
    with tempfile.TemporaryDirectory(prefix="ledger-front-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextlib.contextmanager
def running(command: Sequence[str], port: int, at: Path, user: int | None = None) -> Iterator[None]:
    """Run a program until the block is over; enter the block once it listens."""
    log = at / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            user=user if os.getuid() == 0 else None,
            cwd=at,
        )
    try:
        for _ in range(400):
            if process.poll() is not None:
                pytest.fail(f"{command[0]} ended: {log.read_text()}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        else:
            pytest.fail(f"{command[0]} does not listen: {log.read_text()}")
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextlib.contextmanager
def nginx(origin: str) -> Iterator[int]:
    """Run nginx in front of `host:port`; yield its port."""
    port = free_port()
    with folder() as at:
        kept = {"127.0.0.1:8000": origin, "8080": f"127.0.0.1:{port}"}
        site = changed("nginx.conf", {**kept, "/var/cache/nginx/layoff-ledger": str(at / "cache")})
        temporary = "".join(
            f"{kind}_temp_path {at}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (at / "nginx.conf").write_text(
            f"daemon off; pid {at}/pid; error_log stderr;\n"
            f"{'user root;' if os.getuid() == 0 else ''}\n"
            f"events {{}}\nhttp {{\naccess_log off;\n{temporary}\n{site}\n}}\n"
        )
        program = str(find("nginx"))
        with running([program, "-p", str(at), "-c", str(at / "nginx.conf")], port, at):
            yield port


@contextlib.contextmanager
def varnish(
    origins: Sequence[str], port: int | None = None, more: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Run Varnish in front of one or two processes; yield its port.

    `more` replaces parts of the file.
    """
    port = port or free_port()
    first, second = origins[0].rpartition(":")[2], origins[-1].rpartition(":")[2]
    changes = {'.port = "8000"': f'.port = "{first}"', '.port = "8001"': f'.port = "{second}"'}
    with folder() as at:
        (at / "ledger.vcl").write_text(changed("varnish.vcl", {**changes, **(more or {})}))
        command = [
            *(str(find("varnishd")), "-F", "-n", str(at / "work"), "-j", "none"),
            *("-a", f"127.0.0.1:{port}", "-f", str(at / "ledger.vcl")),
            *("-s", "malloc,32m", "-p", "http_gzip_support=off"),
        ]
        with running(command, port, at):
            yield port


@contextlib.contextmanager
def pgbouncer(host: str, port: int, database: str, *, connect_query: bool = True) -> Iterator[str]:
    """Run PgBouncer in front of a PostgreSQL server, on its socket; yield its address."""
    own = free_port()
    changes = {
        "host=127.0.0.1 port=5432 dbname=ledger": (
            f"host={host} port={port} dbname={database} user=postgres"
        ),
        "listen_port = 6432": f"listen_port = {own}",
        "default_pool_size = 16": "default_pool_size = 4",
        "auth_type = scram-sha-256": "auth_type = any",
        "auth_file = /etc/pgbouncer/userlist.txt": "unix_socket_dir =",
    }
    text = changed("pgbouncer.ini", changes)
    if not connect_query:
        text = (
            text.partition("connect_query=")[0] + "\n[pgbouncer]" + text.partition("[pgbouncer]")[2]
        )
    with folder() as at:
        (at / "pgbouncer.ini").write_text(text)
        command = [str(find("pgbouncer")), str(at / "pgbouncer.ini")]
        # As the user of PostgreSQL, whose socket nobody else may reach.
        with running(command, own, at, user=Path(host).stat().st_uid):
            yield f"postgresql://postgres@127.0.0.1:{own}/ledger"
