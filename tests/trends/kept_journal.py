"""A journal in memory, as the trends ask for it; it counts how often its entries are read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from app.clock import Clock
from app.journal.kinds import Headline
from app.journal.months import Months
from app.journal.scope import Scope
from app.trends.routes import router
from app.trends.service import Trends
from app.trends.source import JournalState, Seen
from app.web.identity import Authenticator, SignedIn
from app.web.problems import TokenInvalid
from app.web.shape import build_shell

ACCOUNT = UUID("0197c0de-00aa-7000-8000-0000000000aa")
TOKEN = "token"


class KeptJournal:
    """A HeadlineSource over a list."""

    def __init__(self, headlines: Sequence[Headline] = (), time_zone: str = "UTC") -> None:
        self.kept = list(headlines)
        self.state = JournalState(0, 1, 1, time_zone, None)
        self.reads: list[tuple[frozenset[str], date | None, date | None]] = []

    async def journal_state(self, scope: Scope) -> JournalState:
        seen = [each for each in self.kept if scope.holds(each.kind, each.local_date)]
        dates = [each.local_date for each in seen if getattr(each, "status", "") != "planned"]
        return replace(self.state, latest_local_date=max(dates, default=None))

    async def headlines(self, scope: Scope, first: date | None, last: date | None) -> Seen:
        self.reads.append((scope.kinds, first, last))
        seen = [each for each in self.kept if scope.holds(each.kind, each.local_date)]
        start, end = first or date.min, last or date.max
        return Seen((0, 1), [each for each in seen if start <= each.local_date <= end])

    async def days(
        self, scope: Scope, first: date, last: date, begun: Months | None = None
    ) -> Seen:
        return await self.headlines(scope, first, last)


class OneToken:
    """An authenticator that knows one token."""

    async def __call__(self, token: str, *, writes: bool = False) -> SignedIn:
        if token != TOKEN:
            raise TokenInvalid
        return SignedIn(ACCOUNT, uuid4())


def app_over(journal: KeptJournal, clock: Clock) -> FastAPI:
    """The trend routes behind the house's own shell."""
    given = {Trends: Trends(journal, clock), Authenticator: OneToken()}
    return build_shell("Trends", "1", [router], given)


def client_of(app: FastAPI) -> httpx.AsyncClient:
    """Speaks HTTP to an application, signed in."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://test",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
