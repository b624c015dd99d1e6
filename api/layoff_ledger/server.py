"""The HTTP server: Granian with its workers, on a port that is free."""

from __future__ import annotations

import socket


class ServerError(Exception):
    """The server cannot listen; the message says what to do."""


def refuse_taken_port(host: str, port: int) -> None:
    """Find out now: the server would only find out after the database was started."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        message = (
            f"cannot listen on {host} port {port}: {(error.strerror or str(error)).lower()}; "
            "choose another one with --port"
        )
        raise ServerError(message) from error


def run_server(host: str, port: int, workers: int) -> None:
    """Serve until the process is ended; `DATABASE_URL` names the ledger."""
    from granian import Granian  # noqa: PLC0415 only `serve` needs it
    from granian.constants import Interfaces, Loops  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    Granian(
        "layoff_ledger.app:serve_app",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=workers,
        loop=Loops.uvloop,
        log_level=LogLevels.warning,
        # A client that never reads must not hold up the end.
        workers_kill_timeout=10,
        respawn_failed_workers=True,
    ).serve()
