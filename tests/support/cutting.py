"""An unreliable network: a relay in front of a service that cuts some of its answers short."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class Cutting:
    """The relay's address, and the heads of the requests whose answers it may cut."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.heads: list[str] = []


@contextlib.contextmanager
def cutting(upstream: str, path: str, *, times: int, after_bytes: int) -> Iterator[Cutting]:
    """Relay to a service; cut the first answers for a path after so many bytes, including the head.

    A connection has one request, so clients have to send `Connection: close`.
    """
    service = urlsplit(upstream)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        relay = Cutting(f"http://127.0.0.1:{listening.getsockname()[1]}")

        def serve() -> None:
            while True:
                try:
                    client, _ = listening.accept()
                except OSError:
                    return
                with client, socket.create_connection((service.hostname, service.port)) as there:
                    head = b""
                    while b"\r\n\r\n" not in head:
                        head += client.recv(65536)
                    there.sendall(head)
                    left = float("inf")
                    if head.startswith(f"GET {path} ".encode()):
                        relay.heads.append(head.decode())
                        left = after_bytes if len(relay.heads) <= times else left
                    while left and (piece := there.recv(65536)):
                        sent = piece[: int(min(len(piece), left))]
                        client.sendall(sent)
                        left -= len(sent)

        threading.Thread(target=serve, daemon=True).start()
        yield relay
        listening.shutdown(socket.SHUT_RDWR)
