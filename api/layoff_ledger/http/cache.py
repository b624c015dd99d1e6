"""A bounded in-memory cache of encoded responses, which a new revision empties as a whole."""

from __future__ import annotations

from collections import OrderedDict

from litestar.types import HTTPScope

from layoff_ledger.http.keys import NO_REVISION, RevisionKey
from layoff_ledger.http.responses import Response, header_bytes

CACHE_BYTES = 64 * 1024**2
MAX_READY = 4_096
MAX_READY_BYTES = 16 * 1024**2
"""Of keys and headers; their bodies belong to the responses."""
MAX_SHARE = 8
"""No response may take more than this part (an eighth) of the memory."""
CHEAP_SECONDS = 0.001
"""A response that takes less to make is only kept if it is requested again soon.

Whoever walks through a list requests each page once. Keeping those would drop others that are
requested often, and make each page an eighth slower, because its bytes take up new memory.
"""
MAX_ONCE = 16_384
"""Keys of such responses: 3 MB."""

RequestKey = tuple[str, bytes, bytes, tuple[tuple[bytes, bytes], ...]]
"""Method, path, query, and the headers that decide the response."""

# The body would have to be read, and the response contains the client's own request id.
_MAKES_ANEW = frozenset({b"x-request-id", b"content-length", b"transfer-encoding"})
_DECIDING = frozenset(
    {
        *(b"host", b"accept", b"accept-encoding", b"if-none-match"),
        # Such a request is refused.
        b"content-encoding",
        *_MAKES_ANEW,
    }
)

LEDGER_PATHS = ("/v1/", "/explore")
"""The paths whose answers depend only on a revision of the ledger begin with one of these."""


def request_key(scope: HTTPScope) -> RequestKey:
    """Return everything that decides the response to a request.

    This is the only place behind the server that looks at raw bytes instead of the context: an
    equal request is found again before it is parsed.
    """
    # A list takes half as long as a generator.
    deciding = [pair for pair in scope["headers"] if pair[0] in _DECIDING]
    return scope["method"], scope["raw_path"], scope["query_string"], tuple(deciding)


def is_repeatable(scope: HTTPScope, key: RequestKey) -> bool:
    """Return whether equal requests get the same response: they only read the ledger."""
    if scope["method"] not in {"GET", "HEAD"} or not scope["path"].startswith(LEDGER_PATHS):
        return False
    return _MAKES_ANEW.isdisjoint([name for name, _ in key[3]])


class Cache:
    """Responses of one revision; the least recently used ones are dropped first.

    It also keeps what was sent for each exact request: a second equal request costs one look-up.
    """

    def __init__(self, max_bytes: int) -> None:
        """Begin empty."""
        self._max_bytes = max_bytes
        self._responses: OrderedDict[bytes, tuple[Response, int]] = OrderedDict()
        """Each with its size, which is computed once."""
        self._ready: dict[RequestKey, Response] = {}
        self._once: OrderedDict[bytes, int] = OrderedDict()
        """What was requested once and not kept, with its size; at most half as much as may be kept.

        With the responses, this is the algorithm 2Q (Johnson and Shasha, 1994).
        """
        self._once_bytes = 0
        self._bytes = self._ready_bytes = 0
        self._revision = NO_REVISION

    def get_ready(self, revision: RevisionKey, key: RequestKey) -> Response | None:
        """Return what was sent for exactly this request at this revision."""
        return self._ready.get(key) if revision == self._revision else None

    def put_ready(self, revision: RevisionKey, key: RequestKey, ready: Response) -> None:
        """Keep what was sent, unless it is too large; its body is in the cache, or it has none."""
        if revision != self._revision:
            return
        size = header_bytes(ready.headers) + len(key[1]) + len(key[2]) + header_bytes(key[3])
        if size > MAX_READY_BYTES // MAX_SHARE or not self._fits(size + len(ready.body)):
            return
        if len(self._ready) >= MAX_READY or self._ready_bytes + size > MAX_READY_BYTES:
            self._drop_ready()
        self._ready[key] = ready
        self._ready_bytes += size

    def get(self, revision: RevisionKey, key: bytes) -> Response | None:
        """Return a response of this revision."""
        self._turn_to(revision)
        kept = self._responses.get(key)
        if kept is None:
            return None
        self._responses.move_to_end(key)
        return kept[0]

    def put(self, revision: RevisionKey, key: bytes, response: Response, *, seconds: float) -> bool:
        """Keep a response; return whether it is kept.

        It is not if its revision has passed, if it is too large, or if it took only so many
        `seconds` and was never requested before.
        """
        size = response.size
        if revision != self._revision or not self._fits(size):
            return False
        if key in self._responses:
            return True
        if seconds < CHEAP_SECONDS and not self._was_requested(key, size):
            return False
        self._responses[key] = response, size
        self._bytes += size
        while self._bytes > self._max_bytes:
            _, (_, dropped) = self._responses.popitem(last=False)
            self._bytes -= dropped
            # Some of these hold the body that is about to go.
            self._drop_ready()
        return True

    def _fits(self, size: int) -> bool:
        return size <= self._max_bytes // MAX_SHARE

    def _was_requested(self, key: bytes, size: int) -> bool:
        """Return whether something was requested not long ago; otherwise remember that it is."""
        before = self._once.pop(key, None)
        if before is not None:
            self._once_bytes -= before
            return True
        self._once[key] = size
        self._once_bytes += size
        while self._once_bytes > self._max_bytes // 2 or len(self._once) > MAX_ONCE:
            _, dropped = self._once.popitem(last=False)
            self._once_bytes -= dropped
        return False

    def _turn_to(self, revision: RevisionKey) -> None:
        """Empty the cache when there is a new revision."""
        if revision != self._revision:
            self._responses.clear()
            self._once.clear()
            self._drop_ready()
            self._bytes = self._once_bytes = 0
            self._revision = revision

    def _drop_ready(self) -> None:
        self._ready.clear()
        self._ready_bytes = 0
