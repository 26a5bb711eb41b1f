"""Whatever a driver raises instead of a connection, the database is away, and no URL is quoted."""

import asyncpg
import pytest

from app.database import DatabaseUnavailable
from app.database.migrate import upgrade
from app.database.postgresql import PostgreSQL
from app.database.revision import is_current
from app.database.walls import answers

URL = "postgresql://afterglow_app:secret@db1,db2/afterglow?target_session_attrs=primary"
FAULTS = (
    OSError("secret"),
    ValueError("secret"),
    asyncpg.InvalidPasswordError("secret"),
    asyncpg.InterfaceError("secret"),
    asyncpg.InternalClientError("secret: none of the hosts is the primary"),
)


@pytest.fixture(params=FAULTS, ids=lambda fault: type(fault).__name__)
def refused(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way to connect ends with one of them."""

    async def connect(*_: object, **__: object) -> None:
        raise request.param

    monkeypatch.setattr(asyncpg, "connect", connect)
    monkeypatch.setattr(asyncpg, "create_pool", connect)


@pytest.mark.usefixtures("refused")
def test_commands_are_told_that_it_is_away() -> None:
    for ask in (is_current, upgrade):
        with pytest.raises(DatabaseUnavailable) as away:
            ask(URL)
        assert "secret" not in str(away.value)


@pytest.mark.anyio
@pytest.mark.usefixtures("refused")
async def test_the_service_is_told_that_it_is_away() -> None:
    assert not await answers(URL)
    with pytest.raises(DatabaseUnavailable) as away:
        await PostgreSQL.connect(URL)
    assert "secret" not in str(away.value)
