"""The OpenAPI document → the reference as Markdown, for assistants and for people who take notes.

It is written from the same entries as the page (from `reference.read`), not from the page itself,
which is long and says how to try things, which is no use in a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from layoff_ledger.resources.base import Json
from layoff_ledger.site import reference
from layoff_ledger.site.reference import FieldEntry, Line

Codes = dict[str, tuple[tuple[str, str], ...]]
"""Parameter → the codes that it takes, each with its name."""


def write(document: Json, base: str, codes: Codes) -> str:
    """Return the reference: operations by tag, shared parameters with their codes, schemas."""
    read = reference.read(document)
    described = {id_: one for id_, (_, one) in reference.operations(document).items()}
    tags = {one["name"]: one["description"] for one in document["tags"]}
    lines = [
        "# Reference\n",
        f"Version {read.version} of the contract, made from [openapi.json]({base}/openapi.json). "
        f"The data is read at `{base}/v1`, with GET.\n",
        f"{document['info']['description']}\n",
    ]
    for tag in read.tags:
        lines += [f"## {tag.name}\n", f"{tags[tag.name]}\n"]
        for one in tag.operations:
            lines += [
                f"### {one.summary}\n",
                f"`GET {one.path}` ({one.id})\n",
                f"{described[one.id]['description']}\n",
                f"```\ncurl '{base}{one.example}'\n```\n",
                *_fields(
                    "Parameter", one.parameters, described[one.id]["parameters"], is_brief=True
                ),
                *_answers(one, base),
                "",
            ]
    parameters = list(document["components"]["parameters"].values())
    lines += ["## Parameters\n", "Those that several operations have.\n"]
    lines += [*_fields("Parameter", read.parameters, parameters), *_codes(codes)]
    lines += ["## Schemas\n"]
    for schema in read.schemas:
        found = document["components"]["schemas"][schema.name]
        lines += [f"### {schema.name}\n"]
        if text := found.get("description"):
            lines += [f"{text}\n"]
        if schema.fields:
            lines += _fields("Field", schema.fields, list(found["properties"].values()))
        else:
            facts = "; ".join(map(_text, schema.facts))
            lines += [f"{_text(schema.type)}{': ' if facts else ''}{facts}\n"]
    return "\n".join(lines).rstrip() + "\n"


def _fields(
    what: str, entries: Iterable[FieldEntry], described: Iterable[Json], *, is_brief: bool = False
) -> Iterator[str]:
    """Yield a table; for a shared parameter, it may only give the essentials."""
    rows = [
        f"| `{entry.name}` | {_type(entry)} | {_meaning(entry, one, is_brief=is_brief)} |"
        for entry, one in zip(entries, described, strict=True)
    ]
    if rows:
        yield from (f"| {what} | Type | Meaning |", "| --- | --- | --- |", *rows, "")


def _type(entry: FieldEntry) -> str:
    place = " in the path" if entry.is_in_path else ""
    return f"{_text(entry.type)}{place}{', required' if entry.is_required else ''}"


def _meaning(entry: FieldEntry, described: Json, *, is_brief: bool) -> str:
    if is_brief and entry.shared:
        return f"{_cell(entry.brief)} (see Parameters)"
    facts = "; ".join(map(_text, entry.facts))
    return _cell(
        ". ".join(one.rstrip(".") for one in (described.get("description", ""), facts) if one)
    )


def _answers(one: reference.OperationEntry, base: str) -> Iterator[str]:
    types = ", ".join(f"`{media.name}` ({_text(media.content)})" for media in one.media_types)
    yield f"- 200: {one.success} {types}"
    for link in one.links:
        yield f"- Then `{link.operation}`: {link.description}"
    for failure in one.failures:
        codes = ", ".join(f"[{code}]({base}/problems/{code}.md)" for code in failure.codes)
        yield f"- {failure.status}: {codes}" if codes else f"- {failure.status}"


def _codes(codes: Codes) -> Iterator[str]:
    for name, found in codes.items():
        yield f"### Codes of `{name}`\n"
        yield from (f"- `{code}`: {label}" for code, label in found)
        yield ""


def _text(line: Line) -> str:
    return "".join(f"`{one.text}`" if one.is_code else one.text for one in line)


def _cell(text: str) -> str:
    """Write a text in a cell, which has a single line."""
    return " ".join(text.replace("|", "\\|").split())
