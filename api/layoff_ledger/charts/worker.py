"""The process that draws: specifications in at its standard input, images out at its output.

It is a process of its own, because drawing runs JavaScript, which takes memory and time and must be
ended where it takes too much of them. It reads one task after the other, and ends with its input.
"""

from __future__ import annotations

import os
import struct
import sys
from typing import BinaryIO

import msgspec
from msgspec import Struct

LENGTH = struct.Struct(">I")
DRAWN, FAILED = b"+", b"-"
_NICENESS = 5


class Task(Struct, frozen=True, kw_only=True):
    """What is drawn."""

    specification: msgspec.Raw
    scale: int | None = None
    """Pixels of a PNG for each pixel of CSS; null for SVG."""


def run(tasks: BinaryIO, images: BinaryIO) -> None:
    """Draw until there are no more tasks."""
    # Imported here, because the messages are read by who has no such package, too.
    import vl_convert  # noqa: PLC0415

    while head := tasks.read(LENGTH.size):
        task = msgspec.json.decode(tasks.read(*LENGTH.unpack(head)), type=Task)
        try:
            # No address may be asked: all data stand in the specification.
            written = vl_convert.vegalite_to_svg(
                bytes(task.specification).decode(), allowed_base_urls=[]
            )
            image = (
                written.encode()
                if task.scale is None
                else vl_convert.svg_to_png(written, scale=task.scale)
            )
        except ValueError as error:
            _send(images, FAILED, str(error).encode())
        else:
            _send(images, DRAWN, image)


def _send(images: BinaryIO, what: bytes, content: bytes) -> None:
    images.write(what + LENGTH.pack(len(content)) + content)
    images.flush()


if __name__ == "__main__":
    # Who only waits for numbers comes first.
    os.nice(_NICENESS)
    run(sys.stdin.buffer, sys.stdout.buffer)
