"""The usual way: FastAPI with SQLAlchemy's asyncio extension, from the same rows."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

BASE = os.environ["LEDGER_URL"]
STANDING = "status_not=superseded,rescinded&possible_duplicate=false"
NOW = 2_147_483_647

engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://"),
    pool_size=8,
    max_overflow=0,
)
new_session = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    """What mapped classes have in common."""


class WaveFacet(Base):
    """What waves are filtered and sorted by."""

    __tablename__ = "wave_facet"
    __table_args__ = {"schema": "api"}  # noqa: RUF012 as SQLAlchemy wants it

    id: Mapped[str] = mapped_column(primary_key=True)
    first_revision: Mapped[int] = mapped_column(primary_key=True)
    last_revision: Mapped[int]
    announced_on: Mapped[datetime.date]


class Document(Base):
    """A record as it was published."""

    __tablename__ = "document"
    __table_args__ = {"schema": "api"}  # noqa: RUF012 as SQLAlchemy wants it

    resource: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    first_revision: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]


async def session() -> AsyncIterator[AsyncSession]:
    """Open a session for one request."""
    async with new_session() as opened:
        yield opened


@app.get("/v1/waves")
async def list_waves(
    database: Annotated[AsyncSession, Depends(session)],
    announced_lte: datetime.date,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """List waves, the newest announcement first."""
    found = await database.scalars(
        select(Document)
        .join(
            WaveFacet,
            and_(
                WaveFacet.id == Document.id,
                WaveFacet.first_revision == Document.first_revision,
            ),
        )
        .where(
            Document.resource == "wave",
            WaveFacet.announced_on <= announced_lte,
            WaveFacet.last_revision == NOW,
        )
        .order_by(WaveFacet.announced_on.desc(), WaveFacet.id.desc())
        .limit(limit)
    )
    waves = [
        {
            "id": one.id,
            "url": f"{BASE}/v1/waves/{one.id}",
            "notices_url": f"{BASE}/v1/notices?{STANDING}&wave={one.id}",
            "revision": one.first_revision,
            **json.loads("{" + one.body),
        }
        for one in found
    ]
    return {"data": waves, "meta": {"limit": limit}}
