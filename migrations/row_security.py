"""Walls between patients on PostgreSQL: roles, policies and look-ups. On SQLite nothing happens.

A migration that adds a table with an `account_id` calls `wall`, one that adds a table without
calls `open_to_service`, and one that adds a statement which runs before the account is known calls
`add_lookup`.
"""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.database.errors import MigrationRefused

OWNER = "afterglow_owner"
SERVICE = "afterglow_app"
LOOKUP = "afterglow_lookup"
OWN_ROWS = "account_id = nullif(current_setting('app.account_id', true), '')::uuid"
EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")
HAS_ACCOUNT = (
    "EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid"
    " AND a.attname = 'account_id' AND NOT a.attisdropped)"
)
NAME = re.compile(r"[a-z_][a-z0-9_]*")


def is_walled_engine() -> bool:
    """Whether this migration runs where rows can be walled."""
    return op.get_context().dialect.name == "postgresql"


def wall(table: str, rights: Sequence[str] = EVERYTHING) -> None:
    """Let a row of `table` be seen and written only in its own account's transactions.

    The service may do what `rights` names, nobody else anything. Raises MigrationRefused.
    """
    if not is_walled_engine():
        return
    open_to_service(table, rights)
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY {table}_of_account ON {table} USING ({OWN_ROWS}) WITH CHECK ({OWN_ROWS})"
    )


def open_to_service(table: str, rights: Sequence[str] = EVERYTHING) -> None:
    """Give the service's role `rights` on a table; one without an account has no other wall."""
    if not is_walled_engine():
        return
    make_roles()
    if _is_superuser():
        op.execute(f"ALTER TABLE {_named(table)} OWNER TO {OWNER}")
    op.execute(f"REVOKE ALL ON {table} FROM PUBLIC, {SERVICE}")
    op.execute(f"GRANT {', '.join(rights)} ON {table} TO {SERVICE}")


def let_clear(table: str) -> None:
    """Let the service VACUUM a table that is not its own, where the server knows such a right."""
    if is_walled_engine() and _knows_maintain():
        op.execute(f"GRANT MAINTAIN ON {_named(table)} TO {SERVICE}")


def let_clear_where_it_lacks(tables: Sequence[str]) -> None:
    """`let_clear` for those of `tables` that lack it, as they do once the server knows the right.

    What is not there, or not this user's to grant, is passed over.
    """
    if not (is_walled_engine() and _knows_maintain()):
        return
    named = ", ".join(f"'{_named(table)}'" for table in tables)
    lacks = f"r.rolname = '{SERVICE}' AND NOT has_table_privilege(r.oid, c.oid, 'MAINTAIN')"
    for table in _names(
        f"c.relname IN ({named}) AND pg_has_role(c.relowner, 'USAGE')"
        f" AND EXISTS (SELECT FROM pg_roles r WHERE {lacks})"
    ):
        let_clear(table)


def forbid_clearing(table: str) -> None:
    """What `let_clear` did, undone."""
    if is_walled_engine() and _knows_maintain():
        op.execute(f"REVOKE MAINTAIN ON {_named(table)} FROM {SERVICE}")


def unwall(table: str) -> None:
    """What `wall` did, undone; the owner stays."""
    if not is_walled_engine():
        return
    for policy in (f"{_named(table)}_of_account", f"{table}_for_lookup"):
        op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute(f"REVOKE ALL ON {table} FROM {SERVICE}, {LOOKUP}")


def add_lookup(
    name: str, parameters: str, columns: str, reads: Sequence[str], select: str, rows: int = 1
) -> None:
    """A function by which the service reads past the walls: only what `select` gives.

    `parameters` and `columns` are written as in SQL, each with its type; parameters must not be
    named like columns. `reads` are the tables of `select`, `rows` how many it is expected to give.

    PL/pgSQL, because every supported version keeps its plans for a whole session.
    """
    if not is_walled_engine():
        return
    make_roles()
    for table in reads:
        _show_to_lookups(table)
    signature = f"{_named(name)}({parameters})"
    op.execute(
        f"CREATE FUNCTION {signature} RETURNS TABLE ({columns}) LANGUAGE plpgsql STABLE"
        f" ROWS {rows} SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
        f" AS $$ #variable_conflict use_column\nBEGIN RETURN QUERY {select}; END $$"
    )
    op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {SERVICE}")
    # A function's owner must be allowed to make things in its schema, for this moment.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {LOOKUP}")
    op.execute(f"ALTER FUNCTION {name} OWNER TO {LOOKUP}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {LOOKUP}")


def drop_lookup(name: str) -> None:
    """What `add_lookup` did, undone; what look-ups may read stays until `unwall`."""
    if is_walled_engine():
        op.execute(f"DROP FUNCTION {_named(name)}")


def make_roles() -> None:
    """The roles, made where they lack and this user may. Raises MigrationRefused."""
    found = _found_roles()
    wanted = [SERVICE, LOOKUP] + ([OWNER] if _is_superuser() else [])
    for role in wanted:
        if role not in found:
            _make_role(role)
    if not _ask(f"SELECT pg_has_role(current_user, '{LOOKUP}', 'MEMBER')"):
        raise MigrationRefused(f"the migrating user is no member of {LOOKUP}: run deploy/roles.sql")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {SERVICE}, {LOOKUP}")
    if _is_superuser():
        op.execute(f"GRANT {LOOKUP} TO {OWNER}")
        op.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
        op.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")


def walled_tables() -> list[str]:
    """Tables whose rows are walled."""
    return _names("c.relforcerowsecurity")


def bare_tables() -> list[str]:
    """Tables with an account whose rows are not walled yet."""
    return _names(f"NOT c.relforcerowsecurity AND {HAS_ACCOUNT}")


def tables_without_account(*, opened: bool) -> list[str]:
    """Tables that nobody's account stands in, which the service may read already or may not."""
    may = f"has_table_privilege('{SERVICE}', c.oid, 'SELECT')"
    return _names(f"NOT {HAS_ACCOUNT} AND {'' if opened else 'NOT '}{may}")


def _make_role(role: str) -> None:
    if not _ask("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"):
        raise MigrationRefused(f"there is no role {role}: run deploy/roles.sql as an administrator")
    login = "NOLOGIN" if role == LOOKUP else "LOGIN"
    # Roles belong to all databases of a server: another migration may be making the same one.
    op.execute(
        f"DO $$ BEGIN CREATE ROLE {role} {login} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;"
        " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )


def _show_to_lookups(table: str) -> None:
    policy = f"{_named(table)}_for_lookup"
    op.execute(f"GRANT SELECT ON {table} TO {LOOKUP}")
    op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
    op.execute(f"CREATE POLICY {policy} ON {table} FOR SELECT TO {LOOKUP} USING (true)")


def _names(condition: str) -> list[str]:
    rows = op.get_bind().execute(
        sa.text(
            "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p')"
            f" AND c.relnamespace = 'public'::regnamespace AND {condition} ORDER BY 1"
        )
    )
    return [row[0] for row in rows]


def _found_roles() -> set[str]:
    rows = op.get_bind().execute(sa.text("SELECT rolname FROM pg_roles"))
    return {row[0] for row in rows}


def _knows_maintain() -> bool:
    return _ask("SELECT current_setting('server_version_num')::int >= 170000")


def _is_superuser() -> bool:
    return _ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")


def _ask(question: str) -> bool:
    return bool(op.get_bind().scalar(sa.text(question)))


def _named(name: str) -> str:
    """`name`, if it is one. Raises ValueError."""
    if not NAME.fullmatch(name):
        raise ValueError("a table or function is named by small letters, digits and underscores")
    return name
