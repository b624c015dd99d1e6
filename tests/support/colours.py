"""Colours as people see them, beside each other."""

from __future__ import annotations


def linear(hexadecimal: str) -> list[float]:
    parts = [int(hexadecimal[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]


def contrast(one: str, other: str) -> float:
    """WCAG 2."""
    luminances = sorted(
        sum(part * weight for part, weight in zip(linear(c), (0.2126, 0.7152, 0.0722), strict=True))
        for c in (one, other)
    )
    return (luminances[1] + 0.05) / (luminances[0] + 0.05)
