"""Waiting for what another process does, so that no test depends on the speed of the machine."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

PATIENCE_SECONDS = 150.0
"""How long to wait for anything: on a busy machine, a second may become twenty."""
LOOK_SECONDS = 0.02


def wait_until(
    holds: Callable[[], object],
    seconds: float = PATIENCE_SECONDS,
    *,
    told: Callable[[], str] = lambda: "",
) -> None:
    """Wait until something holds; fail after some seconds, with what `told` then returns."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            pytest.fail(f"it does not come within {seconds:g} s {told()}")
        time.sleep(LOOK_SECONDS)
