"""The texts of the OpenAPI document that belong to no operation and to no field."""

from __future__ import annotations

DESCRIPTION = """\
Who cut how many jobs, when, why (as stated, and by whom), whose jobs they were, and which \
source says so. Every claim carries its citations, its speaker and its rank. No key is needed.

**Lists** have an envelope: `data`, `links` (`next` is the address of the next page, or null) and \
`meta` (`count` is exact). Following `next` gives each record exactly once, even if the ledger is \
published again meanwhile: the walk stays at the revision at which it began.

**Unknown** is null and present, never 0; an empty list is `[]`. Shares are fractions of one. \
Dates are ISO 8601, moments end in `_at` and are UTC. A date that is not precise to the day is the \
first day of its span, with its precision beside it.

**Filters**: several values of one parameter mean or, several parameters mean and. Repeat a \
parameter (`driver=a&driver=b`) or use commas (`driver=a,b`). Unknown parameters and unknown codes \
are refused, with the nearest known one as a suggestion; so is a parameter of one value that is \
given twice. A parameter named `_` is ignored: spreadsheets and scripts send one to get past a \
cache.

**Time**: every answer comes from a revision, and `as_of` asks for an earlier one, by its number \
or by a past day. Such an answer never changes: `links.self` and `Link: rel="cite-as"` have its \
address. `/v1/changes` lists what changed, so that a copy can keep up. Ids are permanent: a \
merged record answers 301, a withdrawn one 410 with the reason.

**HTTP**: HEAD wherever there is GET, `ETag` and `If-None-Match` (304), zstd, br and gzip, CORS \
for any origin. Errors are problems (RFC 9457) of one shape. After 429 and 503, wait as long as \
`Retry-After` says, and ask again.

**Stability**: fields and codes may be added within `/v1`, never removed or re-typed; ignore what \
you do not know. Vocabularies that grow are open strings with examples; only closed sets are \
enums. Cursors and ETags are opaque. What is going to be removed is first marked `deprecated`, and \
answers that involve it carry `Deprecation` and `Sunset`.

**For generators**: `/openapi.sdk.json` has the same operations with answers as JSON only, \
`/openapi.yaml` is this document as YAML.
"""

TAGS = {
    "Waves": "Coherent reductions, each by one company, with claims and citations.",
    "Search": "From words to records, and from beginnings of names to companies.",
    "Companies": "Employers, with the identifiers that join them to other data.",
    "Notices": "What employers filed with authorities, linked to companies and waves.",
    "Taxonomies": "The controlled vocabularies of drivers and roles, with crosswalks.",
    "Sources": "Texts that are cited, what they are worth, and where records come from.",
    "Time": "Revisions of the ledger, and what each one changed.",
    "Exports": "A whole revision as files, for those who want everything.",
    "About": "How complete the ledger is, and what its fields mean.",
    "Operations": "For those who run the service.",
}

# Which page of the guide says more about a tag.
GUIDES = {
    "Waves": "guide/queries",
    "Search": "guide/queries",
    "Companies": "guide/queries",
    "Notices": "guide/notices",
    "Taxonomies": "guide/reading-a-wave",
    "Sources": "guide/reading-a-wave",
    "Time": "guide/time",
    "Exports": "guide/exports-and-replicas",
    "About": "method",
    "Operations": "guide/operations",
}
