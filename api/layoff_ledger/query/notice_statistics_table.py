"""Statistics of notices as a flat table: keys, their names, figures, and what they rest on."""

from __future__ import annotations

from typing import Any

from layoff_ledger.query.fill import FILLED
from layoff_ledger.query.notice_statistics import (
    DIMENSIONS,
    FIGURES,
    NoticeStatisticsGroup,
    NoticeStatisticsMeta,
    NoticeStatisticsParameters,
)
from layoff_ledger.resources.base import Column, at


def columns(parameters: NoticeStatisticsParameters) -> tuple[Column, ...]:
    """Return the columns of the groups as a flat table: keys, names, figures, and their basis."""
    keys = [
        Column(name, "string", "Value of the dimension; null is unknown.", False, *at("keys", name))
        for name in parameters.group_by
    ]
    labels = [
        Column(f"{name}_name", "string", "Its name.", False, *at("labels", name))
        for name in _labelled(parameters)
    ]
    figures = [
        Column(name, "integer", meaning, name not in _MAY_BE_NULL, *at(name))
        for name, meaning in _MEANINGS.items()
    ]
    if parameters.fill:
        figures.append(
            Column(FILLED, "boolean", "Whether the span has no notice.", True, *at(FILLED))
        )
    ends = [
        Column("basis", "string", "What the figures rest on, in words.", True, *at("basis")),
        Column(
            "revision", "integer", "Revision of the ledger that answered.", True, *at("revision")
        ),
    ]
    return (*keys, *labels, *figures, *ends)


_MEANINGS = {
    "notices": "Notices.",
    "linked": "Those that are linked to a company.",
    "notices_with_jobs": "Those whose jobs are known.",
    "jobs_low": "Their jobs, summed lower bounds.",
    "jobs_high": "Their jobs, summed upper bounds.",
}
_MAY_BE_NULL = ("jobs_low", "jobs_high")


def _labelled(parameters: NoticeStatisticsParameters) -> list[str]:
    return [
        name
        for name in parameters.group_by
        if DIMENSIONS[name].label is not None or DIMENSIONS[name].vocabulary is not None
    ]


def rows_of(
    parameters: NoticeStatisticsParameters,
    groups: list[NoticeStatisticsGroup],
    meta: NoticeStatisticsMeta,
) -> list[list[Any]]:
    """Return the rows of the groups, in the order of their columns."""
    labelled = _labelled(parameters)
    return [
        [
            *one.keys.values(),
            *(one.labels.get(name) for name in labelled),
            *(getattr(one, name) for name in FIGURES),
            *([one.filled] if parameters.fill else []),
            meta.basis,
            meta.revision,
        ]
        for one in groups
    ]
