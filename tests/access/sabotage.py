"""The service with its own account filter broken: every `account_id = …` is true for everybody."""

import re
from typing import Any

from app.database.statements import Compiled, PerEngine, StatementCache, is_on_patients_rows
from app.journal.journal import Journal
from tests.service import Service

FILTER = re.compile(r"\b(\w+\.)?account_id = (\$\d+(?:::\w+)?)")
"""The condition as SQLAlchemy writes it for asyncpg."""


class BrokenCache(StatementCache):
    """Compiles every statement and then breaks its filter."""

    def __init__(self, inner: StatementCache) -> None:
        """In place of `inner`."""
        super().__init__(inner._dialect, with_account=inner._with_account)
        self.broken: set[str] = set()
        """The statements that had a filter, as they run now."""
        self.whole: set[str] = set()
        """Those on patients' rows that had none."""

    def __getitem__(self, statement: object) -> Compiled:
        """As the real one; what has run is noted."""
        new = statement not in self._compiled
        compiled = super().__getitem__(statement)
        if new:
            # The parameter stays, so that its type stays known.
            compiled.sql, filters = FILTER.subn(r"(\1account_id = \2 OR true)", compiled.sql)
            if filters:
                self.broken.add(compiled.sql)
            elif is_on_patients_rows(self._plain(statement)):
                self.whole.add(compiled.sql)
        return compiled

    def _plain(self, statement: Any) -> Any:
        differs = isinstance(statement, PerEngine)
        return statement.for_dialect(self._dialect) if differs else statement


def break_filters(service: Service) -> BrokenCache:
    """Break the filter of every statement that the service runs from now on."""
    journal: Journal = service.app.state.provided[Journal]
    database: Any = journal._database
    database._statements = broken = BrokenCache(database._statements)
    return broken
