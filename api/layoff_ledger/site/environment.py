"""The Jinja2 environment of the pages. Whatever is put into a template is escaped there."""

from __future__ import annotations

import base64
import functools
import hashlib
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from layoff_ledger import paths

BASE = "\0base\0"
"""Stands for the address of this server in what is rendered once for all requests.

It cannot occur in a page otherwise: neither Markdown nor a header lets a NUL byte through.
"""


@functools.cache
def _style() -> str:
    return (paths.TEMPLATES / "style.css").read_text(encoding="utf-8")


@functools.cache
def _script() -> str:
    return (paths.PAGES / "complete.js").read_text(encoding="utf-8")


@functools.cache
def policy() -> str:
    """Return the content security policy of the pages: their own style and images, and no more."""
    return (
        f"default-src 'none'; style-src {_digest(_style())}; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@functools.cache
def policy_with_script() -> str:
    """Return that of answers: with one script, which completes names."""
    return f"{policy()}; script-src {_digest(_script())}; connect-src 'self'"


@functools.cache
def policy_of_reference() -> str:
    """Return that of the reference, whose own script sends examples to this server."""
    return f"{policy()}; script-src {_digest(_reference_script())}; connect-src 'self'"


@functools.cache
def _reference_script() -> str:
    return (paths.TEMPLATES / "reference.js").read_text(encoding="utf-8")


def _digest(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


@functools.cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader([paths.TEMPLATES, paths.PAGES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # The policy contains the digest of exactly this text, which is the project's own.
    made.globals["style"] = Markup(_style())  # noqa: S704
    made.globals["script"] = Markup(_script())  # noqa: S704
    made.globals["reference_script"] = Markup(_reference_script())  # noqa: S704
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return made


def render(template: str, **values: Any) -> str:
    """Render a template; using a value that does not exist is an error."""
    return _environment().get_template(template).render(**values)


def with_base(text: str, base: str) -> str:
    """Put the address that a client sees into HTML that was rendered for all of them."""
    return text.replace(BASE, str(escape(base)))
