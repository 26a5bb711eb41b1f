"""What an operator may do with an account, by its id alone."""

from pathlib import Path
from uuid import UUID

import pytest
from anyio import to_thread
from typer.testing import CliRunner, Result

from app.cli import cli
from app.database import Database
from tests.portability.lives import STAYS, a_stranger, account_of, left_of
from tests.service import PASSWORD, Patient, Service
from tests.sharing.links import chain as chain_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def account_command(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The command works on the same database and files as the service."""
    settings = service.settings
    monkeypatch.setenv("AFTERGLOW_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("AFTERGLOW_KEYS_FILE", str(settings.keys_file))
    monkeypatch.setenv("AFTERGLOW_MAIL_DIR", str(settings.mail_dir))
    monkeypatch.setenv("AFTERGLOW_ERASURE_LEDGER", str(settings.erasure_ledger))
    return service


async def run(*arguments: str, typed: str = "") -> Result:
    return await to_thread.run_sync(
        lambda: CliRunner().invoke(cli, ["account", *arguments], input=typed)
    )


async def sign_in(service: Service, patient: Patient) -> int:
    entrance = {
        "method": "password",
        "email": patient.email,
        "password": PASSWORD,
        "device": {"name": "Phone", "platform": "test"},
    }
    return (await service.http.post("/v1/tokens", json=entrance)).status_code


async def last_event(database: Database, account: UUID) -> tuple[str, str, str]:
    return (await chain_of(database, account, str(account)))[-1]


async def test_a_locked_account_answers_as_if_the_password_were_wrong(
    account_command: Service, patient: Patient, database: Database
) -> None:
    account = await account_of(account_command, patient)
    assert (await run("lock", str(account))).exit_code == 0
    assert await last_event(database, account) == ("account.locked", "done", "operator")
    assert (await patient.ask("GET", "/v1/profile")).status_code == 401
    spent = {"refresh_token": patient.tokens["refresh_token"]}
    assert (await account_command.http.post("/v1/tokens/refresh", json=spent)).status_code == 401
    assert await sign_in(account_command, patient) == 401
    assert await last_event(database, account) == ("sign_in", "refused", "service")
    assert (await run("unlock", str(account))).exit_code == 0
    assert await sign_in(account_command, patient) == 200
    assert (await patient.ask("GET", "/v1/profile")).status_code == 401, "its device has ended"
    assert await last_event(database, account) == ("account.unlocked", "done", "operator")


async def test_locking_twice_leaves_one_event(
    account_command: Service, patient: Patient, database: Database
) -> None:
    account = await account_of(account_command, patient)
    for _ in range(2):
        assert (await run("lock", str(account))).exit_code == 0
    events = await chain_of(database, account, str(account))
    assert [action for action, *_ in events] == ["account.created", "account.locked"]


async def test_erasing_asks_for_the_id_again(
    account_command: Service, patient: Patient, database: Database
) -> None:
    account = await account_of(account_command, patient)
    wrong = await run("erase", str(account), typed=a_stranger() + "\n")
    assert wrong.exit_code == 2
    assert (await patient.ask("GET", "/v1/profile")).status_code == 200
    right = await run("erase", str(account), typed=f"{account}\n")
    assert right.exit_code == 0, right.output
    assert set(await left_of(database, account)) == STAYS
    assert await last_event(database, account) == ("account.erased", "done", "operator")
    assert (await patient.ask("GET", "/v1/profile")).status_code == 401


@pytest.mark.parametrize("command", [["lock"], ["unlock"], ["erase", "--yes"]])
async def test_an_unknown_id_is_found_out(
    account_command: Service, command: list[str], tmp_path: Path
) -> None:
    result = await run(command[0], a_stranger(), *command[1:])
    assert result.exit_code == 1
    assert "no such account" in result.output
    assert (await run(command[0], "somebody@example.org", *command[1:])).exit_code == 2
    assert not account_command.settings.erasure_ledger.exists()


async def test_in_production_nobody_is_erased_while_the_ledger_is_missing(
    account_command: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    account = await account_of(account_command, patient)
    not_mounted = tmp_path / "not-mounted" / "erasures.jsonl"
    monkeypatch.setenv("AFTERGLOW_ENVIRONMENT", "production")
    monkeypatch.setenv("AFTERGLOW_MAIL_TRANSPORT", "smtp")
    monkeypatch.setenv("AFTERGLOW_ERASURE_LEDGER", str(not_mounted))
    refused = await run("erase", str(account), "--yes")
    assert (refused.exit_code, "no ledger of erasures" in refused.stderr) == (2, True)
    assert not not_mounted.exists()
    assert (await patient.ask("GET", "/v1/profile")).status_code == 200
    not_mounted.parent.mkdir()
    not_mounted.touch(0o600)
    done = await run("erase", str(account), "--yes")
    assert done.exit_code == 0, done.output
    assert str(account) in not_mounted.read_text()
