"""Lists that are drawn: the name of a resource → what is drawn of its records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from layoff_ledger.charts import indicators
from layoff_ledger.charts.figure import Figure
from layoff_ledger.charts.question import Question

LIST_CHARTS: dict[str, Callable[[list[Any], Question], Figure]] = {"indicator": indicators.draw}
