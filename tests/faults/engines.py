"""Databases for faults: their servers are this run's own, and may be killed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from tests.engines import migrated, new_postgresql_database, own_postgresql_server, sqlite_url

EngineName = Literal["sqlite", "postgresql"]


@contextmanager
def a_database(
    engine: EngineName, folder: Path, configuration: Path | None = None
) -> Iterator[str]:
    """The URL of a migrated database, as the service signs in to it.

    `configuration`: of PostgreSQL, beyond its own.
    """
    if engine == "sqlite":
        yield sqlite_url(folder)
        return
    with own_postgresql_server(configuration) as server:
        yield migrated(asyncio.run(new_postgresql_database(server)))
