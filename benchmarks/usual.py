"""A plain FastAPI + SQLModel application written the usual way: sync sessions, rows in the clear.

No sealing, no history, no audit, no refusal beyond types: what many services of this kind do.
"""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import Engine, create_engine, event
from sqlmodel import Session, col, select

from benchmarks import usual_trends
from benchmarks.ground import usual_address
from benchmarks.usual_schemas import (
    ChangesOut,
    DailyOut,
    EntriesOut,
    EntryIn,
    EntryOut,
    PushIn,
    ResponseOut,
    ResultOut,
    ResultsOut,
    SummaryOut,
)
from benchmarks.usual_tables import UsualAccess, UsualAccount, UsualEntry, UsualShare, UsualToken

KINDS = ("mood", "anxiety", "flashback", "dissociation")
router = APIRouter()
bearer = HTTPBearer()


def application() -> FastAPI:
    """The application of a worker, as uvicorn's `--factory` wants it."""
    app = FastAPI(title="Usual")
    app.state.engine = _engine(usual_address(os.environ["BENCHMARK_USUAL_DATABASE"]))
    app.include_router(router)
    return app


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30})

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]  # a driver's connection
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    return engine


def get_session(request: Request) -> Iterator[Session]:
    """A session of its own for each request."""
    with Session(request.app.state.engine) as session:
        yield session


OwnSession = Annotated[Session, Depends(get_session)]
Bearer = Annotated[HTTPAuthorizationCredentials, Depends(bearer)]


def current_account(session: OwnSession, given: Bearer) -> UUID:
    """Whose token it is."""
    token = session.get(UsualToken, hashlib.sha256(given.credentials.encode()).hexdigest())
    if token is None:
        raise HTTPException(status_code=401)
    return token.account_id


Account = Annotated[UUID, Depends(current_account)]
FirstDay = Annotated[date, Query(alias="from")]
LastDay = Annotated[date, Query(alias="to")]


@router.get("/readyz")
def ready(session: OwnSession) -> dict[str, str]:
    """Whether the database answers."""
    session.exec(select(UsualToken).limit(1)).first()
    return {"status": "ok"}


@router.post("/v1/entries", status_code=201, response_model=EntryOut)
def create_entry(entry: EntryIn, session: OwnSession, account_id: Account) -> UsualEntry:
    """Save an entry."""
    account = _locked(session, account_id)
    account.head += 1
    stored = entry.stored(account_id, account.head, datetime.now(UTC))
    session.add(stored)
    session.commit()
    session.refresh(stored)
    return stored


@router.get("/v1/entries", response_model=EntriesOut)
def list_entries(session: OwnSession, account_id: Account, limit: int = 50) -> object:
    """The newest entries."""
    statement = select(UsualEntry).where(UsualEntry.account_id == account_id)
    newest = statement.order_by(col(UsualEntry.occurred_at).desc(), col(UsualEntry.id).desc())
    return {"items": session.exec(newest.limit(limit)).all()}


@router.post("/v1/sync/changes", response_model=ResultsOut)
def push_changes(push: PushIn, session: OwnSession, account_id: Account) -> object:
    """Save what a phone brings."""
    account = _locked(session, account_id)
    stored = []
    for change in push.changes:
        account.head += 1
        entry = change.entry().stored(account_id, account.head, datetime.now(UTC))
        known = session.get(UsualEntry, change.id)
        if known is None:
            session.add(entry)
            stored.append(entry)
        else:
            stored.append(session.merge(entry))
    session.commit()
    for entry in stored:
        session.refresh(entry)
    return {"results": [ResultOut.of(entry) for entry in stored]}


@router.get("/v1/sync/changes", response_model=ChangesOut)
def pull_changes(
    session: OwnSession, account_id: Account, cursor: int = 0, limit: int = 200
) -> object:
    """What changed since a cursor."""
    statement = (
        select(UsualEntry)
        .where(UsualEntry.account_id == account_id, UsualEntry.revision > cursor)
        .order_by(col(UsualEntry.revision))
        .limit(limit + 1)
    )
    changes = session.exec(statement).all()
    last = changes[:limit][-1].revision if changes else cursor
    return {"changes": changes[:limit], "cursor": last, "has_more": len(changes) > limit}


@router.get("/v1/trends/daily", response_model=DailyOut)
def get_daily_trend(
    session: OwnSession, account_id: Account, metric: str, first: FirstDay, last: LastDay
) -> object:
    """Day by day."""
    series = usual_trends.day_series(session, account_id, metric, first, last)
    return usual_trends.daily(series, metric, first, last)


@router.get("/v1/trends/summary", response_model=SummaryOut)
def get_trend_summary(
    session: OwnSession, account_id: Account, first: FirstDay, last: LastDay
) -> object:
    """All metrics at a glance."""
    return {
        "metrics": [
            usual_trends.summary(
                usual_trends.day_series(session, account_id, kind, first, last), kind, last
            )
            for kind in KINDS
        ]
    }


@router.get("/v1/trends/session-response", response_model=ResponseOut)
def get_session_response(
    session: OwnSession, account_id: Account, metric: str, first: FirstDay, last: LastDay
) -> object:
    """The days around the sessions."""
    series = usual_trends.day_series(session, account_id, metric, first, last)
    sessions = usual_trends.day_series(session, account_id, "session", first, last)
    return usual_trends.response(series, sorted(sessions))


@router.get("/shl/{token}")
def open_share(session: OwnSession, token: str, recipient: str) -> Response:
    """The text behind a link; its opening is counted and told."""
    share = session.get(UsualShare, hashlib.sha256(token.encode()).hexdigest())
    now = datetime.now(UTC)
    if share is None or share.expires_at.replace(tzinfo=UTC) <= now:
        raise HTTPException(status_code=404)
    share.openings += 1
    session.add(share)
    session.add(UsualAccess(token_hash=share.token_hash, recipient=recipient, at=now))
    session.commit()
    session.refresh(share)
    return Response(share.content, media_type="application/jose")


def _locked(session: Session, account_id: UUID) -> UsualAccount:
    statement = select(UsualAccount).where(UsualAccount.id == account_id).with_for_update()
    return session.exec(statement).one()
