"""A server in a thread of its own, for a load generator that runs a loop itself."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LAST_SECONDS = 30.0


@contextmanager
def listening(serve: Serve) -> Iterator[int]:
    """The port at which each connection is served, until its client hangs up.

    In the end everybody has been served, also who was only being let in when the end came: a
    connection that is left over would be told as a fault of whichever test runs later.
    """
    ready, over = Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    ports: list[int] = []

    async def listen() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        ready.set()
        await over.wait()
        async with asyncio.timeout(LAST_SECONDS):
            while left := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(left)
        server.close()  # not before: whoever is being let in meanwhile is dropped unclosed

    thread = Thread(target=loop.run_until_complete, args=(listen(),))
    thread.start()
    assert ready.wait(LAST_SECONDS)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(2 * LAST_SECONDS)
        loop.close()
