"""`afterglow demo`: a server in this process, and the story told to it over HTTP."""

import asyncio
import threading
import time
from typing import Never

import httpx
import uvicorn
from rich.console import Console

from app.database.migrate import upgrade
from app.demo.story import tell
from app.main import create_app
from app.settings import Settings

START_SECONDS = 30.0


def play(settings: Settings, host: str, port: int, days: int, seed: int) -> None:
    """Migrate, serve, tell the story, and go on serving until interrupted.

    Raises SystemExit in production, and when the server does not start.
    """
    origin = settings.public_url
    console = Console()
    if settings.environment == "production":
        _refuse("there is no demo in production")
    upgrade(settings.migration_url or settings.database_url)
    server = _started(settings, host, port)
    try:
        asyncio.run(tell(origin, settings.mail_dir, console, seed=seed, days=days))
        console.print(f"\nServing on {origin} until Ctrl-C.")
        while server.is_alive():
            server.join(timeout=1)
    except KeyboardInterrupt:
        console.print("Stopped.")


class _ServerThread(threading.Thread):
    """uvicorn beside the main thread."""

    def __init__(self, settings: Settings, host: str, port: int) -> None:
        super().__init__(name="afterglow-serve", daemon=True)
        config = uvicorn.Config(
            create_app(settings),
            host=host,
            port=port,
            log_level="error",
            access_log=False,
            server_header=False,
        )
        self.server = uvicorn.Server(config)

    def run(self) -> None:
        """Serve until told to stop."""
        self.server.run()


def _started(settings: Settings, host: str, port: int) -> _ServerThread:
    thread = _ServerThread(settings, host, port)
    thread.start()
    until = time.monotonic() + START_SECONDS
    while not _is_ready(f"http://{host}:{port}"):
        if time.monotonic() > until or not thread.is_alive():
            _refuse(f"the server did not start on {host}:{port}; is the port in use?")
        time.sleep(0.05)
    return thread


def _is_ready(origin: str) -> bool:
    try:
        return httpx.get(f"{origin}/readyz").is_success
    except httpx.TransportError:
        return False


def _refuse(why: str) -> Never:
    Console(stderr=True).print(f"afterglow: {why}")
    raise SystemExit(2)
