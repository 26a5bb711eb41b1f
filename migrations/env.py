"""How Alembic reaches the database and renders a migration."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations import Operations
from sqlalchemy import Connection
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from app.database.described import types_differ
from app.keeping.clearing import KEY_TABLES
from app.metadata import METADATA
from migrations.row_security import let_clear_where_it_lacks


def render_plain(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Migrations speak SQLAlchemy alone, so that they outlive the classes."""
    if kind != "type":
        return False
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, AutoString):
        length = getattr(item.impl_instance, "length", None)
        return f"sa.String({length})" if length else "sa.String()"
    return False


def run(connection: Connection) -> None:
    """Run the wanted steps over an open connection, in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_item=render_plain,
        compare_type=types_differ,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
        migrated = context.get_context()
        if migrated.get_current_revision() == context.get_head_revision():
            # The server may know the right only since it was upgraded.
            with Operations.context(migrated):
                let_clear_where_it_lacks(KEY_TABLES)


run(context.config.attributes["connection"])
