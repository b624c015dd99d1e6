"""stub"""

from typing import Any, Literal

Format = Literal["csl", "bibtex", "ris", "text"]
MEDIA_TYPES: dict[Format, str] = {
    "csl": "application/vnd.citationstyles.csl+json",
    "bibtex": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "text": "text/x-bibliography",
}
Entry = Any


def of_wave(*a: Any, **k: Any) -> list[Any]:
    return []


def of_source(*a: Any, **k: Any) -> list[Any]:
    return []


def of_query(*a: Any, **k: Any) -> list[Any]:
    return []


def write(f: Any, e: Any) -> bytes:
    return b"[]"
