"""Words → their English stems: PostgreSQL's, except where those mix up different words.

"Severance" and "several" have one stem there, and so have "united" and "unit": a search for one
would find the other. Nothing here decides where a stem is looked for.
"""

from __future__ import annotations

from collections.abc import Iterable

from layoff_ledger.statement import Connection

# The forms of a word, the first of which is their stem. The words they were mixed up with keep
# theirs. An apostrophe joins ("authority's" is "authoritys").
_FAMILIES = (
    "accountable accountability",
    "agentic",
    "animal animals",
    "authority authoritys authorities",
    # Citi is a bank.
    "city citys cities",
    "consumer consumers",
    "contraction contractions",
    "corporate",
    "customer customers",
    "delayer delayered delayering delayers",
    "denis",
    "emergency emergencies",
    "engine engines",
    "executive executives",
    "experiment experiments experimented",
    "generative",
    "hospitality",
    "important importance importantly",
    "information",
    "initiative initiatives",
    "integrity",
    "internal internally",
    "international internationally",
    "marketing",
    "mobility",
    "national nationally",
    "operator operators",
    "production productions",
    "productive productivity",
    "relative relatively relatives",
    "responsible responsibility responsibilities",
    # Often misspelt like this: PostgreSQL would find "several" with it.
    "severance severence",
    "stated stating",
    "successive",
    "training trained",
    "transition transitional transitioned transitioning transitions",
    "united",
    "universal",
)
OWN = {word: family.split()[0] for family in _FAMILIES for word in family.split()}
"""Word → its stem, if PostgreSQL's stem also belongs to other words."""


async def stems_of(connection: Connection, words: Iterable[str]) -> dict[str, str]:
    """Return the English stem of each word, which may be the word itself."""
    rows = await connection.fetch(
        "select word, coalesce((ts_lexize('english_stem', word))[1], word) as stem "
        "from unnest(string_to_array($1, ' ')) as word",
        # Not as an array, because asyncpg examines each element three times.
        " ".join(words),
    )
    return {row["word"]: OWN.get(row["word"], row["stem"]) for row in rows}
