"""The guide: `docs/` is served as pages, whole, linked and harmless."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from urllib.parse import urldefrag

import httpx
import pytest

from layoff_ledger import paths
from layoff_ledger.site import guide, markdown, pages
from layoff_ledger.site.environment import BASE
from layoff_ledger.site.guide import Guide

HOSTILE = """<script>alert("1")</script> "&'{{ 7 * 7 }}{% raw %}"""
RECIPES = """# Recipes
Ask it *from your tool*. There are more, e.g. for R.

See [the wave](reading.md#what-it-says), [why](adr/0001-text.md), [the decisions](adr/README.md),
[the method](../data/METHOD.md#what-a-claim-is), [the code](../api/), [here](#sh) and
[the waves](http://localhost:8000/v1/waves), on <http://localhost:8000>.

## sh
```sh
curl 'http://localhost:8000/v1/waves?company=meta&limit=1'
```

## sh
| left | right |
|---|--:|
| a | 1 |
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    docs = tmp_path / "docs"
    (docs / "adr").mkdir(parents=True)
    (docs / "index.md").write_text("# The guide\nBegin with [recipes](recipes.md).\n")
    (docs / "recipes.md").write_text(RECIPES)
    (docs / "reading.md").write_text("# A wave\n## What it says\nMuch.\n")
    (docs / "adr" / "README.md").write_text("# Why it is so\n")
    (docs / "adr" / "0001-text.md").write_text("# Text\nBack to [recipes](../recipes.md).\n")
    return docs


def read(folder: Path) -> Guide:
    found = guide.read(folder)
    assert found is not None
    return found


def test_pages_come_in_the_order_of_the_index_then_by_name(folder: Path) -> None:
    first, decisions = read(folder).groups

    assert [one.name for one in first.entries] == ["recipes", "reading"]
    assert (decisions.title, decisions.name) == ("Why it is so", "adr")
    assert [one.name for one in decisions.entries] == ["adr/0001-text"]


def test_a_page_is_summed_up_by_its_first_sentence(folder: Path) -> None:
    assert read(folder).pages["recipes"].summary == "Ask it from your tool."
    assert "<dd>Ask it from your tool.</dd>" in pages.render_guide(read(folder))


def test_links_lead_to_pages_and_nowhere_else(folder: Path) -> None:
    found = read(folder)

    hrefs = re.findall(r'href="([^"]*)"', found.pages["recipes"].body)

    assert hrefs == [
        f"{BASE}/guide/reading#what-it-says",
        f"{BASE}/guide/adr/0001-text",
        f"{BASE}/guide/adr",
        f"{BASE}/method#what-a-claim-is",
        "#sh",
        f"{BASE}/v1/waves",
        BASE,
    ]
    assert "the code" in found.pages["recipes"].body
    assert f'href="{BASE}/guide/recipes"' in found.pages["adr/0001-text"].body


def test_examples_name_the_server_that_shows_them(folder: Path) -> None:
    body = read(folder).pages["recipes"].body

    assert f"curl '{BASE}/v1/waves?company=meta&amp;limit=1'" in body


def test_headings_have_anchors_of_their_own(folder: Path) -> None:
    page = read(folder).pages["recipes"]

    assert [one.anchor for one in page.sections] == ["sh", "sh-1"]
    assert '<h2 id="sh-1">sh</h2>' in page.body
    assert [one.anchor for one in markdown.article("# x\n## main\n").sections] == ["main-1"]


def test_cells_are_aligned_without_a_style_of_their_own(folder: Path) -> None:
    body = read(folder).pages["recipes"].body

    assert '<td class="right">1</td>' in body
    assert "style=" not in body


def test_without_a_folder_there_is_no_guide(tmp_path: Path) -> None:
    assert guide.read(tmp_path / "docs") is None


def test_what_a_page_says_is_escaped(folder: Path) -> None:
    text = f"# {HOSTILE}\n{HOSTILE}.\n\n## {HOSTILE}\n`{HOSTILE}`\n\n    {HOSTILE}\n\n"
    text += "[a](javascript:alert(1)) [b](<x\"onclick=alert(1).md>) ![c](x.png' onerror=alert)\n"
    (folder / "adr" / "0002-hostile.md").write_text(text)
    found = read(folder)

    for made in (
        pages.render_guide(found),
        pages.render_guide_page(found, "adr/0002-hostile"),
        pages.render_guide_page(found, "recipes"),
    ):
        assert "<script" not in made
        assert "{{ 7 * 7 }}" in made
        assert not re.search(r"<[^>]*\s(?:onclick|onerror)\s*=", made)
        assert 'href="javascript:' not in made


def test_a_link_of_the_guide_leads_to_a_file_that_exists() -> None:
    """Also if the site only shows its text: code hosts show the link."""
    for path in sorted(paths.DOCS.rglob("*.md")):
        for link in markdown.article(path.read_text(encoding="utf-8")).links:
            target = urldefrag(link).url
            if target and not re.match(r"[a-z]+:", target):
                found = posixpath.normpath(path.parent / target)
                assert Path(found).exists(), f"{path.name}: {link}"


@pytest.mark.parametrize(
    "path", ["/guide/nope", "/guide/adr/nope", "/guide/index", "/guide/..%2fREADME", "/guide/a/b/c"]
)
def test_what_is_no_page_is_answered_like_any_unknown_path(api: httpx.Client, path: str) -> None:
    answer = api.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith("no path ")


def test_the_guide_lists_every_page(api: httpx.Client) -> None:
    text = api.get("/guide").text
    base = str(api.base_url).rstrip("/")

    for name, article in read(paths.DOCS).pages.items():
        assert f'href="{base}/guide/{name}"' in text
        assert article.title
        assert article.summary


def test_pages_lead_to_the_guide(api: httpx.Client) -> None:
    base = str(api.base_url).rstrip("/")

    for path in ("/", "/docs", "/method"):
        assert f'href="{base}/guide"' in api.get(path).text
    (linkset,) = api.get("/.well-known/api-catalog").json()["linkset"]
    assert f"{base}/guide" in [one["href"] for one in linkset["service-doc"]]
