"""An application behind a real socket, served as `afterglow serve` does."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import uvicorn
from starlette.types import ASGIApp

from app.web.connection import Connection
from app.web.deadlines import DEADLINES, Deadlines
from app.web.shape import ShellSettings
from tests.web.sample import an_app


@asynccontextmanager
async def a_server(
    deadlines: Deadlines = DEADLINES, app: ASGIApp | None = None, unsent_bytes: int = 0
) -> AsyncIterator[int]:
    """The port it listens on. `app`: the sample unless given.

    `unsent_bytes`: how much of its answers the system keeps for a client; else as it likes.
    """
    config = uvicorn.Config(
        app or an_app(ShellSettings(reader_prefixes=["/shl/"])),
        port=0,
        http=partial(Connection, deadlines=deadlines),  # type: ignore[arg-type]  # called, not derived
        ws="none",
        timeout_keep_alive=0,  # the deadlines alone decide
        log_config=None,
        server_header=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done()
        await asyncio.sleep(0.01)
    door = server.servers[0].sockets[0]
    if unsent_bytes:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, unsent_bytes)
    try:
        yield door.getsockname()[1]
    except BaseException:
        server.force_exit = True  # what a failed test still holds is waited for by nobody
        raise
    finally:
        server.should_exit = True
        await serving
