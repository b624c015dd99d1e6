"""Faults within: functions of the service with one mistake that no answer shows at once.

A module is compiled again with some of its text replaced, and its functions take over the resulting
code: so whoever has already imported one by name gets the fault, too.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from msgspec import Struct


class Fault(Struct, frozen=True):
    """Replaces a text that a module contains once."""

    what: str
    """What is wrong with it."""
    tests: tuple[str, ...]
    """Files of tests, one of which has to fail."""
    module: str
    written: str
    wrong: str


POSTINGS = ("postings_memory", "postings")
FILE = ("postings",)
FAULTS = {
    "unknown_is_another": Fault(
        "what is unknown is taken for another one than what is excluded",
        POSTINGS, "store.postings", "(None, *term.values)", "term.values",
    ),
    "known_is_unknown": Fault(
        "what is known is taken for what is unknown",
        POSTINGS, "store.postings", "(left_out if term.is_negated else kept)", "kept",
    ),
    "parts_of_the_rest": Fault(
        "parts are found by the documents that are left out",
        POSTINGS, "store.postings", "self._all() - numbers if is_most else numbers", "numbers",
    ),
    "page_begins_with_the_last": Fault(
        "a page begins with the last record of the one before",
        POSTINGS, "store.postings", "is_behind=True", "is_behind=False",
    ),
    "page_upwards_repeats": Fault(
        "the same against the order of the numbers",
        POSTINGS, "store.postings", "rank(place - 1)", "rank(place)",
    ),
    "bound_is_left_out": Fault(
        "the upper bound of a span is not in it",
        POSTINGS, "store.postings_memory",
        "bisect.bisect_right(values, _as_number(high))",
        "bisect.bisect_left(values, _as_number(high))",
    ),
    "day_of_the_numbers_is_left_out": Fault(
        "the same where records are numbered by it",
        POSTINGS, "store.postings_memory",
        "bisect.bisect_right(self._values, wanted, begin)", "begin",
    ),
    "span_lacks_a_piece": Fault(
        "a span has only what is put together, and not what is at its end",
        POSTINGS, "store.postings_memory",
        "self._first[whole] | self._set(end - rest, end)", "self._first[whole]",
    ),
    "postings_of_another_revision": Fault(
        "whatever is in memory is taken for the newest revision",
        POSTINGS, "store.postings_memory",
        "kept is None or kept.of != (snapshot.revision, snapshot.fingerprint)", "kept is None",
    ),
    "postings_never_change": Fault(
        "no revision changes a list in memory",
        POSTINGS, "store.postings_memory", "return bool(changed)", "return False",
    ),
    "postings_of_before_a_restore": Fault(
        "postings hold on where the ledger is another one",
        POSTINGS, "store.postings_memory",
        "since >= key[0] or revisions.keys.of(since) != kept.of", "False",
    ),
    "whole_of_before": Fault(
        "parts are found by what their documents said at first",
        POSTINGS, "store.postings_memory",
        "joined.whole, joined.parts = whole,", "joined.whole, joined.parts = self.whole or whole,",
    ),
    "order_in_pieces": Fault(
        "another order begins with its first piece whichever way it goes",
        POSTINGS, "store.postings_orders", "reversed(pieces) if descending else pieces", "pieces",
    ),
    "order_begins_with_the_last": Fault(
        "a page in another order begins with the last record of the one before",
        POSTINGS, "store.postings_orders",
        "bisect.bisect_right(range(high)", "bisect.bisect_left(range(high)",
    ),
    "order_has_no_ids": Fault(
        "what has the same key comes in the order of the numbers",
        POSTINGS, "store.postings_orders", "sorted(by_id, key", "sorted(range(len(by_id)), key",
    ),
    "day_is_left_out": Fault(
        "a file has no first day of a period",
        FILE, "store.postings_file",
        "else self._first(first.toordinal() - 1)", "else self._first(first.toordinal())",
    ),
    "file_in_another_order": Fault(
        "a file numbers the waves of a day by their ids the other way round",
        FILE, "exports.postings", "{DAY} desc, id desc)", "{DAY} desc, id)",
    ),
    "file_of_the_last_rows": Fault(
        "a file has the sets of the rows that were read last",
        FILE, "exports.postings", "sets[value] |= BitMap(", "sets[value] = BitMap(",
    ),
    "backslash_as_it_is": Fault(
        "COPY reads a backslash as the beginning of something",
        ("copying",), "copying",
        'text.replace("\\\\", "\\\\\\\\").replace("\\n", "\\\\n")', 'text.replace("\\n", "\\\\n")',
    ),
    "quotation_mark_as_it_is": Fault(
        "a quotation mark ends a text in a list",
        ("copying",), "copying", "joined.count('\"') != 2 * len(values) - 2", "False",
    ),
    "references_stay_away": Fault(
        "the first publication takes references away for good",
        ("publish",), "curation.references",
        '"; ".join([one["addition"] for one in found])', '""',
    ),
    "decoders_at_once": Fault(
        "threads make decoders at once",
        ("decoders",), "resources.base", "with _ONE_AT_A_TIME:", "if True:",
    ),
    "page_reads_twice": Fault(
        "a page reads anew what its chart is made of",
        ("charts",), "routes.computed",
        "_heights(request, ledger, kind, found)",
        "_heights(request, ledger, kind, await kind.drawn().read(ledger, parameters, ''))",
    ),
    "room_of_another_address": Fault(
        "a page keeps room for its own address, and not for that of its chart",
        ("charts",), "routes.computed", "parameters=(*fixed, *others)", "parameters=others",
    ),
    "followed_while_it_matches": Fault(
        "changes of a company are those of its present records alone",
        ("time",), "query.changes",
        "facet.first_revision <= {until} and",
        "facet.first_revision <= {until} and facet.last_revision >= {until} and",
    ),
    "files_have_codes_for_names": Fault(
        "a column that is to have the names of codes has the codes",
        ("files",), "resources.base", "names.get(read(document))", "read(document)",
    ),
}  # fmt: skip


def plant(fault: Fault) -> None:
    """Break the functions of a module; raise `LookupError` if the fault no longer fits."""
    module = importlib.import_module(f"layoff_ledger.{fault.module}")
    path = str(module.__file__)
    source = Path(path).read_text()
    if source.count(fault.written) != 1:
        message = f"{fault.module} has {fault.written!r} {source.count(fault.written)} times"
        raise LookupError(message)
    wrong = compile(source.replace(fault.written, fault.wrong), path, "exec")
    codes = {code.co_qualname: code for code in _codes(wrong)}
    changed = 0
    for function in _functions(module):
        code = codes.get(function.__code__.co_qualname, function.__code__)
        changed += code != function.__code__
        function.__code__ = code
    if not changed:
        message = f"no function of {fault.module} has {fault.written!r}"
        raise LookupError(message)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """Yield the functions and methods that a module defines."""
    owners = [one for one in vars(module).values() if inspect.isclass(one)]
    for owner in (module, *owners):
        for one in vars(owner).values():
            found = inspect.unwrap(getattr(one, "__func__", None) or getattr(one, "fget", one))
            if isinstance(found, FunctionType) and found.__module__ == module.__name__:
                yield found


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of the functions and methods in that of a module."""
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _codes(one)
