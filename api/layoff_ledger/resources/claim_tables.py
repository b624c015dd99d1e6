"""Waves and indicators → the flat tables of their claims and citations, for exports."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from layoff_ledger.resources.base import Json, Reader, Table, at, columns, each
from layoff_ledger.resources.claim_parts import ids_of_claims

CITATION_COLUMNS = """
citations                integer!  Citations of the claim; the columns from here to citation_evidence are of the first.
source                   string    Id of the source that is cited first.
source_title             string    Its title as published.
source_publisher         string    Who publishes it.
source_kind              string    Kind of source: filing, company_statement, news and the like.
source_standing          string    What the source is worth: primary, established, republication, secondary, machine_summary.
source_url               string    Its address; null where none is known.
source_archived_url      string    Address of a permanent copy.
source_published_on      date      Day of publication; the first day of its span if it is less precise.
citation_locator         string    Page, paragraph, section or item.
citation_fragment        string    Verbatim words of the source, at most 12.
citation_evidence        string    Whether its text was read: excerpt_read, url_listed or filing.
sources                  list      Ids of all sources that are cited, in the order of the citations, each once.
source_urls              list      Their addresses.
"""
"""The columns of a claim or a value that are about its citations."""


def _first(*path: str) -> Reader:
    """Read something from the first citation."""
    _, read = at(*path)
    return "citations", lambda claim: read(claim["citations"][0]) if claim["citations"] else None


CITED: dict[str, Reader] = {
    "citations": ("citations", lambda claim: len(claim["citations"])),
    "source": _first("source", "id"),
    **{
        f"source_{name}": _first("source", name)
        for name in (
            "title", "publisher", "kind", "standing", "url", "archived_url", "published_on",
        )
    },
    **{f"citation_{name}": _first(name) for name in ("locator", "fragment", "evidence")},
    "sources": each("citations", lambda one: one["source"]["id"]),
    "source_urls": each("citations", lambda one: one["source"]["url"]),
}  # fmt: skip
"""How these columns are read if a record contains its citations in full."""


def cited(numbers: list[int], places: dict[int, Json]) -> Json:
    """Return the columns that are about the citations of a claim, by its numbers."""
    found = [places[n] for n in numbers]
    sources = [one["source"] for one in found]
    row: Json = {
        "citations": len(found),
        "sources": list(dict.fromkeys(one["id"] for one in sources)),
        "source_urls": list(dict.fromkeys(one["url"] for one in sources if one["url"])),
    }
    if found:
        first = found[0]
        row["source"] = first["source"]["id"]
        for name in (
            "title", "publisher", "kind", "standing", "url", "archived_url", "published_on",
        ):  # fmt: skip
            row[f"source_{name}"] = first["source"][name]
        for name in ("locator", "fragment", "evidence"):
            row[f"citation_{name}"] = first[name]
    return row


def places_of(document: Json) -> dict[int, Json]:
    """Return the citations of a document by their numbers."""
    return {one["n"]: one for one in document["citations"]}


# The content of each kind of claim, by the names of the columns.
_VALUES: dict[str, tuple[str, Callable[[Json], Json]]] = {
    "event": (
        "events",
        lambda claim: {
            "about": claim["kind"],
            "dated_on": claim["on"],
            "dated_precision": claim["precision"],
        },
    ),
    "magnitude": (
        "magnitudes",
        lambda claim: {
            "about": claim["measure"],
            "dated_on": claim["stated_on"],
            "dated_precision": claim["stated_precision"],
        },
    ),
    "driver": (
        "drivers",
        lambda claim: {"about": claim["driver"]["code"], "driver": claim["driver"]["code"]},
    ),
    "role": (
        "roles",
        lambda claim: {"about": claim["role"]["code"], "role": claim["role"]["code"]},
    ),
    "context": ("context", lambda claim: {"about": claim["kind"]}),
}


def claims_of(wave: Json) -> Iterator[tuple[str, int, Json]]:
    """Yield kind, number and content of each claim of a wave, in the order of the document."""
    if wave["forms"]:
        yield "form", 1, {"forms": wave["forms"], "citations": wave["form_citations"]}
    if wave["scope"] is not None:
        yield "scope", 1, wave["scope"]
    for kind, (name, values_of) in _VALUES.items():
        for number, claim in enumerate(wave[name], start=1):
            yield kind, number, claim | values_of(claim)


def _claim_rows(wave: Json) -> Iterator[Json]:
    places, next_id = places_of(wave), ids_of_claims(wave["id"])
    for kind, number, claim in claims_of(wave):
        # Columns are filled by name: those that do not apply to a kind of claim stay null.
        kept = {name: claim.get(name) for name in _CLAIM_NAMES}
        yield kept | {
            "id": f"{wave['id']}:{kind}:{number}",
            "claim_id": next_id(kind, {**claim, "code": claim.get("about")}),
            "wave": wave["id"],
            "kind": kind,
            "number": number,
            "company": wave["company"]["id"],
            "company_name": wave["company"]["name"],
            "announced_on": wave["announced_on"],
            "canonical": wave["canonical"],
            **cited(claim["citations"], places),
        }


def series_of(indicators: Json) -> Iterator[Json]:
    """Yield all series of a company; a document of a past revision may lack later additions."""
    yield from indicators["series"]
    yield from indicators.get("restructuring", ())


def citation_rows(document: Json) -> Iterator[Json]:
    """Yield a row for each citation of each claim, or of each value of an indicator."""
    places = places_of(document)
    cited: Iterator[tuple[str, str, list[int]]]
    if "series" in document:
        cited = (
            ("indicator", f"{series['id']}:{number}", value["citations"])
            for series in series_of(document)
            for number, value in enumerate(series["values"], start=1)
        )
    else:
        cited = (
            ("claim", f"{document['id']}:{kind}:{number}", claim["citations"])
            for kind, number, claim in claims_of(document)
        )
    for of, id_, numbers in cited:
        for position, n in enumerate(numbers, start=1):
            place = places[n]
            yield {
                "id": f"{id_}:{position}",
                "claim": None,
                "indicator": None,
                of: id_,
                "position": position,
                "source": place["source"]["id"],
                "locator": place["locator"],
                "fragment": place["fragment"],
                "evidence": place["evidence"],
            }


CLAIMS = Table(
    "claims",
    "Claims",
    "One claim about a wave on each row, whoever makes it, with its first citation; the table "
    "citations has all of them. Conflicting claims stand side by side: rank tells them apart.",
    columns(
        """
id                       string!   wave:kind:number. Numbers may move in a later revision: cite it with the revision.
wave                     string!   Id of the wave.
company                  string!   Id of the company that cuts.
company_name             string!   Its common name.
announced_on             date!     When the wave was announced.
canonical                boolean!  Whether statistics count the wave.
kind                     string!   form, scope, event, magnitude, driver, role or context.
number                   integer!  Order among the claims of this kind and wave.
about                    string    Status, measure, driver, role or aspect of context; null for scope and form.
speaker                  string    Who says it: company, press, analyst, regulator, union; null for form.
rank                     string    preferred feeds the wave's figures; deprecated is known to be wrong; null for scope and form.
driver                   string    Driver claims: code of the table drivers.
stance                   string    Driver claims: states, reports, or denies that it was the reason.
weight                   string    Driver claims: primary, contributing or context.
role                     string    Role claims: code of the table roles.
effect                   string    Role claims: cut, spared or hired.
headcount                integer   Role claims: jobs of this role, if said.
wording                  string    Role claims: how the source names them.
low                      number    Magnitude claims: at least; jobs, or a fraction of one where about is share.
high                     number    Magnitude claims: at most; null if there is no bound.
qualifier                string    Magnitude claims: how the source hedges the figure.
counts                   string    Magnitude claims: gross, net or affected.
cumulative               boolean   Magnitude claims: earlier waves are included.
contractors_included     boolean   Magnitude claims: not only employees.
base                     string    Magnitude claims: what the figure is of; null is the whole company.
dated_on                 date      Event claims: when it happened; magnitude claims: when it was said. First day of the span.
dated_precision          string    How precise dated_on is.
statement                string    One sentence, in the ledger's own words.
fragment                 string    Driver claims: verbatim words of the source, at most 12.
forms                    list      Form claims: how the posts go.
worldwide                boolean   Scope claims: in more than the listed countries.
countries                list      Scope claims, and magnitude claims of these only: countries, ISO 3166-1 alpha-2.
units                    list      Scope claims: divisions, sites, brands.
note                     string    A caution for readers.
"""
        + CITATION_COLUMNS.lstrip("\n")
        + """subdivisions             list      Scope claims, and magnitude claims of these only: ISO 3166-2.
sites                    list      Scope claims: towns and plants that a source names.
increment                integer   Magnitude claims: the jobs of a cumulative figure that are new, if said.
includes                 list      Magnitude claims: ids of the waves whose jobs the figure contains.
claim_id                 string!   Id of the claim at /v1/claims: it stays while what identifies the claim is the same.
"""
    ),
    _claim_rows,
    references={
        "wave": "waves",
        "company": "companies",
        "driver": "drivers",
        "role": "roles",
        "source": "sources",
    },
)
_CLAIM_NAMES = [one.name for one in CLAIMS.columns]
CITATIONS = Table(
    "citations",
    "Citations",
    "One citation of one claim, or of one value of an indicator, on each row.",
    columns("""
id                       string!   Id of the claim or of the value, and the position.
claim                    string    Id of the claim; null where a value of an indicator is cited.
indicator                string    Id of the value in the table indicators; null where a claim is cited.
position                 integer!  Order among the citations of the claim or value.
source                   string!   Id of the source.
locator                  string    Page, paragraph, section or item.
fragment                 string    Verbatim words, at most 12.
evidence                 string!   Whether its text was read: excerpt_read, url_listed or filing.
"""),
    citation_rows,
    references={"claim": "claims", "indicator": "indicators", "source": "sources"},
)
