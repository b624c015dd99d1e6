"""The process that draws: specifications arrive at its standard input, images leave at its output.

It is a separate process because drawing runs JavaScript, which takes memory and time, and has to be
ended if it takes too much. It reads one task after the other, and ends when its input does.
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
    """What to draw."""

    specification: msgspec.Raw
    scale: int | None = None
    """Pixels of a PNG for each CSS pixel; null for SVG."""


def run(tasks: BinaryIO, images: BinaryIO) -> None:
    """Draw until there are no more tasks."""
    # Imported here, because this module is also imported where that package is not installed.
    import vl_convert  # noqa: PLC0415

    while head := tasks.read(LENGTH.size):
        task = msgspec.json.decode(tasks.read(*LENGTH.unpack(head)), type=Task)
        try:
            # No address may be fetched: all data are in the specification.
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
    # Requests that only wait for numbers come first.
    os.nice(_NICENESS)
    run(sys.stdin.buffer, sys.stdout.buffer)
