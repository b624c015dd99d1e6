"""How long to wait before what keeps ending is started again (exponential backoff)."""

from __future__ import annotations

FIRST_SECONDS = 0.5


def longer(pause: float, most: float) -> float:
    """Return the pause after one of some seconds: twice as long, half a second after none."""
    return min(most, pause * 2 or FIRST_SECONDS)
