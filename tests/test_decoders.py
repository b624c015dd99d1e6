"""Threads may ask for decoders of one kind of document at once."""

from __future__ import annotations

import os
import subprocess
import sys

from support import broken

AT_ONCE = r"""
import sys, threading
import msgspec
from layoff_ledger.resources import RESOURCES

DOCUMENT = '''{"id":"a","company":{"id":"x","name":"y","country":null,"industry":null},"title":null,
"note":null,"collection":"c","canonical":true,"status":"announced","announced_on":"2020-01-01",
"announced_precision":"day","forms":[],"form_citations":[],"scope":null,"headcount":null,
"share":null,"magnitudes":[],"drivers":[],"roles":[],"events":[],"context":[],"relations":[],
"citations":[],"notices":null}'''

sys.setswitchinterval(1e-6)
wave = RESOURCES["wave"]
together = threading.Barrier(6)

def decode_one():
    together.wait()
    decode = wave.decoder()
    for _ in range(300):
        try:
            decode(DOCUMENT)
        except msgspec.ValidationError:
            pass

threads = [threading.Thread(target=decode_one) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
PROCESSES = 8


def test_decoders_of_one_struct_may_be_made_at_once() -> None:
    """In a process of its own: a decoder that is half made crashes the process (SIGSEGV)."""
    # `make broken` plants faults: `support/broken.py`.
    planted = "from support import broken\nbroken.plant()\n" if broken.FAULT in os.environ else ""
    program = [sys.executable, "-c", planted + AT_ONCE]
    # One process in two or three hits the fault, so several are tried.
    tried = [subprocess.Popen(program, stderr=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
    ended = [(one.communicate()[1], one.returncode) for one in tried]

    assert all(status == 0 for _, status in ended), ended
