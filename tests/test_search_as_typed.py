"""Search as people type: short names, other names, places in other languages, words too many."""

from __future__ import annotations

import httpx
import pytest

from layoff_ledger.resources.places import country_names, subdivision_names
from layoff_ledger.search import alternatives, tokens
from layoff_ledger.search.query import LONGEST_NAME
from support.lists import everything

pytestmark = pytest.mark.postgres

# Query → what is meant, which comes first.
FIRST = {
    "GM": {"company general-motors"},
    "G.M.": {"company general-motors"},
    "GE": {"company general-electric"},
    "G.E.": {"company general-electric"},
    "J&J": {"company johnson-johnson"},
    "J & J": {"company johnson-johnson"},
    "j and j": {"company johnson-johnson"},
    "P&G": {"company procter-gamble"},
    "P & G": {"company procter-gamble"},
    "p and g": {"company procter-gamble"},
    "AT & T": {"company att"},
    "M&S": {"company marks-and-spencer"},
    # One by its alias, the other by its ticker.
    "BA": {"company boeing", "company british-airways"},
    "Citi": {"company citigroup"},
    "BoA": {"company bank-of-america"},
    "NYT": {"company new-york-times"},
    "LA Times": {"company los-angeles-times"},
    "L.A. Times": {"company los-angeles-times"},
    "RIM": {"company blackberry"},
    "Research in Motion": {"company blackberry"},
    "Fiat Chrysler": {"company stellantis"},
    "Square": {"company block"},
    "US Steel": {"company us-steel"},
    "U.S. Steel": {"company us-steel"},
    "u. s. steel": {"company us-steel"},
    "JC Penney": {"company jc-penney"},
    "J. C. Penney": {"company jc-penney"},
    # A reason, not a company with the word in its name.
    "AI": {"driver ai_automation", "driver ai_disruption", "driver ai_investment"},
    "artificial intelligence": {
        "driver ai_automation",
        "driver ai_disruption",
        "driver ai_investment",
    },
    "covid": {"driver disaster"},
    "COVID-19": {"driver disaster"},
    "pandemic": {"driver disaster"},
    "recession": {"driver macroeconomic_conditions"},
    "tariffs": {"driver tariffs"},
}

# Query → a wave that is meant. Its texts have other words, except where it says otherwise.
WAVES = {
    "GKN Florence": "gkn-automotive-2021-07",
    "GKN Firenze": "gkn-automotive-2021-07",
    "Ford Köln": "ford-2024-11",
    "ford koeln": "ford-2024-11",
    "Ford Cologne": "ford-2024-11",
    "facebook layoffs": "meta-2025-10",
    "facebok layoffs": "meta-2025-10",
    "Facebook job cuts 2022": "meta-2022-11",
    "RIM job cuts": "blackberry-2011-07",
    "Siemens layoffs": "siemens-2017-11",
    "siemens redundancies": "siemens-2017-11",
    "Caterpillar Belgium": "caterpillar-2016-09",
    "Caterpillar België": "caterpillar-2016-09",
    "eBay California": "ebay-2026-02",
    "KBC Czech Republic": "kbc-2019-09",
    "barclays great britain": "barclays-2014-05",
    "Chrysler Saint Louis": "chrysler-2007-02",
}


def found(client: httpx.Client, asked: str, **others: str) -> list[str]:
    """Return kind and id of the best hits in their order."""
    answer = client.get("/v1/search", params={"q": asked, "limit": "50", **others})
    assert answer.status_code == 200, answer.text
    return [f"{hit['kind']} {hit['id']}" for hit in answer.json()["data"]]


def count(client: httpx.Client, **asked: str) -> int:
    """Return how many waves a list has."""
    answer = client.get("/v1/waves", params={**asked, "limit": "1", "select": "id"})
    assert answer.status_code == 200, answer.text
    number: int = answer.json()["meta"]["count"]
    return number


@pytest.mark.parametrize("asked", FIRST)
def test_what_is_meant_by_a_short_name_comes_first(real: httpx.Client, asked: str) -> None:
    meant = FIRST[asked]

    assert set(found(real, asked)[: len(meant)]) == meant


@pytest.mark.parametrize("asked", WAVES)
def test_a_wave_is_found_by_what_people_call_its_company_and_place(
    real: httpx.Client, asked: str
) -> None:
    assert f"wave {WAVES[asked]}" in found(real, asked, kind="wave")


def test_every_other_name_of_a_company_finds_all_its_waves(real: httpx.Client) -> None:
    named = {
        (one["id"], name): one["totals"]["waves"]
        for one in everything(real, "/v1/companies")
        for name in (*one["aliases"], *one["former_names"])
    }

    assert len(named) > 200
    for (company, name), waves in named.items():
        assert count(real, company=company, q=name) == waves, name


def test_every_wave_is_found_by_the_name_of_its_country_or_state(real: httpx.Client) -> None:
    waves = everything(real, "/v1/waves")
    for field, parameter, names in (
        ("countries", "country", country_names()),
        ("subdivisions", "subdivision", subdivision_names()),
    ):
        codes = {code for one in waves if one["scope"] for code in one["scope"][field]}
        assert len(codes) > 30
        for code in codes:
            having = sum(code in one["scope"][field] for one in waves if one["scope"])
            assert count(real, q=names[code], **{parameter: code}) >= having, code


def test_every_wave_is_a_layoff_with_job_cuts(real: httpx.Client) -> None:
    waves = count(real)

    for asked in ("layoffs", "job cuts", "redundancy", "laid off"):
        assert count(real, q=asked) == waves


def test_a_word_that_says_nothing_is_no_name_among_others(real: httpx.Client) -> None:
    """Who is not the World Health Organization, unless nothing else is asked."""
    assert found(real, "who cut pilots") == found(real, "cut pilots")
    assert found(real, "WHO")[0] == "company world-health-organization"


def test_a_bank_is_no_city(real: httpx.Client) -> None:
    assert not {"company city-link", "company camden"} & set(found(real, "Citi", kind="company"))
    assert "company camden" in found(real, "cities", kind="company")


def test_a_region_finds_its_towns_and_a_town_no_region(real: httpx.Client) -> None:
    of_region = set(found(real, "Nokia Ruhr", kind="wave"))

    assert set(found(real, "Nokia Bochum", kind="wave")) <= of_region
    assert "ruhr" in alternatives.ALTERNATIVES
    assert "bochum" not in alternatives.ALTERNATIVES


def test_names_of_the_same_place_find_the_same(real: httpx.Client) -> None:
    for names in (
        ("Munich", "München", "Muenchen"),
        ("Turkey", "Türkiye"),
        ("UK", "United Kingdom", "Great Britain", "Britain"),
        ("Czechia", "Czech Republic"),
        ("Antwerp", "Antwerpen", "Anvers"),
        ("Gothenburg", "Göteborg"),
    ):
        counts = {name: count(real, q=name) for name in names}
        assert set(counts.values()) != {0}
        assert max(counts.values()) - min(counts.values()) <= max(counts.values()) // 5, counts


def test_another_name_leads_back_and_can_be_typed() -> None:
    for name, others in alternatives.ALTERNATIVES.items():
        assert len(name.split(" ")) <= LONGEST_NAME
        for other in others:
            back = alternatives.ALTERNATIVES.get(" ".join(other.words), [])
            names = {" ".join(one.words) for one in back}
            is_region = len(others) > 1 and name in map(_folded, alternatives.REGIONS)
            assert name in names or is_region, (name, other.words)


def _folded(name: str) -> str:
    return " ".join(tokens.words(name))
