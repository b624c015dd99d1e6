"""The word that is hidden in all records of a company, by which its other names find them."""

from __future__ import annotations


def token_of(company: str) -> str:
    """Return that word, from the id of the company.

    Names that the records do not have are looked up, and find them by it. It begins with a digit,
    so nobody means it and no word is corrected to it.
    """
    return f"0{company.replace('-', '0')}"


def is_token(word: str) -> bool:
    """Return whether a word, or the beginning of one, may be hidden rather than written."""
    return word.startswith("0") and not word.isdigit()
