"""For machines: robots.txt, site maps of the newest revision, llms.txt, security.txt, the icon."""

from __future__ import annotations

import datetime
import re
from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from layoff_ledger.http import policy
from layoff_ledger.routes.links import base_of
from layoff_ledger.routes.operation import AnyRequest
from layoff_ledger.site import machines
from layoff_ledger.statement import Statement
from layoff_ledger.store.ledger import Ledger

_FRESH = {"cache-control": policy.PAGE}
_XML, _TEXT = "application/xml", "text/plain"
_MAP = re.compile(r"([a-z_]{1,40})-([1-9][0-9]{0,5})\.xml")


@get("/robots.txt", include_in_schema=False)
async def get_robots(request: AnyRequest) -> Response[bytes]:
    """Tell crawlers where the site map is, and what they need not fetch."""
    body = machines.robots(base_of(request)).encode()
    return Response(body, media_type=_TEXT, headers=_FRESH)


@get("/.well-known/security.txt", include_in_schema=False)
async def get_security_contact(request: AnyRequest) -> Response[bytes]:
    """Say where a vulnerability is reported (RFC 9116), if the operator has said where."""
    contacts: tuple[str, ...] = request.app.state.security_contact
    if not contacts:
        raise NotFoundException
    today = datetime.datetime.now(datetime.UTC).date()
    body = machines.security(contacts, today, base_of(request)).encode()
    return Response(body, media_type=_TEXT, headers=_FRESH)


@get(["/favicon.svg", "/favicon.ico"], include_in_schema=False)
async def get_icon() -> Response[bytes]:
    """Return the icon, also under the name that browsers request by themselves."""
    return Response(machines.ICON.encode(), media_type="image/svg+xml", headers=_FRESH)


@get("/llms.txt", include_in_schema=False)
async def get_llms(request: AnyRequest, ledger: NamedDependency[Ledger]) -> Response[bytes]:
    """Tell assistants what is here and how to query it."""
    body = machines.llms(ledger.revisions.newest, base_of(request)).encode()
    return Response(body, media_type=_TEXT, headers=_FRESH)


@get("/sitemap.xml", include_in_schema=False)
async def get_site_map_index(
    request: AnyRequest, ledger: NamedDependency[Ledger]
) -> Response[bytes]:
    """List the site maps of the newest revision."""
    body = machines.index(ledger.revisions.newest, base_of(request)).encode()
    return Response(body, media_type=_XML, headers=_FRESH)


@get("/sitemaps/{name:str}", include_in_schema=False)
async def get_site_map(
    request: AnyRequest, ledger: NamedDependency[Ledger], name: FromPath[str]
) -> Response[bytes]:
    """Return one site map: the pages of the site, or some records of one kind."""
    base, snapshot = base_of(request), ledger.revisions.newest
    match = _MAP.fullmatch(name)
    if match is None or (match[1], int(match[2])) not in machines.maps(snapshot):
        raise NotFoundException
    resource = next((one for one in machines.mapped() if one.path == match[1]), None)
    if resource is None:
        text = machines.pages(base)
    else:
        offset = (int(match[2]) - 1) * machines.PER_MAP
        rows = await ledger.fetch(
            Statement.named("read_ids", resource.name, snapshot.revision, machines.PER_MAP, offset)
        )
        ids = (quote(row["id"], safe=":") for row in rows)
        text = machines.site_map(base, (f"/v1/{resource.path}/{id_}" for id_ in ids))
    return Response(text.encode(), media_type=_XML, headers=_FRESH)


HANDLERS = [
    get_robots,
    get_security_contact,
    get_icon,
    get_llms,
    get_site_map_index,
    get_site_map,
]
