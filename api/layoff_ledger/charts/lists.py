"""Lists that can be drawn: the name of a resource → how its records are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from layoff_ledger.charts import indicators
from layoff_ledger.charts.figure import Figure
from layoff_ledger.charts.question import Question

LIST_CHARTS: dict[str, Callable[[list[Any], Question], Figure]] = {"indicator": indicators.draw}
