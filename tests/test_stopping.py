"""Ctrl-C and SIGTERM end a command in the same way, whatever it is doing."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time

import pytest

from layoff_ledger.stopping import AGAIN_SECONDS, LOST_SECONDS, SIGNALS, stopped_by_signals

pytestmark = [pytest.mark.parametrize("number", SIGNALS), pytest.mark.thorough]


def test_what_waits_in_a_loop_is_cancelled_and_ends_in_order(number: signal.Signals) -> None:
    way_out = []

    async def work() -> None:
        asyncio.get_running_loop().call_soon(signal.raise_signal, number)
        try:
            await asyncio.sleep(600)
        finally:
            await asyncio.sleep(0)
            way_out.append("went on")

    with stopped_by_signals() as stopping, pytest.raises(KeyboardInterrupt):
        stopping.run(work())
    assert way_out == ["went on"]


def test_what_has_nothing_left_to_wait_for_ends_the_command(number: signal.Signals) -> None:
    async def work() -> None:
        signal.raise_signal(number)

    with stopped_by_signals() as stopping, pytest.raises(KeyboardInterrupt):
        stopping.run(work())


def test_what_passes_over_its_cancellation_ends_the_command(number: signal.Signals) -> None:
    async def work() -> str:
        asyncio.get_running_loop().call_soon(signal.raise_signal, number)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(600)
        return "published"

    with stopped_by_signals() as stopping, pytest.raises(KeyboardInterrupt):
        stopping.run(work())


def test_what_fails_for_its_cancellation_ends_the_command(number: signal.Signals) -> None:
    async def work() -> None:
        asyncio.get_running_loop().call_soon(signal.raise_signal, number)
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError as error:
            raise ConnectionError from error

    with stopped_by_signals() as stopping, pytest.raises(KeyboardInterrupt):
        stopping.run(work())


def test_what_begins_after_a_signal_that_was_lost_is_cancelled(number: signal.Signals) -> None:
    with stopped_by_signals() as stopping:
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt):
            stopping.run(asyncio.sleep(600))


class Finalized:
    """Asks this process to end while its finalizer runs: Python swallows what that raises."""

    def __init__(self, number: signal.Signals) -> None:
        self._number = number

    def __del__(self) -> None:
        signal.raise_signal(self._number)


def test_one_that_meets_a_finalizer_comes_again(number: signal.Signals) -> None:
    with stopped_by_signals():
        finalized = Finalized(number)
        del finalized
        with pytest.raises(KeyboardInterrupt):
            time.sleep(600)


def test_one_that_meets_a_finalizer_in_a_loop_cancels_it(number: signal.Signals) -> None:
    way_out = []

    async def work() -> None:
        try:
            await asyncio.sleep(600)
        finally:
            await asyncio.sleep(2 * LOST_SECONDS)
            way_out.append("went on")

    with stopped_by_signals() as stopping:
        finalized = Finalized(number)
        del finalized
        with pytest.raises(KeyboardInterrupt):
            stopping.run(work())
    assert way_out == ["went on"]


def test_one_that_was_lost_can_be_sent_again(number: signal.Signals) -> None:
    with stopped_by_signals():
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(number)
        time.sleep(AGAIN_SECONDS + 0.1)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)


def test_one_that_is_sent_twice_at_once_does_not_interrupt_the_way_out(
    number: signal.Signals,
) -> None:
    way_out = []

    def work() -> None:
        with stopped_by_signals():
            try:
                signal.raise_signal(number)
            finally:
                for other in SIGNALS:
                    signal.raise_signal(other)
                way_out.append("went on")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert way_out == ["went on"]


def test_what_is_ignored_stays_so(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with stopped_by_signals() as stopping:
            signal.raise_signal(number)
            assert stopping.run(asyncio.sleep(0, "done")) == "done"
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_afterwards_signals_do_what_they_did(number: signal.Signals) -> None:
    before = signal.getsignal(number)

    with stopped_by_signals():
        assert signal.getsignal(number) != before

    assert signal.getsignal(number) == before
