"""What places are also called: whoever types one name means the records that have another.

Sources in other languages write Firenze, and countries have the names of ISO 3166. Only names of
the same place are here, and regions with the towns that make them up; nothing is corrected.
"""

from __future__ import annotations

from msgspec import Struct

from layoff_ledger.search import tokens

# Names of the same place, as people and sources write them. A name that is also an everyday word
# ("Nice") or that of a far better known place is left out.
_SAME = (
    # Countries: the name of ISO 3166 and the others.
    "United Kingdom, UK, Great Britain, Britain",
    "United States, USA, US",
    "Netherlands, Holland",
    "Türkiye, Turkey, Turkiye",
    "Czechia, Czech Republic",
    "Côte d'Ivoire, Ivory Coast, Cote d'Ivoire",
    "Russian Federation, Russia",
    "United Arab Emirates, UAE",
    "South Korea, Republic of Korea",
    "Viet Nam, Vietnam",
    "Myanmar, Burma",
    "Eswatini, Swaziland",
    "North Macedonia, Macedonia",
    "Germany, Deutschland",
    "Spain, España",
    "Italy, Italia",
    "Brazil, Brasil",
    "Switzerland, Schweiz, Suisse",
    "Austria, Österreich",
    "Belgium, Belgique, België, Belgien",
    "Sweden, Sverige, Schweden",
    "Poland, Polska, Polen",
    # Towns: the English name and the local ones; German umlauts also with an e.
    "Aachen, Aix-la-Chapelle",
    "Antwerp, Antwerpen, Anvers",
    "Athens, Athina",
    "Basel, Basle, Bâle",
    "Bangalore, Bengaluru",
    "Beijing, Peking",
    "Belgrade, Beograd",
    "Bologna, Bologne",
    "Bruges, Brugge",
    "Brussels, Bruxelles, Brussel, Brüssel",
    "Bucharest, București",
    "Chennai, Madras",
    "Cologne, Köln, Koeln",
    "Copenhagen, København, Kopenhagen",
    "Dusseldorf, Duesseldorf",
    "Florence, Firenze",
    "Frankfurt, Francfort",
    "Furth, Fuerth",
    "Geneva, Genève, Genf",
    "Genoa, Genova",
    "Ghent, Gent, Gand",
    "Gothenburg, Göteborg, Goeteborg",
    "Gurugram, Gurgaon",
    "Hanover, Hannover",
    "Ho Chi Minh City, Saigon",
    "Hong Kong, Hongkong",
    "Kolkata, Calcutta",
    "Krakow, Cracow",
    "Liège, Lüttich, Luik",
    "Lisbon, Lisboa",
    "Lucerne, Luzern",
    "Lyon, Lyons",
    "Marseille, Marseilles",
    "Mexico City, Ciudad de México",
    "Milan, Milano, Mailand",
    "Monchengladbach, Moenchengladbach",
    "Moscow, Moskva",
    "Mulheim, Muelheim",
    "Mumbai, Bombay",
    "Munich, München, Muenchen",
    "Munster, Muenster",
    "Mysuru, Mysore",
    "Naples, Napoli",
    "Newcastle upon Tyne, Newcastle-on-Tyne",
    "New York, NYC",
    "Nuremberg, Nürnberg, Nuernberg",
    "Padua, Padova",
    "Port Elizabeth, Gqeberha",
    "Prague, Praha, Prag",
    "Rome, Roma",
    "Russelsheim, Ruesselsheim",
    "Saarbrucken, Saarbruecken",
    "Saarlouis, Sarrelouis",
    "Saint Étienne, St. Etienne",
    "Saint Louis, St. Louis",
    "Saint Paul, St. Paul",
    "Saint Petersburg, St. Petersburg",
    "San Francisco, San Fran",
    "Saragossa, Zaragoza",
    "Seville, Sevilla",
    "Shenzhen, Shenzen",
    "Stuttgart-Zuffenhausen, Zuffenhausen",
    "The Hague, Den Haag",
    "Thessaloniki, Salonica",
    "Togliatti, Tolyatti",
    "Turin, Torino",
    "Uitenhage, Kariega",
    "Venice, Venezia",
    "Vienna, Wien",
    "Warsaw, Warszawa",
    "Wurzburg, Wuerzburg",
    "Yangon, Rangoon",
    "Zurich, Zuerich",
)

# A region and the towns in it by which records name their sites; the towns do not find the region.
REGIONS = {
    "Bay Area": (
        "Silicon Valley", "San Francisco", "Oakland", "San Jose", "Fremont", "Hayward",
        "Mountain View", "Palo Alto", "Menlo Park", "Sunnyvale", "Santa Clara", "Cupertino",
        "Milpitas", "Redwood City", "San Mateo", "Foster City", "San Bruno", "Burlingame",
        "Los Gatos", "San Leandro", "Pleasanton", "Emeryville",
    ),
    "Silicon Valley": (
        "San Jose", "Mountain View", "Palo Alto", "Menlo Park", "Sunnyvale", "Santa Clara",
        "Cupertino", "Milpitas", "Redwood City", "Foster City", "Los Gatos", "Fremont",
    ),
    "Puget Sound": ("Seattle", "Redmond", "Bellevue", "Kirkland", "Everett", "Renton", "Tacoma"),
    "Research Triangle": ("Raleigh", "Durham", "Morrisville"),
    "Twin Cities": ("Minneapolis", "St. Paul"),
    "Ruhr": ("Bochum", "Essen", "Dortmund", "Duisburg", "Gelsenkirchen", "Mülheim", "Oberhausen"),
    "Teesside": ("Redcar", "Middlesbrough", "Lackenby"),
    "West Midlands": ("Birmingham", "Coventry", "Solihull", "Wolverhampton", "Castle Bromwich"),
}  # fmt: skip


class Alternative(Struct, frozen=True):
    """Another name of a place."""

    tsquery: str
    words: tuple[str, ...]


def _alternatives() -> dict[str, list[Alternative]]:
    named = [(name, line.split(", ")) for line in _SAME for name in line.split(", ")]
    found: dict[str, list[Alternative]] = {}
    for name, others in [*named, *REGIONS.items()]:
        folded = " ".join(tokens.words(name))
        # The names of a line may be the same without their accents.
        for other in dict.fromkeys(tuple(tokens.words(other)) for other in others):
            if " ".join(other) != folded:
                # One after the other: "united" and "states" alone are in many texts.
                tsquery = " <-> ".join(f"'{word}'" for word in other)
                found.setdefault(folded, []).append(Alternative(tsquery, other))
    return found


ALTERNATIVES = _alternatives()
"""Folded name of a place → the other names by which records may have it."""
