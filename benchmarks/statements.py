"""Afterglow's own statements as bare text: the reference runs exactly these."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.sql import Executable

from app.accounts.store_tokens import FIND_TOKEN
from app.audit.store import ADD as ADD_EVENT
from app.audit.store import ADVANCE as ADVANCE_CHAIN
from app.audit.store import LOCK as LOCK_CHAIN
from app.database.statements import PerEngine
from app.journal.store import (
    ADD_VERSION,
    ADVANCE,
    FEED,
    HEAD,
    LOAD,
    LOCK,
    SAVE,
)
from app.journal.store_digests import LOAD_DAY_TABLES, LOAD_DIGESTS
from app.journal.store_pages import page_statement
from app.sharing.store import BY_TOKEN
from app.sharing.store_accesses import ADD as ADD_ACCESS
from app.sharing.store_accesses import COUNT as COUNT_ACCESSES
from app.sharing.store_files import LOAD_JWE, NEWEST_FILE
from app.sharing.store_openings import COUNT_OPENING
from app.trends.store_standing import LOAD_WITH_ANSWER

# A driver's values have many types.
Values = Mapping[str, Any]


class Bare:
    """A statement as text, with the order of its parameters."""

    __slots__ = ("_literals", "_names", "sql")

    def __init__(self, statement: Executable | PerEngine, dialect: Dialect) -> None:
        """Compiled as the service compiles it."""
        plain: Any = (
            statement.for_dialect(dialect) if isinstance(statement, PerEngine) else statement
        )
        compiled = plain.compile(dialect=dialect)
        self.sql = str(compiled)
        self._names: tuple[str, ...] = tuple(compiled.positiontup or ())
        self._literals = {
            name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required
        }

    def ordered(self, values: Values) -> list[Any]:
        """The values in the order of their places."""
        if self._literals:
            values = {**self._literals, **values}
        return [values[name] for name in self._names]


class Statements:
    """All that the reference runs, in one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        """Compiled once."""
        self.find_token = Bare(FIND_TOKEN, dialect)
        self.lock = Bare(LOCK, dialect)
        self.head = Bare(HEAD, dialect)
        self.load = Bare(LOAD, dialect)
        self.save = Bare(SAVE, dialect)
        self.add_version = Bare(ADD_VERSION, dialect)
        self.advance = Bare(ADVANCE, dialect)
        self.lock_chain = Bare(LOCK_CHAIN, dialect)
        self.add_event = Bare(ADD_EVENT, dialect)
        self.advance_chain = Bare(ADVANCE_CHAIN, dialect)
        self.page = Bare(page_statement(None, frozenset()), dialect)
        self.standing = Bare(LOAD_WITH_ANSWER, dialect)
        self.digests = Bare(LOAD_DIGESTS, dialect)
        self.tables = Bare(LOAD_DAY_TABLES, dialect)
        self.feed = Bare(FEED, dialect)
        self.find_share = Bare(BY_TOKEN, dialect)
        self.newest_file = Bare(NEWEST_FILE, dialect)
        self.count_opening = Bare(COUNT_OPENING, dialect)
        self.load_jwe = Bare(LOAD_JWE, dialect)
        self.count_accesses = Bare(COUNT_ACCESSES, dialect)
        self.add_access = Bare(ADD_ACCESS, dialect)
