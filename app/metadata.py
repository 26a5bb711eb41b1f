"""All tables of the house in one place, for migrations, backups and tests alone."""

from sqlmodel import SQLModel

import app.accounts.tables
import app.audit.tables
import app.journal.tables
import app.keeping.tables
import app.portability.tables
import app.safety.tables
import app.sharing.tables
import app.throttling.tables
import app.vault.tables  # noqa: F401 - importing a tables module describes its tables

METADATA = SQLModel.metadata
