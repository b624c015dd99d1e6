"""Charts: their numbers are those of the JSON; unknown is never drawn as 0, overlaps not summed."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import html
import itertools
import json
import re
import shutil
import signal
import struct
import sys
import tempfile
from asyncio.subprocess import Process
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

import httpx
import pytest
import pytest_asyncio
import uvloop

from layoff_ledger.charts import drawing, text
from layoff_ledger.charts.colours import THEMES
from layoff_ledger.charts.description import describe
from layoff_ledger.charts.drawing import Drawer
from layoff_ledger.charts.figure import OTHERS, UNKNOWN, Figure, Form, Panel, Unit, Value
from layoff_ledger.charts.layout import MAX_BARS, Size, TooSmallError, specify
from layoff_ledger.http.problems import UnavailableError
from layoff_ledger.query.dimensions import DIMENSIONS
from support.colours import contrast, linear
from support.overhearing import overhearing
from support.services import running, serving

pytestmark = pytest.mark.thorough

Json = dict[str, Any]
SVG = "{http://www.w3.org/2000/svg}"
CHARTS = (
    "/v1/indicators?company=meta&metric=employees",
    "/v1/statistics?group_by=year",
    "/v1/attribution?by=year",
    "/v1/rebalancing?company=meta",
)


def json_of(client: httpx.Client, path: str, **more: str) -> Json:
    answer = client.get(path, params=httpx.URL(path).params.merge(more))
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def views(specification: Json) -> list[Json]:
    found: list[Json] = specification.get("concat", [specification])
    return found


def values(view: Json) -> list[Json]:
    found: list[Json] = view["data"]["values"]
    return found


def parsed(image: str | bytes) -> ET.Element:
    return ET.fromstring(image)  # noqa: S314 our own


def text_of(image: str | bytes) -> str:
    return " ".join(parsed(image).itertext())


def figure(*shown: Value, form: Form = "columns", **more: Any) -> Figure:
    panel = Panel(
        form=form,
        unit=Unit("waves"),
        values=list(shown),
        keys=list(dict.fromkeys(one.key for one in shown)),
        **more,
    )
    return Figure(
        title="A title",
        basis=["What it rests on."],
        panels=[panel],
        series=dict.fromkeys(panel.series, "A series"),
        source="A source",
        address="http://ledger/v1/statistics?group_by=year",
        kind="Bar chart",
    )


SIZE = Size(width=640, height=None)


# The numbers


@pytest.mark.parametrize(
    ("measure", "low", "high"),
    [
        ("waves", "waves", None),
        ("companies", "companies", None),
        ("headcount", "headcount_low", "headcount_high"),
        ("headcount_gross", "headcount_gross_low", "headcount_gross_high"),
        ("headcount_median", "headcount_median", None),
    ],
)
def test_a_chart_has_the_numbers_of_the_json(
    real: httpx.Client, measure: str, low: str, high: str | None
) -> None:
    path = "/v1/statistics?group_by=year"
    groups = json_of(real, path, spread="true")["data"]
    (view,) = views(json_of(real, path, format="vega", measure=measure))

    assert [(one["key"], one["value"], one.get("high")) for one in values(view)] == [
        (one["keys"]["year"], one[low], one[high] if high else None) for one in groups
    ]


def test_a_chart_of_attribution_has_the_numbers_of_the_json(real: httpx.Client) -> None:
    path = "/v1/attribution?by=year&announced_gte=2020"
    rows = json_of(real, path)["data"]
    (view,) = views(json_of(real, path, format="vega"))

    drawn = {(one["key"], one["series"]): one["value"] for one in values(view)}
    assert drawn == {
        (one["key"], one["rule"]): one["share_of_waves"] for one in rows if one["rule"] != "all"
    }


def test_a_chart_of_rebalancing_has_the_numbers_of_the_json(real: httpx.Client) -> None:
    path = "/v1/rebalancing?company=meta"
    rows = json_of(real, path)["data"]
    spent, staff, *jobs = views(json_of(real, path, format="vega"))

    assert {(one["key"], one["series"]): one["value"] for one in values(spent)} == {
        (str(one["year"]), one["capital_expenditure_series"]): one["capital_expenditure_low"]
        for one in rows
        if one["capital_expenditure_series"]
    }
    assert {one["key"]: one["value"] for one in values(staff)} == {
        str(one["year"]): one["employees_low"] for one in rows if one["employees_series"]
    }
    kinds = [
        {str(one["year"]): one[f"headcount_{kind}_low"] for one in rows}
        for kind in ("gross", "net", "affected", "unstated")
    ]
    kinds = [{key: one for key, one in kind.items() if one is not None} for kind in kinds]
    assert [{one["key"]: one["value"] for one in values(view)} for view in jobs] == [
        kind for kind in kinds if kind
    ]


def test_a_chart_of_indicators_has_the_numbers_of_the_json(real: httpx.Client) -> None:
    path = "/v1/indicators?company=meta,microsoft&metric=employees,revenue"
    figures = json_of(real, f"{path}&limit=200")["data"]
    panels = views(json_of(real, path, format="vega"))

    boxes = sorted({(one["metric"], one["frequency"]) for one in figures})
    assert len(panels) == len(boxes)
    drawn = sorted((one["series"], one["value"]) for view in panels for one in values(view))
    assert drawn == sorted((one["company"], one["low"]) for one in figures)
    joined = {one["run"].rpartition(" ")[0] for view in panels for one in values(view)}
    preferred = [one for one in figures if (one["rank"], one["kind"]) == ("preferred", "outcome")]
    assert joined == {one["series"] for one in preferred} | {
        one["id"] for one in figures if one not in preferred
    }


PAIRS = [
    (along, across)
    for along, several in (("year", DIMENSIONS), ("country", ("status", "role", "company")))
    for across in several
    if across != along
]


@pytest.mark.parametrize(("along", "across"), PAIRS)
def test_what_is_stacked_adds_up_and_nothing_else_is(
    real: httpx.Client, along: str, across: str
) -> None:
    specification = json_of(real, f"/v1/statistics?group_by={along},{across}&format=vega")
    (view,) = views(specification)
    encodings = [layer["encoding"] for layer in view["layer"] if "encoding" in layer]
    stacks = {
        one.get("stack") for encoding in encodings for one in encoding.values() if "field" in one
    }
    is_stacked = "zero" in stacks

    # With two dimensions of time, the one that is named first is on the axis.
    axis = across if DIMENSIONS[across].is_time and not DIMENSIONS[along].is_time else along
    series = along if axis == across else across
    assert is_stacked == (not DIMENSIONS[series].many)
    if not is_stacked:
        return
    wholes = {
        one["keys"][axis]: one["waves"]
        for one in json_of(real, f"/v1/statistics?group_by={axis}")["data"]
    }
    sums: dict[str | None, int] = defaultdict(int)
    for one in values(view):
        sums[one["key"]] += one["value"]
    assert dict(sums) == {key: one for key, one in wholes.items() if key in sums}
    # If an axis has too many keys, the greatest are drawn.
    assert len(sums) == len(wholes) or len(sums) == MAX_BARS


def test_running_totals_are_never_stacked(real: httpx.Client) -> None:
    path = "/v1/statistics?group_by=year,status&cumulative=true&format=vega"
    (view,) = views(json_of(real, path))

    assert '"stack":"zero"' not in str(view).replace("'", '"').replace(": ", ":")
    assert view["layer"][0]["mark"]["type"] == "line"


def test_a_filter_keeps_the_groups_that_it_names(real: httpx.Client) -> None:
    path = "/v1/statistics?group_by=year,country&country=US,DE&format=vega"
    (view,) = views(json_of(real, path))

    assert {one["series"] for one in values(view)} == {"US", "DE"}


def test_three_dimensions_are_panels(real: httpx.Client) -> None:
    path = "/v1/statistics?group_by=year,status,country&country=US,DE"
    groups = json_of(real, path)["data"]
    panels = views(json_of(real, path, format="vega"))

    assert len(panels) == 2
    drawn = {
        (one["key"], one["series"], country): one["value"]
        for country, view in zip(("US", "DE"), panels, strict=True)
        for one in values(view)
    }
    assert drawn == {
        (keys["year"], keys["status"], keys["country"]): one["waves"]
        for one in groups
        if (keys := one["keys"])["country"] in {"US", "DE"}
    }


# What is not known


async def test_what_is_not_known_is_drawn_as_such(drawer: Drawer) -> None:
    shown = figure(Value(key="2023", low=5), Value(key="2024", low=None), Value(key=None, low=3))
    specification = specify(shown, SIZE)
    (view,) = views(specification)

    assert [one["value"] for one in values(view)] == [5, None, 3]
    words = [one.text for one in parsed(await drawer.svg(specification)).iter(f"{SVG}text")]
    assert "?" in words
    assert UNKNOWN in words
    assert "0" not in [one["label"] for one in values(view)]


async def test_what_is_not_known_of_a_stack_is_marked_beyond_it(drawer: Drawer) -> None:
    shown = figure(
        Value(key="2023", low=5, series="a"),
        Value(key="2023", low=None, series="b"),
        Value(key="2024", low=None, series="a"),
        stacked=True,
        series=["a", "b"],
    )

    assert text_of(await drawer.svg(specify(shown, SIZE))).count("+\u202f?") == 2


@pytest.mark.parametrize(
    "question", ["/v1/statistics?group_by={}", "/v1/attribution?driver=ai_automation&by={}"]
)
@pytest.mark.parametrize(("span", "length"), [("year", 4), ("month", 7)])
def test_the_span_of_the_newest_wave_is_marked(
    real: httpx.Client, question: str, span: str, length: int
) -> None:
    """Not that of the publication, before which nothing had been added for months."""
    newest = json_of(real, "/v1/waves?limit=1&sort=-announced_on")["data"][0]["announced_on"]
    specification = json_of(real, f"{question.format(span)}&format=vega")
    marked = {one["key"] for one in values(views(specification)[0]) if one.get("partial")}

    assert marked == {newest[:length]}
    assert f"* {newest[:length]}: until {newest}, the newest wave." in json.dumps(specification)


@pytest.mark.parametrize("form", ["lines", "columns"])
async def test_a_period_that_was_not_over_is_pale_and_has_a_star(
    drawer: Drawer, form: Form
) -> None:
    """Also where its label has no room, or where only the first period of a year has one."""
    months = [f"2025-{month:02}" for month in range(1, 8)]
    shown = [Value(key=month, low=5) for month in months]

    def drawn(**more: Any) -> Figure:
        return figure(*shown, form=form, partial=months[-1], **more)

    labelled = await drawer.svg(specify(drawn(), SIZE))
    unlabelled = await drawer.svg(specify(drawn(ticks=[months[0]]), SIZE))
    whole = await drawer.svg(specify(figure(*shown, form=form, ticks=[months[0]]), SIZE))

    assert f"{months[-1]}*" in text_of(labelled)
    assert text_of(unlabelled).split().count("*") == 1
    assert "*" not in text_of(whole)
    for image, is_pale in ((labelled, True), (unlabelled, True), (whole, False)):
        pale = {one.get("opacity") for one in parsed(image).iter(f"{SVG}path")}
        assert ("0.55" in pale) == is_pale


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("attribution?speaker=union", "Only: waves with any reason given by union."),
        ("attribution?weight=primary", "Only: waves with any reason given as primary."),
        ("statistics?group_by=year&stance=denies", "Only: waves with any reason that somebody den"),
        (
            "statistics?group_by=year&driver=over_hiring&speaker=press",
            "Only: reason given by press.",
        ),
        ("statistics?group_by=driver&speaker=press", "Only: reason given by press."),
    ],
)
def test_a_chart_says_whether_claims_are_about_its_reason(
    real: httpx.Client, path: str, words: str
) -> None:
    """Attribution counts waves with any reason of a speaker, not only the reason in its title."""
    assert words in text_of(real.get(f"/v1/{path}&format=svg").text)


def test_places_of_several_countries_are_named_with_them(real: httpx.Client) -> None:
    words = text_of(real.get("/v1/statistics?group_by=subdivision&country=US,CA&format=svg").text)

    assert "California, United States" in words
    assert "Ontario, Canada" in words


async def test_a_legend_has_the_colours_of_the_lines_and_not_of_the_pale_ranges(
    drawer: Drawer,
) -> None:
    shown = figure(
        *(
            Value(key=key, low=5, high=9, series=series)
            for key in ("2023", "2024")
            for series in "ab"
        ),
        form="lines",
        series=["a", "b"],
    )
    image = parsed(await drawer.svg(specify(shown, SIZE)))
    symbols = [
        path
        for group in image.iter(f"{SVG}g")
        if "role-legend-symbol" in (group.get("class") or "")
        for path in group.iter(f"{SVG}path")
    ]

    assert len(symbols) == 2
    assert {one.get("opacity") or "1" for one in symbols} == {"1"}


# The images


@pytest.mark.parametrize("path", CHARTS)
def test_an_svg_describes_itself_and_needs_nothing_else(real: httpx.Client, path: str) -> None:
    answer = real.get(f"{path}&format=svg&width=700&theme=dark")
    root = parsed(answer.content)

    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert (root.tag, root.get("role"), root.get("width")) == (f"{SVG}svg", "img", "700")
    title, description = root[0], root[1]
    assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text
    assert len(description.text or "") > 200
    names = {name for one in root.iter() for name in one.attrib}
    # The policy of answers allows no style in a document that a browser shows by itself.
    assert not {name for name in names if name.endswith(("href", "style")) or name.startswith("on")}
    tags = {one.tag.removeprefix(SVG) for one in root.iter()}
    assert tags <= {
        "svg",
        "title",
        "desc",
        "g",
        "path",
        "rect",
        "text",
        "tspan",
        "line",
        "defs",
        "clipPath",
    }
    assert "url(http" not in answer.text


@pytest.mark.parametrize("path", CHARTS)
def test_an_image_says_revision_licence_and_address(real: httpx.Client, path: str) -> None:
    drawn = parsed(real.get(f"{path}&format=svg").content).iter(f"{SVG}text")
    words = " ".join("".join(one.itertext()) for one in drawn)

    assert "revision 1 of " in words
    assert "CC BY 4.0" in words
    assert f"{real.base_url}{path}&as_of=1".replace("%2C", ",") in words


def test_the_long_description_has_every_number(real: httpx.Client) -> None:
    root = parsed(real.get("/v1/statistics?group_by=year&format=svg&numbers=point").content)
    groups = json_of(real, "/v1/statistics?group_by=year")["data"]

    words = (root[1].text or "").replace("*", "")
    assert all(f"{one['keys']['year']}: {one['waves']}" in words for one in groups)


def size_of_png(image: bytes) -> tuple[int, int]:
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    assert image[12:16] == b"IHDR"
    width, height = struct.unpack(">II", image[16:24])
    return width, height


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ("width=500&height=400&scale=1", (500, 400)),
        ("width=500&height=400", (1000, 800)),
        ("width=320&height=600&scale=3", (960, 1800)),
    ],
)
def test_a_png_is_as_large_as_it_was_asked_for(
    real: httpx.Client, asked: str, size: tuple[int, int]
) -> None:
    for path in ("/v1/statistics?group_by=year", "/v1/statistics?group_by=year,role_axis,status"):
        answer = real.get(f"{path}&announced_gte=2023&format=png&{asked}")
        if answer.status_code == 400:
            # Too low for so many panels, and says how much it needs.
            assert answer.json()["errors"][0]["parameter"] == "height"
            continue
        assert answer.headers["content-type"] == "image/png"
        assert "content-encoding" not in answer.headers
        assert size_of_png(answer.content) == size


def runs_out(root: ET.Element) -> list[str]:
    """Return the texts that run out of an image, by where they begin and how wide they are."""
    size = float(root.get("width", "0")), float(root.get("height", "0"))
    found = []

    def walk(element: ET.Element, x: float, y: float) -> None:
        moved = re.match(r"translate\(([-\d.]+),([-\d.]+)\)", element.get("transform", ""))
        if moved:
            x, y = x + float(moved[1]), y + float(moved[2])
        if element.tag == f"{SVG}text":
            points = float(element.get("font-size", "0").removesuffix("px"))
            for line in element.findall(f"{SVG}tspan") or [element]:
                wide = text.width("".join(line.itertext()), points)
                start = {"middle": x - wide / 2, "end": x - wide}.get(
                    element.get("text-anchor", "start"), x
                )
                # A little, because widths are approximate.
                if start < -2 or start + wide > size[0] + 2 or not 0 <= y <= size[1]:
                    found.append("".join(line.itertext()))
        for one in element:
            walk(one, x, y)

    walk(root, 0, 0)
    return found


@pytest.mark.parametrize("width", [320, 480, 960])
@pytest.mark.parametrize(
    "path",
    [
        "/v1/statistics?group_by=year&measure=headcount",
        "/v1/statistics?group_by=company&measure=headcount&announced=2025",
        "/v1/statistics?group_by=year,driver&announced_gte=2020",
        "/v1/statistics?group_by=industry,status&measure=headcount_gross",
        "/v1/attribution?by=industry",
        "/v1/rebalancing?company=meta",
        "/v1/rebalancing",
    ],
)
def test_no_word_runs_out_of_the_image(real: httpx.Client, path: str, width: int) -> None:
    joint = "&" if "?" in path else "?"
    root = parsed(real.get(f"{path}{joint}format=svg&width={width}").content)

    assert len(list(root.iter(f"{SVG}text"))) > 5
    assert runs_out(root) == []


def test_a_word_that_runs_out_is_found() -> None:
    words = '<text font-size="12px">words that are wide</text>'
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="200">'

    for x, found in ((100, []), (280, ["words that are wide"])):
        assert (
            runs_out(parsed(f'{head}<g transform="translate({x},10)">{words}</g></svg>')) == found
        )


HOSTILE = (
    "<script>alert(1)</script>&amp;\"'`{}",
    "]]><svg onload=alert(1)>",
    "'+alert(1)+'",
    "\u202eevil\u2028line\u0000nul\u0007bell",
    "a" * 500,
    "名前 العربية 😀",
)


@pytest.mark.parametrize("form", ["columns", "bars", "dots", "lines"])
async def test_hostile_labels_stay_text(drawer: Drawer, form: Form) -> None:
    values = [Value(key=f"k{n}", low=n, series=f"s{n % 2}") for n, _ in enumerate(HOSTILE)]
    shown = figure(
        *values,
        form=form,
        labels={f"k{n}": words for n, words in enumerate(HOSTILE)},
        series=["s0", "s1"],
        heading=HOSTILE[0],
    )
    shown = Figure(
        **{name: getattr(shown, name) for name in Figure.__struct_fields__}
        | {
            "title": " ".join(HOSTILE),
            "basis": list(HOSTILE),
            "series": {"s0": HOSTILE[0], "s1": HOSTILE[2]},
            "source": HOSTILE[1],
        }
    )
    image = describe(await drawer.svg(specify(shown, SIZE)), shown, "comma")
    root = parsed(image)

    assert {one.tag.removeprefix(SVG) for one in root.iter()} & {"script", "foreignObject"} == set()
    assert list(root.iter(f"{SVG}svg")) == [root]
    assert "<script>alert(1)</script>" in " ".join(root.itertext())
    assert not {"\u202e", "\u0000", "\u0007"} & set(" ".join(root.itertext()))


@pytest.mark.parametrize(("numbers", "written"), [("comma", "1,500"), ("point", "1.500")])
async def test_a_chart_counts_what_it_leaves_out_in_the_numbers_of_its_reader(
    drawer: Drawer, numbers: Any, written: str
) -> None:
    shown = figure(*(Value(key=f"k{n}", low=n) for n in range(1500)), form="bars")
    image = await drawer.svg(specify(shown, Size(width=640, height=None, numbers=numbers)))

    assert f"The first {MAX_BARS} of {written} are drawn." in text_of(image)


def test_a_hostile_question_stays_text(real: httpx.Client) -> None:
    answer = real.get(
        "/v1/statistics",
        params={"group_by": "year", "format": "svg", "q": "<script>alert(1)</script>"},
    )

    root = parsed(answer.content)
    assert not list(root.iter(f"{SVG}script"))
    assert "<script>" in " ".join(root.itertext())


def test_a_question_without_an_answer_is_an_empty_chart(real: httpx.Client) -> None:
    path = "/v1/statistics?group_by=year&company=meta&company_not=meta"

    answer = real.get(f"{path}&format=svg")
    assert answer.status_code == 200
    assert "No value is known" in text_of(answer.content)


def test_numbers_are_written_as_they_are_asked_for(real: httpx.Client) -> None:
    path = "/v1/statistics?group_by=industry&measure=headcount&format=svg"
    words = {
        numbers: text_of(real.get(f"{path}&numbers={numbers}").content)
        for numbers in ("comma", "point", "space", "apostrophe")
    }
    most = max(
        one["headcount_low"] for one in json_of(real, "/v1/statistics?group_by=industry")["data"]
    )

    for numbers, separator in zip(words, (",", ".", "\u202f", "\u2019"), strict=True):
        assert f"{most:,}".replace(",", separator) in words[numbers]


# HTTP


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ("group_by=year&width=500", "width"),
        ("group_by=year&measure=waves&format=csv", "measure"),
        ("group_by=year&scale=2&format=svg", "scale"),
        ("group_by=year&format=svg&width=10", "width"),
        ("group_by=year&format=png&scale=9", "scale"),
        ("group_by=year&format=svg&theme=blue", "theme"),
        ("group_by=year&format=svg&numbers=english", "numbers"),
        ("group_by=year&format=svg&measure=people", "measure"),
        ("group_by=year&format=svg&measure=headcount_stated", "measure"),
        ("group_by=company&format=svg&height=240", "height"),
    ],
)
def test_what_a_chart_cannot_be_is_refused(real: httpx.Client, asked: str, parameter: str) -> None:
    answer = real.get(f"/v1/statistics?{asked}")
    if parameter == "height" and answer.status_code == 200:
        # Bars without room are left out, and the chart says so.
        assert "are drawn" in answer.text
        return

    assert answer.status_code == 400
    assert [one["parameter"] for one in answer.json()["errors"]] == [parameter]
    (mistake,) = answer.json()["errors"]
    assert mistake["suggestion"] or {"must", "one"} & set(mistake["detail"].split())


def test_a_chart_that_is_too_low_says_what_it_needs() -> None:
    shown = figure(Value(key="2023", low=1))
    with pytest.raises(TooSmallError) as raised:
        specify(shown, Size(width=640, height=150))

    assert specify(shown, Size(width=640, height=raised.value.needed))


def test_a_browser_that_wants_an_image_gets_one(real: httpx.Client) -> None:
    accept = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
    answer = real.get("/v1/statistics?group_by=year", headers={"accept": accept})

    assert answer.headers["content-type"].startswith("image/svg+xml")


def test_a_pinned_chart_never_changes_and_is_kept(real: httpx.Client) -> None:
    path = "/v1/statistics?group_by=year&format=png&as_of=1&width=321"
    first = real.get(path)
    second = real.get(path)

    assert "immutable" in first.headers["cache-control"]
    assert second.content == first.content
    assert second.headers["server-timing"].startswith("cache")
    again = real.get(path, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304


# The pages


def room_of(page: str, address: str) -> tuple[str, str]:
    """Return the width and the height that a page keeps for an image, or else its own images."""
    written = html.escape(address)
    (tag,) = [one for one in re.findall(r"<(?:img|source) [^>]*>", page) if f'"{written}"' in one]
    found = re.search(r'width="(\d+)" height="(\d+)"', tag)
    if found is None:
        found = re.search(r'<img [^>]*width="(\d+)" height="(\d+)"', page)
    assert found is not None, address
    return found[1], found[2]


def size_of(image: str) -> tuple[str, str]:
    found = re.search(r'<svg [^>]*width="(\d+)" height="(\d+)"', image)
    assert found is not None
    return found[1], found[2]


@pytest.mark.parametrize("path", CHARTS[1:])
def test_a_page_shows_the_chart_of_its_answer(real: httpx.Client, path: str) -> None:
    page = real.get(path, headers={"accept": "text/html"})
    addresses = re.findall(r'(?:src|srcset)="([^"]+format=svg[^"]*)"', page.text)

    assert "img-src 'self'" in page.headers["content-security-policy"]
    assert len(addresses) == 4
    for address in map(html.unescape, addresses):
        image = real.get(address)
        assert image.headers["content-type"].startswith("image/svg+xml")
        assert "immutable" in image.headers["cache-control"]
        assert room_of(page.text, address) == size_of(image.text)
    (embed,) = re.findall(r'href="([^"]+/embed[^"]+)"', page.text)
    assert real.get(html.unescape(embed)).status_code == 200
    # A form that sent how a chart looks would be refused.
    assert not re.findall(r'name="(?:width|height|theme|numbers|scale|measure)"', page.text)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/statistics?group_by=month&jobs_lte=1000&jurisdiction=US-CA,US-NY,US-TX&of=notices",
        "/v1/notices/statistics?group_by=month&jobs_lte=100&jurisdiction="
        "US-CA,US-NY,US-TX,US-WA,US-FL,US-NJ,US-OH,US-IL,US-GA,US-VA,US-MD,US-MI",
    ],
)
def test_a_page_keeps_room_for_the_address_that_its_chart_ends_with(
    filed: httpx.Client, path: str
) -> None:
    """The address on a page of notices is a different one, which may take more lines."""
    page = filed.get(path, headers={"accept": "text/html"}).text
    addresses = re.findall(r'(?:src|srcset)="([^"]+format=svg)"', page)

    assert len(addresses) == 4
    for address in map(html.unescape, addresses):
        drawn = json_of(filed, address.replace("format=svg", "format=vega"))["usermeta"]
        assert room_of(page, address) == (str(drawn["width"]), str(drawn["height"]))


def test_a_page_has_the_medians_that_it_draws(real: httpx.Client) -> None:
    """Its chart says that the table below has its numbers."""
    plain, drawn = (
        real.get(f"/v1/statistics?group_by=year&format=html&measure={measure}").text
        for measure in ("headcount", "headcount_median")
    )

    assert ">Quartiles</th>" not in plain
    assert ">Quartiles</th>" in drawn


@pytest.fixture(scope="module")
def overheard(filed_database: str, filed_folder: Path) -> Iterator[tuple[httpx.Client, list[str]]]:
    """A client of a service, and the statements that the service runs."""
    with (
        tempfile.TemporaryDirectory() as folder,
        overhearing(filed_database, Path(folder)) as (url, heard),
        # Otherwise postings would be read into memory meanwhile.
        serving(
            "--data",
            str(filed_folder),
            environment={"DATABASE_URL": url, "LEDGER_POSTINGS": "0"},
        ) as client,
    ):
        yield client, heard


@pytest.mark.parametrize(
    ("path", "measured"),
    [
        ("/v1/statistics?group_by=quarter", ""),
        ("/v1/statistics?group_by=driver", "&measure=headcount_median"),
        ("/v1/statistics?of=notices&group_by=month", "&measure=jobs"),
        ("/v1/notices/statistics?group_by=jurisdiction", ""),
        ("/v1/attribution?by=quarter", "&measure=waves"),
        ("/v1/rebalancing?year_gte=2000", ""),
    ],
)
def test_a_page_reads_for_its_chart_only_what_it_reads_for_its_answer(
    overheard: tuple[httpx.Client, list[str]], path: str, measured: str
) -> None:
    client, heard = overheard
    # Some things are only read once per revision.
    client.get(f"{path}&limit=7{measured}", headers={"accept": "text/html"})
    run = []
    for asked, accept in ((path, "application/json"), (path + measured, "text/html")):
        heard.clear()
        assert client.get(asked, headers={"accept": accept}).status_code == 200
        run.append([one for one in heard if "facet" in one])

    of_json, of_page = map(len, run)
    assert of_json >= 1
    assert of_page == of_json, "\n\n".join(run[1])


# The page that others embed


def test_a_page_to_embed_may_stand_in_any_page_and_asks_nobody_else(real: httpx.Client) -> None:
    answer = real.get("/embed?of=attribution&by=year")
    policy = dict(
        one.split(" ", 1) for one in answer.headers["content-security-policy"].split("; ")
    )

    assert policy["frame-ancestors"] == "*"
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy
    addresses = re.findall(r'(?:src|srcset)="([^"]+)"', answer.text)
    assert addresses
    for address in map(html.unescape, addresses):
        assert address.startswith("v1/attribution?by=year")
        image = real.get(f"/{address}")
        assert image.headers["content-type"].startswith("image/svg+xml"), image.text
        assert room_of(answer.text, address) == size_of(image.text)
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert digest in policy["style-src"]


def test_a_page_to_embed_has_the_numbers_as_a_table(real: httpx.Client) -> None:
    page = real.get("/embed?group_by=year&driver_group=ai").text
    cells = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', page)
    groups = json_of(real, "/v1/statistics?group_by=year&driver_group=ai")["data"]

    found = {key.rstrip("*"): one for key, one in cells}
    assert found == {one["keys"]["year"]: str(one["waves"]) for one in groups}


def test_a_hostile_question_stays_text_in_a_page(real: httpx.Client) -> None:
    hostile = '"><script>alert(1)</script>'
    page = real.get("/embed", params={"group_by": "year", "q": hostile})

    assert page.status_code == 200
    assert "<script" not in page.text
    assert 'src=""' not in page.text


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ("of=waves&group_by=year", "of"),
        ("group_by=year&format=png", "format"),
        ("group_by=year&scale=2", "scale"),
        ("group_by=decade", "group_by"),
        ("of=rebalancing&company=nobody-at-all", "company"),
        ("", "group_by"),
    ],
)
def test_what_cannot_be_embedded_is_refused(real: httpx.Client, asked: str, parameter: str) -> None:
    answer = real.get(f"/embed?{asked}")

    assert answer.status_code == 400
    assert [one["parameter"] for one in answer.json()["errors"]] == [parameter]


@pytest.mark.parametrize(
    "path",
    [
        "/embed?group_by=year",
        "/v1/statistics?group_by=year&format=svg",
        "/v1/rebalancing?company=meta",
    ],
)
def test_oembed_says_how_a_chart_is_embedded(real: httpx.Client, path: str) -> None:
    answer = real.get("/oembed", params={"url": f"{real.base_url}{path}", "maxwidth": 500})
    found = answer.json()

    assert (found["version"], found["type"], found["width"]) == ("1.0", "rich", 500)
    frame = re.search(r'<iframe src="([^"]+)"', found["html"])
    assert frame is not None
    page = real.get(html.unescape(frame[1]))
    assert page.status_code == 200
    # What a page is found by leads back to the same answer.
    link = re.search(r'json\+oembed" title="[^"]*" href="([^"]+)"', page.text)
    assert link is not None
    assert real.get(html.unescape(link[1])).json()["title"] == found["title"]
    thumbnail = real.get(found["thumbnail_url"]).content
    assert size_of_png(thumbnail) == (found["thumbnail_width"], found["thumbnail_height"])


def test_oembed_knows_only_this_server(real: httpx.Client) -> None:
    foreign = "http://example.org/embed?group_by=year"
    for url in (foreign, f"{real.base_url}/v1/waves", "x", "http://[", "http://[x]/embed"):
        assert real.get("/oembed", params={"url": url}).status_code == 404


# The processes that draw


@pytest_asyncio.fixture(scope="module")
async def drawer() -> AsyncIterator[Drawer]:
    made = Drawer()
    yield made
    await made.close()


async def test_too_many_charts_at_once_are_refused() -> None:
    drawer = Drawer(1, max_waiting=2)
    specification = specify(figure(Value(key="2023", low=1)), SIZE)
    try:
        found = await asyncio.gather(
            *(drawer.svg(specification) for _ in range(5)), return_exceptions=True
        )
    finally:
        await drawer.close()

    assert sum(isinstance(one, str) for one in found) == 2
    refused = [one for one in found if isinstance(one, UnavailableError)]
    assert len(refused) == 3
    assert all("retry-after" in one.headers for one in refused)


async def test_what_takes_too_long_is_given_up_and_its_process_ended() -> None:
    drawer = Drawer(1, max_seconds=0.01)
    specification = specify(figure(Value(key="2023", low=1)), SIZE)
    with pytest.raises(UnavailableError, match="more than"):
        await drawer.svg(specification)

    assert drawer._idle == []
    drawer._max_seconds = drawing.MAX_SECONDS
    assert (await drawer.svg(specification)).startswith("<svg ")
    ((process, _),) = drawer._idle
    await drawer.close()
    assert process.returncode is not None


async def kill(process: Process) -> None:
    process.kill()
    await process.wait()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_process_that_ended_while_idle_is_replaced(run: Callable[[Any], None]) -> None:
    """As the kernel does when memory is short."""

    async def draw() -> None:
        drawer = Drawer()
        specification = specify(figure(Value(key="2023", low=1)), SIZE)
        first = await drawer.svg(specification)
        try:
            for is_known in (True, False):
                ((process, _),) = drawer._idle
                if is_known:
                    await kill(process)
                else:
                    # Nothing has told the loop yet when the next image is asked for.
                    process.kill()
                assert await drawer.svg(specification) == first
                assert [one is process for one, _ in drawer._idle] == [False]
        finally:
            await drawer.close()

    run(draw())


async def test_a_process_that_ends_amid_an_image_is_replaced_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A new process draws it once more; if that ends too, the client may come back."""
    drawer = Drawer()
    specification = specify(figure(Value(key="2023", low=1)), SIZE)
    first = await drawer.svg(specification)
    ((reused, _),) = drawer._idle
    # It stands still, so that it surely has the task when it ends.
    reused.send_signal(signal.SIGSTOP)
    asked = asyncio.create_task(drawer.svg(specification))
    await asyncio.sleep(0.1)
    await kill(reused)
    assert await asked == first

    await drawer.close()
    # A program that ends without having read anything.
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(UnavailableError, match="ended") as refused:
        await drawer.svg(specification)
    assert refused.value.headers["retry-after"]


async def test_what_cannot_be_drawn_fails_alone(drawer: Drawer) -> None:
    with pytest.raises(RuntimeError):
        await drawer.svg({"$schema": "https://vega.github.io/schema/vega-lite/v6.json"})

    assert (await drawer.svg(specify(figure(Value(key="2023", low=1)), SIZE))).startswith("<svg ")


async def test_no_address_is_asked_for_data(drawer: Drawer) -> None:
    specification = specify(figure(Value(key="2023", low=1)), SIZE)
    specification["data"] = {"url": "http://127.0.0.1:1/data.json"}
    with pytest.raises(RuntimeError, match="allowed"):
        await drawer.svg(specification)


async def test_without_the_package_it_says_what_to_install(
    real_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "PACKAGE", "no_such_package")
    async with running(real_database, tmp_path) as client:
        image = await client.get("/v1/statistics?group_by=year&format=png")
        specification = await client.get("/v1/statistics?group_by=year&format=vega")

    assert (image.status_code, image.json()["code"]) == (501, "not_installed")
    assert "layoff-ledger[charts]" in image.json()["detail"]
    assert specification.status_code == 200


# The colours


SEEN = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no blue": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""Machado, Oliveira and Fernandes (2009), severity 1, over linear RGB."""


def lab(hexadecimal: str, matrix: Any) -> tuple[float, float, float]:
    """CIELAB under D65, for a colour as it is seen."""
    rgb = linear(hexadecimal)
    r, g, b = (
        max(0.0, min(1.0, sum(x * y for x, y in zip(row, rgb, strict=True)))) for row in matrix
    )
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
    )
    x, y, z = (one ** (1 / 3) if one > 0.008856 else 7.787 * one + 16 / 116 for one in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SEEN)
def test_colours_are_told_apart_however_one_sees_them(theme: Any, sight: str) -> None:
    colours = THEMES[theme]
    drawn = [*colours.series, colours.unknown]
    for one, other in itertools.combinations(drawn, 2):
        distance = sum(
            (x - y) ** 2
            for x, y in zip(lab(one, SEEN[sight]), lab(other, SEEN[sight]), strict=True)
        )
        assert distance**0.5 > 14.5, (one, other)
    for one in drawn:
        assert contrast(one, colours.background) >= 2.99, one
    for one in (colours.text, colours.muted):
        assert contrast(one, colours.background) >= 4.5


def test_others_have_a_name_of_their_own() -> None:
    assert OTHERS not in DIMENSIONS


def test_what_cannot_be_read_of_an_address_to_embed_is_refused_and_not_left_out(
    real: httpx.Client,
) -> None:
    address = f"{real.base_url}/v1/statistics?group_by=year&driver=%FF"

    answer = real.get("/oembed", params={"url": address})

    assert answer.status_code == 400
    assert [one["parameter"] for one in answer.json()["errors"]] == ["driver"]


@pytest.mark.parametrize(
    ("asked", "measure", "others"),
    [
        ("/v1/statistics?group_by=country", "headcount_stated", {"waves", "share_median"}),
        ("/v1/statistics?group_by=year", "headcount", {"waves", "companies"}),
        ("/v1/statistics?of=notices&group_by=year", "jobs", {"notices"}),
        ("/v1/attribution?by=year", "waves", {"share_of_waves", "headcount_gross"}),
    ],
)
def test_a_page_draws_what_is_chosen_and_no_other_format_is_asked_for_it(
    filed: httpx.Client, asked: str, measure: str, others: set[str]
) -> None:
    page = filed.get(f"{asked}&measure={measure}&format=html")
    assert page.status_code == 200
    (image,) = re.findall(r'<img src="([^"]+)"', page.text)
    drawn = filed.get(html.unescape(image))
    other = filed.get(html.unescape(image).replace(f"measure={measure}", f"measure={min(others)}"))
    assert drawn.text.startswith("<svg")
    assert drawn.text != other.text

    links = [html.unescape(one) for one in re.findall(r'href="([^"]+)"', page.text)]
    same = [one for one in links if one.startswith(f"{filed.base_url}{asked.partition('?')[0]}?")]
    chosen = {dict(parse_qsl(urlsplit(one).query)).get("measure") for one in same}
    assert others | {measure, None} <= chosen
    assert ("headcount_stated" in chosen) is ("country" in asked)
    for one in same:
        takes = {"svg", "png", "vega", "html", "markdown"}
        query = dict(parse_qsl(urlsplit(one).query))
        assert "measure" not in query or query.get("format") in takes
    assert "measure" not in page.headers["link"]
