"""`python -m benchmarks.rotation`: a key rotates under load, killed half-way and resumed."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Annotated, Literal, NamedTuple
from uuid import uuid4

import typer

from app.clock import system_clock
from app.database import Database, Transaction, open_database
from app.database.migrate import upgrade
from app.keeping.key_rotation import rows_under
from app.vault import KeyRing, Vault
from app.vault.ring_keys import Purpose
from tests.engines import new_postgresql_database, postgresql_server
from tests.process import RunningService, served
from tests.service import an_entry

TOGETHER = 500
LOOKS_EVERY_SECONDS = 0.02
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Rotated(NamedTuple):
    """What came of it. `seconds` is the time that rotation commands ran in all."""

    rows: dict[int, int]
    kills: int
    seconds: float
    requests: int
    failed: int
    verified: bool


@dataclass(slots=True)
class Load:
    """A patient who writes and reads through one server for as long as it takes."""

    service: RunningService
    over: Event = field(default_factory=Event)
    requests: int = 0
    failed: int = 0

    def run(self) -> None:
        """Until `over`; each round also signs somebody up, which takes a key of the ring."""
        with self.service.client() as http:
            while not self.over.is_set():
                headers = {"Authorization": f"Bearer {self.service.sign_up(http)}"}
                for _ in range(3):
                    if self.over.is_set():
                        break
                    saved = http.post("/v1/entries", json=an_entry(), headers=headers)
                    read = http.get("/v1/entries", headers=headers)
                    self.requests += 2
                    self.failed += (saved.status_code != 201) + (read.status_code != 200)
                self.requests += 2


def rotated(url: str, folder: Path, patients: int, kills: int) -> Rotated:
    """Two servers under load, `patients` more keys, and a rotation killed `kills` times."""
    with ExitStack() as stack:
        services = [stack.enter_context(served(url, folder)) for _ in range(2)]
        asyncio.run(_seed(url, folder / "keys.json", patients))
        loads = [Load(service) for service in services]
        threads = [Thread(target=load.run) for load in loads]
        for thread in threads:
            thread.start()
        try:
            environment = os.environ | {
                "AFTERGLOW_DATABASE_URL": url,
                "AFTERGLOW_KEYS_FILE": str(folder / "keys.json"),
            }
            killed, seconds = asyncio.run(_rotate(url, environment, patients, kills))
        finally:
            for load in loads:
                load.over.set()
            for thread in threads:
                thread.join()
        _command(environment, "rotate", "--purpose", "kek").wait()
        verified = _command(environment, "verify").wait() == 0
        return Rotated(
            asyncio.run(_rows(url)),
            killed,
            seconds,
            sum(load.requests for load in loads),
            sum(load.failed for load in loads),
            verified,
        )


async def _rotate(
    url: str, environment: Mapping[str, str], patients: int, kills: int
) -> tuple[int, float]:
    """Run the command until it ends by itself; kill it whenever the next part is done."""
    database = await open_database(url, whole=True)
    killed, seconds = 0, 0.0
    old = KeyRing.from_file(Path(environment["AFTERGLOW_KEYS_FILE"])).current(Purpose.KEK).number
    try:
        while True:
            began = time.perf_counter()
            process = _command(environment, "rotate", "--purpose", "kek")
            part = patients * (killed + 1) // (kills + 1) if killed < kills else None
            ended = await _watch(database, process, old, part)
            seconds += time.perf_counter() - began
            if ended:
                if process.returncode:
                    raise RuntimeError("the rotation did not end well")
                return killed, seconds
            killed += 1
    finally:
        await database.close()


async def _watch(
    database: Database, process: "subprocess.Popen[bytes]", old: int, part: int | None
) -> bool:
    """Whether the command came to its end; else it was killed after `part` of the rows."""
    while process.poll() is None:
        await asyncio.sleep(LOOKS_EVERY_SECONDS)
        if part is not None:
            rows = await rows_under(database, Purpose.KEK)
            if sum(count for number, count in rows.items() if number != old) >= part:
                process.send_signal(signal.SIGKILL)
                process.wait()
                return False
    return True


def _command(environment: Mapping[str, str], *words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli", "keys", *words],
        env=dict(environment),
        stdout=subprocess.DEVNULL,
    )


async def _seed(url: str, keys_file: Path, patients: int) -> None:
    vault = Vault(KeyRing.from_file(keys_file), system_clock)
    database = await open_database(url, whole=True)

    async def some(transaction: Transaction) -> None:
        for _ in range(TOGETHER):
            await vault.make_patient(transaction, uuid4())

    for _ in range(0, patients, TOGETHER):
        await database.write(None, some)
    await database.close()


async def _rows(url: str) -> dict[int, int]:
    database = await open_database(url, whole=True)
    try:
        return await rows_under(database, Purpose.KEK)
    finally:
        await database.close()


@command.command()
def main(
    engine: Annotated[Literal["sqlite", "postgresql"], typer.Option()] = "sqlite",
    patients: Annotated[int, typer.Option(min=1)] = 100_000,
    kills: Annotated[int, typer.Option(min=0)] = 5,
) -> None:
    """Print how long it took, and what was lost by it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="agrotate")))
        url = f"sqlite:///{folder / 'afterglow.db'}"
        if engine == "postgresql":
            server = stack.enter_context(postgresql_server())
            url = asyncio.run(new_postgresql_database(server))
        upgrade(url)
        done = rotated(url, folder, patients, kills)
    typer.echo(
        f"{engine}: {patients} patients in {done.seconds:.1f} s, killed {done.kills} times; "
        f"{done.requests} requests meanwhile, {done.failed} failed; rows by key {done.rows}; "
        f"{'0 unreadable' if done.verified else 'UNREADABLE ROWS'}"
    )


if __name__ == "__main__":
    command()
