"""A chart as a page that others embed in theirs, with its own policy, independent of requests."""

from __future__ import annotations

import base64
import functools
import hashlib
from typing import Any

from markupsafe import Markup

from layoff_ledger import paths
from layoff_ledger.site import environment


@functools.cache
def _style() -> str:
    return (paths.TEMPLATES / "embed.css").read_text(encoding="utf-8")


@functools.cache
def policy() -> str:
    """Return the content security policy: this server's images and its own style, in any page."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src 'self'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors *"
    )


def render(**values: Any) -> str:
    """Render the page; all values are text, and are escaped."""
    # The policy contains the digest of exactly this text, which is the project's own.
    style = Markup(_style())  # noqa: S704
    return environment.render("embed.html", style=style, **values)
