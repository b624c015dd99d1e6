"""How large an imported file may be: on disk, unpacked, and in memory.

A file of a few kilobytes can unpack to gigabytes, claim that it does not, or name one cell at the
far corner of a sheet. All of that is found before a row is read, and nothing it claims is believed.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

MAX_FILE_BYTES = 1024**3
"""Bytes of any file; the 66,676 shipped notices have 20 million."""
MAX_UNPACKED_BYTES = 512 * 1024**2
"""Bytes of all parts of a workbook together; 66,676 notices have a tenth of that."""
MAX_PARTS = 10_000
"""Parts of a workbook; each costs memory, however small it is."""
MAX_MEMORY_BYTES = 4 * 1024**3
"""Bytes of memory of the process that tries a workbook."""
TRY_SECONDS = 120
"""Seconds of processor time that opening one may take."""
_PIECE = 1024**2
_WITHOUT_HEADER = -15
# Where the header of a part gives the lengths of the fields between it and the packed data.
_LOCAL_HEADER, _NAME, _EXTRA = 30, slice(26, 28), slice(28, 30)


class SizeError(Exception):
    """A file is too large; the message says how large it may be, and what to do."""


def check_file(path: Path) -> None:
    """Refuse a file that is too large to be read, or anything but a file, such as a device."""
    # Whoever opens it reports that it does not exist.
    if path.exists() and not path.is_file():
        message = f"{path} is not a file: give the path of a file"
        raise SizeError(message)
    size = path.stat().st_size if path.exists() else 0
    if size > MAX_FILE_BYTES:
        message = (
            f"{path} has {_mebibytes(size)}, but at most {_mebibytes(MAX_FILE_BYTES)} are read: "
            "split it into several files"
        )
        raise SizeError(message)


def check_workbook(path: Path) -> None:
    """Refuse a workbook that unpacks to too much, by what it claims and by what it does.

    One that is not a ZIP archive (`.xls`) is only tried. Raises `SizeError`.
    """
    check_file(path)
    if zipfile.is_zipfile(path):
        try:
            _check_archive(path)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            message = f"{path} is a damaged workbook: {error}; save it again"
            raise SizeError(message) from error
    _try(path)


def _check_archive(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        message = (
            f"{path} has {len(parts):,} parts, but at most {MAX_PARTS:,} are read: save it as CSV"
        )
        raise SizeError(message)
    declared = sum(part.file_size for part in parts)
    if declared > MAX_UNPACKED_BYTES:
        raise _too_large(path, f"says that it unpacks to {_mebibytes(declared)}")
    left = MAX_UNPACKED_BYTES
    for part in parts:
        size = _unpacked_bytes(path, part, left)
        left -= size
        if left < 0:
            what = f"says that it unpacks to {_mebibytes(declared)}, but unpacks to more"
            raise _too_large(path, what)
        if size != part.file_size:
            message = (
                f"{path}: {part.filename!r} says that it unpacks to {part.file_size:,} bytes, but "
                f"unpacks to {size:,}: it is damaged or a bomb; save it again"
            )
            raise SizeError(message)


def _unpacked_bytes(path: Path, part: zipfile.ZipInfo, most: int) -> int:
    """Unpack a part and return its size, or one byte more than the most that it may have.

    `zipfile` itself would stop at the declared size, as others do not.
    """
    if part.compress_type == zipfile.ZIP_STORED:
        return part.compress_size
    if part.compress_type != zipfile.ZIP_DEFLATED:
        message = f"{part.filename!r} is packed in a way that workbooks never are"
        raise zipfile.BadZipFile(message)
    unpacker, found, left = zlib.decompressobj(_WITHOUT_HEADER), 0, part.compress_size
    with path.open("rb") as file:
        file.seek(part.header_offset)
        header = file.read(_LOCAL_HEADER)
        between = sum(int.from_bytes(header[one], "little") for one in (_NAME, _EXTRA))
        file.seek(between, 1)
        while left > 0 and (packed := file.read(min(_PIECE, left))):
            left -= len(packed)
            while packed:
                found += len(unpacker.decompress(packed, _PIECE))
                if found > most:
                    return most + 1
                packed = unpacker.unconsumed_tail
    return found


_PROGRAM = """
import resource, sys
path, memory, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
import python_calamine
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
try:
    book = python_calamine.CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        book.get_sheet_by_name(name)
except (python_calamine.CalamineError, OSError):
    pass
"""


def _try(path: Path) -> None:
    """Open a workbook where it can do no harm: in a process with limited memory.

    A sheet takes memory for each cell up to its last one, and a file of a kilobyte may have its
    last one in column XFD of line 1,048,576. Whoever reads it reports if it is not a workbook.
    """
    limits = str(MAX_MEMORY_BYTES), str(TRY_SECONDS)
    command = [sys.executable, "-c", _PROGRAM, str(path), *limits]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 ours
    if done.returncode:
        raise _too_large(path, f"needs more than {_mebibytes(MAX_MEMORY_BYTES)} of memory")


def _too_large(path: Path, what: str) -> SizeError:
    message = (
        f"{path} {what}; at most {_mebibytes(MAX_UNPACKED_BYTES)} are read: if you trust the "
        "file, save its sheets as CSV"
    )
    return SizeError(message)


def _mebibytes(size: int) -> str:
    return f"{size / 1024**2:,.0f} MiB"
