"""Content encodings (RFC 9110, 12.5.3): which one a request gets, at once or piece by piece."""

from __future__ import annotations

import functools
import gzip
import zlib
from collections.abc import Callable

import brotli
import zstandard

from layoff_ledger.http.negotiation import parse_weight
from layoff_ledger.http.responses import Response

MIN_ENCODED_BYTES = 1_000
"""A smaller body is sent as it is: encoding it would cost more than it saves."""
IDENTITY = b"identity"
_EVERYWHERE = b"gzip"
"""The encoding that every client can decode."""

# The fastest one first: it is chosen among equally accepted ones.
_ENCODERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"zstd": lambda body: zstandard.ZstdCompressor(level=3).compress(body),
    b"br": lambda body: brotli.compress(body, quality=4),
    b"gzip": lambda body: gzip.compress(body, compresslevel=5, mtime=0),
}


@functools.lru_cache(maxsize=64)
def choose_encoding(accept_encoding: bytes) -> bytes:
    """Choose the best accepted encoding; among equal ones, the fastest.

    `*` is taken for gzip alone: some clients that send it, such as Prism's proxy, cannot decode
    anything newer.
    """
    if not accept_encoding:
        return IDENTITY
    best, weight = IDENTITY, 0.0
    weights: dict[bytes, float] = {}
    for part in accept_encoding.lower().split(b","):
        name, _, parameters = part.strip().partition(b";")
        weights[name.strip()] = parse_weight(parameters) if parameters else 1.0
    anything = weights.get(b"*", 0.0)
    for encoding in _ENCODERS:
        accepted = weights.get(encoding, anything if encoding == _EVERYWHERE else 0.0)
        if accepted > weight:
            best, weight = encoding, accepted
    return best if weight >= weights.get(IDENTITY, 0.0) else IDENTITY


def encode(response: Response, encoding: bytes) -> Response:
    """Encode a whole response, unless its body is small."""
    body, headers = response.body, [*response.headers]
    if encoding != IDENTITY and len(body) >= MIN_ENCODED_BYTES:
        body = _ENCODERS[encoding](body)
        headers.append((b"content-encoding", encoding))
    return Response(response.status, headers, body)


class StreamEncoder:
    """Encodes a body piece by piece; what was sent can be decoded before the end arrives."""

    def __init__(self, encoding: bytes) -> None:
        """Begin a body in one of the encodings that `choose_encoding` returns."""
        self._stopped = False
        self._compress: Callable[[bytes], bytes]
        self._finish: Callable[[], bytes]
        if encoding == b"zstd":
            zstd = zstandard.ZstdCompressor(level=3).compressobj()
            self._compress, self._finish = zstd.compress, zstd.flush
        elif encoding == b"br":
            br = brotli.Compressor(quality=4)
            self._compress, self._finish = br.process, br.finish
        elif encoding == b"gzip":
            zipped = zlib.compressobj(level=5, wbits=31)
            self._compress, self._finish = zipped.compress, zipped.flush
        else:
            self._stopped = True

    def stop(self) -> None:
        """Pass everything through unchanged from now on."""
        self._stopped = True

    def encode(self, body: bytes, *, more: bool) -> bytes:
        """Encode the next piece; `more` says whether another one follows."""
        if self._stopped:
            return body
        encoded: bytes = self._compress(body)
        return encoded if more else encoded + self._finish()
