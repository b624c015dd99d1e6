"""What `/mcp` answers to those who do not post: people are led to the guide, programs told how."""

from __future__ import annotations

from litestar import Response, get

from layoff_ledger.assistants.transport import PATH
from layoff_ledger.http import context
from layoff_ledger.http.problems import MethodNotAllowedError, MovedError
from layoff_ledger.routes.operation import AnyRequest
from layoff_ledger.site import guide

GUIDE = "assistants"


@get(PATH, include_in_schema=False)
async def get_mcp(request: AnyRequest) -> Response[bytes]:
    """Say that assistants post here; a browser is sent to the page that says how to add it."""
    found = guide.guide()
    if context.of(request.scope).is_for_people and found is not None and GUIDE in found.pages:
        leading = f"/guide/{GUIDE}"
        raise MovedError(leading)
    message = (
        "assistants post here (MCP, streamable HTTP, without sessions); the guide tells how to add "
        f"this address to one: /guide/{GUIDE}"
    )
    raise MethodNotAllowedError(message, headers={"allow": "POST, OPTIONS"})


HANDLERS = [get_mcp]
