"""An export as a Croissant data set (version 1.0), for machine-learning tools.

It says what the Data Package says, in another vocabulary: the CSV files, their columns and types.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from layoff_ledger.resources.base import Column, Json, Table

CROISSANT = "croissant.json"
PROFILE = "http://mlcommons.org/croissant/1.0"
# As the specification prints it, because readers compare it.
_CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
# A list is text here: in CSV its items are joined by `;`.
_TYPES = {
    "string": "sc:Text",
    "list": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
}


def document(
    about: Json, tables: Iterable[tuple[Table, Json]], *, revision: int, at: datetime.datetime
) -> Json:
    """Return the description; `about` has what it shares with the Data Package.

    Each table comes with what the Data Package says about its CSV file. The files are beside this
    one, so their addresses are relative. A column may be empty if it is not required.
    """
    found = list(tables)
    keys = {table.name: table.key for table, _ in found}
    day = at.astimezone(datetime.UTC).date().isoformat()
    home = about.get("homepage") or about["id"]
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": PROFILE,
        "name": "layoff-ledger",
        "description": about["description"],
        "license": [one["path"] for one in about["licenses"]],
        "url": home,
        "identifier": about["id"],
        "version": f"{revision}.0.0",
        "datePublished": day,
        "creator": {"@type": "sc:Organization", "name": about["contributors"][0]["title"]},
        "keywords": about["keywords"],
        "citeAs": f"{about['contributors'][0]['title']} ({day}). {about['title']} [Data set], "
        f"revision {revision}. {home}",
        "isLiveDataset": False,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": file["path"],
                "name": file["path"],
                "description": table.meaning,
                "contentUrl": file["path"],
                "contentSize": f"{file['bytes']} B",
                "encodingFormat": file["mediatype"],
                "sha256": file["hash"].removeprefix("sha256:"),
            }
            for table, file in found
        ],
        "recordSet": [_record_set(table, file, keys) for table, file in found],
    }


def _record_set(table: Table, file: Json, keys: dict[str, str]) -> Json:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.meaning,
        "key": {"@id": f"{table.name}/{table.key}"},
        "field": [_field(table, column, file, keys) for column in table.columns],
    }


def _field(table: Table, column: Column, file: Json, keys: dict[str, str]) -> Json:
    other = table.references.get(column.name)
    refers = {} if other is None else {"references": {"field": {"@id": f"{other}/{keys[other]}"}}}
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": column.meaning,
        "dataType": _TYPES[column.type],
        "source": {
            "fileObject": {"@id": file["path"]},
            "extract": {"column": column.name},
        },
        **refers,
    }
