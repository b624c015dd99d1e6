"""What was filed about a wave with authorities, as its document sums it up."""

from __future__ import annotations

import datetime
from typing import Annotated

from msgspec import Meta

from layoff_ledger import vocabulary
from layoff_ledger.resources.fields import Public, open_vocabulary


class WaveNotices(Public, frozen=True, kw_only=True):
    """The notices that are linked to a wave and still stand, without those that may repeat one.

    They are linked by company and date, and may be about the same jobs as the wave or others:
    never add the two.
    """

    count: Annotated[int, Meta(ge=1, description="Notices.")]
    with_jobs: Annotated[int, Meta(ge=0, description="Notices whose jobs are known.")]
    jobs_low: (
        Annotated[int, Meta(ge=1, description="Their jobs, summed lower bounds.", examples=[2564])]
        | None
    )
    jobs_high: (
        Annotated[int, Meta(ge=1, description="The same, upper bounds; null if one has no bound.")]
        | None
    )
    first_notice_on: Annotated[datetime.date, Meta(description="Date of the first one.")] | None
    last_notice_on: Annotated[datetime.date, Meta(description="Date of the last one.")] | None
    first_effective_on: (
        Annotated[datetime.date, Meta(description="First day on which one takes effect.")] | None
    )
    last_effective_on: (
        Annotated[datetime.date, Meta(description="Last day on which one takes effect.")] | None
    )
    exceeds_headcount: (
        Annotated[
            bool,
            Meta(
                description="Whether their jobs exceed the upper bound of the wave's headcount: "
                "then a link is wrong, or the figure covers something else. Null where the wave "
                "has no upper bound, or no notice states its jobs."
            ),
        ]
        | None
    )
    against_headcount: (
        Annotated[
            str,
            open_vocabulary(
                vocabulary.NOTICES_AGAINST_HEADCOUNT,
                "How their jobs compare with the wave's headcount: in every case but `within` they "
                "may be other jobs. Null in revisions from before this field.",
            ),
        ]
        | None
    ) = None
