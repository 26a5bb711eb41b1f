"""All tables of the house in one place, for migrations and their tests alone."""

from sqlmodel import SQLModel

import app.accounts.tables
import app.audit.tables
import app.journal.tables
import app.safety.tables
import app.sharing.tables
import app.vault.tables  # noqa: F401 - importing a tables module describes its tables

METADATA = SQLModel.metadata
