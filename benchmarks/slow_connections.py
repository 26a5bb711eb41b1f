"""`python -m benchmarks.slow_connections`: thousands of slow clients, and one that is honest."""

import asyncio
import resource
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer
import uvloop

from benchmarks.beside import EngineName, figures, goal, honest_patient, meanwhile

HOST = "127.0.0.1"
AT_ONCE = 100
PATIENCE_SECONDS = 60.0
HEAD = b"GET /v1/entries HTTP/1.1\r\nHost: journal.example\r\nX-Slow: "
BODY = (
    b"POST /v1/tokens HTTP/1.1\r\nHost: journal.example\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
)
KINDS = {"silent": b"", "head": HEAD, "body": BODY}
"""What each kind sends at once; those that send anything go on with a byte a pause."""

command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Held:
    """One slow connection: what it did, how long it was let, and the status it was told (or 0)."""

    kind: str
    seconds: float
    status: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """All slow connections of a run, and how many were open at once."""

    held: Sequence[Held]
    at_once: int

    def longest(self, kind: str) -> float:
        """Seconds until the last one of a kind was cut."""
        return max((each.seconds for each in self.held if each.kind == kind), default=0.0)


class _Crowd:
    def __init__(self, port: int, pause: float) -> None:
        self._port, self._pause = port, pause
        self._doors = asyncio.Semaphore(AT_ONCE)
        self._open = self.most = 0

    async def hold(self, kind: str) -> Held:
        clock = asyncio.get_running_loop().time
        async with self._doors:
            reader, writer = await asyncio.open_connection(HOST, self._port)
        begun = clock()
        self._open += 1
        self.most = max(self.most, self._open)
        answer = asyncio.ensure_future(reader.read())
        try:
            writer.write(KINDS[kind])
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not (await asyncio.wait([answer], timeout=self._pause))[0]:
                    if KINDS[kind]:
                        writer.write(b"a")
            told = answer.result()
        except ConnectionError:
            told = b""
        finally:
            self._open -= 1
            answer.cancel()
            writer.close()
        return Held(kind, clock() - begun, int(told[9:12]) if told else 0)


async def crowd(port: int, number: int, pause: float) -> Outcome:
    """So many slow connections, of each kind in turn, until all are cut."""
    slow = _Crowd(port, pause)
    kinds = [*KINDS]
    held = await asyncio.gather(*(slow.hold(kinds[n % len(kinds)]) for n in range(number)))
    return Outcome(held, slow.most)


def hold(port: int, number: int, pause: float) -> Outcome:
    """`crowd` for a process of its own."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # the cheapest on cores
        return runner.run(crowd(port, number, pause))


@command.command()
def main(
    held: Annotated[int, typer.Option(min=3, help="Slow connections at once.")] = 2000,
    engine: Annotated[EngineName, typer.Option(help="Which database.")] = "sqlite",
    seconds: Annotated[float, typer.Option(help="How long the honest patient reads.")] = 18.0,
) -> None:
    """Hold slow connections and tell how an honest patient fares, and when all are cut."""
    with honest_patient(engine) as honest:
        before = honest.memory_mib()
        alone = honest.read_for(3)
        with meanwhile(hold, honest.port, held, 1.0) as slow:
            cores = honest.cores()
            beside = honest.read_for(seconds)
            share = cores.share()
            outcome = slow.result()
        lines = [
            goal("p99 of an honest read, ms", beside.percentile(0.99) * 1000, 50),
            goal("last silent connection cut after, s", outcome.longest("silent"), 20),
            goal("last slow head cut after, s", outcome.longest("head"), 20),
            goal("last slow body cut after, s", outcome.longest("body"), 25),
            goal("honest reads refused", len(beside.refused), 0),
            goal("connections not held at once", held - outcome.at_once, 0),
        ]
        typer.echo(f"{engine}: {outcome.at_once} connections held at once")
        for line, _ in lines:
            typer.echo(line)
        for each in figures(alone, beside, share):
            typer.echo(each)
        statuses = Counter((each.kind, each.status) for each in outcome.held)
        typer.echo(", ".join(f"{kind} {told}: {n}" for (kind, told), n in sorted(statuses.items())))
        typer.echo(f"memory {before:.0f} MiB before, {honest.memory_mib('VmHWM'):.0f} at most")
    raise typer.Exit(0 if all(met for _, met in lines) else 1)


if __name__ == "__main__":
    command()
