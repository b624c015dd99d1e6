"""Prompts: how an assistant should go about what people ask of the ledger."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from layoff_ledger.nearest import nearest_word

MAX_CHARACTERS = 4_000
"""The most characters of an argument."""


class PromptError(Exception):
    """A prompt cannot be made; the message says what to do instead."""


class Prompt(Struct, frozen=True):
    """A prompt, with places for its arguments."""

    name: str
    title: str
    description: str
    arguments: Mapping[str, str]
    """Name → meaning."""
    text: str


_HONESTLY = (
    "Name who says so, and cite each source by publisher, date and address. Give the permanent "
    "link (`about.permanent_link`) of each answer that you used. Never add figures of different "
    "kinds, nor waves and notices. If the ledger has nothing, say that it has nothing, and call "
    "`coverage` to say what it covers: what is not in it may have happened all the same."
)
PROMPTS = {
    one.name: one
    for one in (
        Prompt(
            "check_claim",
            "Check this claim",
            "Checks a sentence about layoffs against what the ledger's sources say.",
            {"claim": "The sentence, as it appears in an article or a post."},
            "Check this claim with the Layoff Ledger:\n\n<claim>\n{claim}\n</claim>\n\n"
            "1. Say which parts can be checked: company, date, number of jobs, reason, and who is "
            "said to have given it.\n"
            "2. Find the wave with `search` or `waves`, and read all of its claims with `wave`. "
            "For a total or a share use `statistics` or `attribution`.\n"
            "3. For each part say: supported, contradicted, or not in the ledger. Where sources "
            "disagree, give each figure with its source. Tell apart what the company states from "
            "what the press or an analyst ascribes to it.\n"
            "4. " + _HONESTLY,
        ),
        Prompt(
            "describe_company",
            "What is known of a company's layoffs?",
            "Tells a company's waves in order, with reasons, speakers and sources.",
            {"company": "Name, former name or ticker of the company."},
            "What does the Layoff Ledger know about the layoffs of "
            "<company>{company}</company>?\n\n"
            "Find its id with `search` (kind=company), list its waves with `waves` "
            "(sort=announced_on), and tell them in order: when, how many jobs (and whether gross "
            "or net), which reasons and who gave them, whose jobs. " + _HONESTLY,
        ),
    )
}


def text_of(name: str, arguments: Mapping[str, str]) -> str:
    """Return a prompt with its arguments; raise `PromptError`."""
    prompt = PROMPTS.get(name)
    if prompt is None:
        hint = nearest_word(name, PROMPTS) or f"there are {', '.join(PROMPTS)}"
        message = f"no prompt {name[:100]!r}; {hint}"
        raise PromptError(message)
    missing = [one for one in prompt.arguments if not arguments.get(one, "").strip()]
    if missing:
        named = ", ".join(f"{one} ({prompt.arguments[one]})" for one in missing)
        message = f"the prompt {name} needs {named}"
        raise PromptError(message)
    kept = {one: arguments[one].strip()[:MAX_CHARACTERS] for one in prompt.arguments}
    return prompt.text.format_map(kept)
