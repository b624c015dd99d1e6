"""Statistics of waves as a flat table: keys, figures, what they rest on, and names of keys."""

from __future__ import annotations

from typing import Any

from layoff_ledger.query.dimensions import DIMENSIONS
from layoff_ledger.query.fill import FILLED
from layoff_ledger.query.grouping import measures_of
from layoff_ledger.query.statistics import (
    StatisticsGroup,
    StatisticsMeta,
    added_in_words,
    status_in_words,
)
from layoff_ledger.query.statistics_parameters import StatisticsParameters
from layoff_ledger.resources.base import Column, at, columns_of


def columns(parameters: StatisticsParameters) -> tuple[Column, ...]:
    """Return the columns of the flat table: keys, figures, what they rest on, and names."""
    keys = [
        Column(name, "string", "Value of the dimension; null is unknown.", False, *at("keys", name))
        for name in parameters.group_by
    ]
    basis = [
        Column("basis", "string", "What the figures rest on, in words.", True, *at("basis")),
        Column(
            "overlap", "boolean", "Whether a wave may be in several groups.", True, *at("overlap")
        ),
        Column(
            "revision", "integer", "Revision of the ledger that answered.", True, *at("revision")
        ),
    ]
    # Last, because the others existed before: columns are only ever added at the end.
    names = [
        Column(f"{name}_name", "string", f"Name of `{name}`.", False, *at("labels", name))
        for name in _named(parameters)
    ]
    return (*keys, *columns_of(StatisticsGroup, _figures(parameters)), *basis, *names)


def rows_of(
    parameters: StatisticsParameters, groups: list[StatisticsGroup], meta: StatisticsMeta
) -> list[list[Any]]:
    """Return the rows of the groups, in the order of their columns."""
    figures = _figures(parameters)
    return [
        [
            *one.keys.values(),
            *(getattr(one, name) for name in figures),
            _basis(one, parameters),
            meta.overlapping,
            meta.revision,
            *(one.labels.get(name) for name in _named(parameters)),
        ]
        for one in groups
    ]


def _named(parameters: StatisticsParameters) -> list[str]:
    """Return the dimensions whose values have names."""
    return [name for name in parameters.group_by if DIMENSIONS[name].vocabulary is not None]


def _figures(parameters: StatisticsParameters) -> list[str]:
    """Return the measures of each group in this question."""
    return [*measures_of(parameters), *([FILLED] if parameters.fill else [])]


def _basis(group: StatisticsGroup, parameters: StatisticsParameters) -> str:
    """Say in words what the figures of a group rest on."""
    if not group.waves:
        return "no wave in this span"
    status = status_in_words(parameters)
    words = [f"size known for {group.waves_with_headcount:,} of {group.waves:,} waves{status}"]
    if group.waves_with_stated_headcount is not None:
        words.append(f"{group.waves_with_stated_headcount} of them state the jobs of this part")
    return ", ".join([*words, *added_in_words(parameters)])
