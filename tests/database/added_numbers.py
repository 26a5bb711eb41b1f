"""A small SQLite file, its writer, and jobs that add a number."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.database.sqlite_connection import connect
from app.database.sqlite_turn import Turn
from app.database.sqlite_writer import Writer

Adding = Callable[[sqlite3.Connection], int]
TICK_SECONDS = 0.005


def writer_of(file: Path, patience: float = 10.0) -> Writer:
    return Writer(lambda: connect(file), Turn(file), patience=patience)


def adding(number: int, fault: BaseException | None = None, seconds: float = 0.0) -> Adding:
    def add(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO added VALUES (?)", [number])
        time.sleep(seconds)
        if fault:
            raise fault
        return threading.get_ident()

    return add


def added(file: Path) -> list[int]:
    connection = connect(file)
    try:
        return [
            number for (number,) in connection.execute("SELECT number FROM added ORDER BY rowid")
        ]
    finally:
        connection.close()
