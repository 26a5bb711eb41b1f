"""What must hold around a database before it serves: the roles, the walls, the files' modes."""

import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg

from app.database.connect import SQLITE_PREFIX
from app.database.driver_faults import NOT_CONNECTED
from app.database.sqlite_turn import ENDING

LEAKS = """
WITH tables AS (
  SELECT c.oid, c.relname, c.relowner, c.relrowsecurity AND c.relforcerowsecurity AS walled,
         EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
                 AND a.attname = 'account_id' AND NOT a.attisdropped) AS of_patients
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
)
SELECT 'the user is a superuser or passes row security' FROM pg_roles
 WHERE rolname IN (current_user, session_user) AND (rolsuper OR rolbypassrls)
UNION
SELECT 'the user owns, or may act for the owner of, ' || string_agg(relname, ', ' ORDER BY relname)
  FROM tables WHERE pg_has_role(session_user, relowner, 'MEMBER') HAVING count(*) > 0
UNION
SELECT 'the user may act for the owner of ' || string_agg(proname, ', ' ORDER BY proname)
  FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
   AND pg_has_role(session_user, proowner, 'MEMBER') HAVING count(*) > 0
UNION
SELECT 'row security is not forced on ' || string_agg(relname, ', ' ORDER BY relname)
  FROM tables WHERE of_patients AND NOT walled HAVING count(*) > 0
UNION
SELECT 'the user may empty ' || string_agg(relname, ', ' ORDER BY relname) FROM tables
 WHERE of_patients AND has_table_privilege(oid, 'TRUNCATE')
   AND NOT pg_has_role(session_user, relowner, 'MEMBER') HAVING count(*) > 0
UNION
SELECT 'the user may change what ' || relname || ' holds' FROM tables
 WHERE relname = 'audit_event' AND has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')
ORDER BY 1
"""
CONNECT_SECONDS = 5.0
FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


async def leaks_of(url: str) -> list[str]:
    """Where rows of one patient, or files, could come before other eyes; empty when all holds.

    Of PostgreSQL: the service's user, its key and every table; of SQLite: the modes of file and
    folder.
    """
    if url.startswith(SQLITE_PREFIX):
        return _open_files(Path(url.removeprefix(SQLITE_PREFIX)))
    connection = await asyncpg.connect(url)
    try:
        return [*_read_by_others(_keys(url)), *await gaps_seen_by(connection)]
    finally:
        await connection.close()


async def gaps_seen_by(connection: Any) -> list[str]:
    """The same of PostgreSQL, for the user of a connection."""
    return [row[0] for row in await connection.fetch(LEAKS)]


async def answers(url: str) -> bool:
    """Whether a PostgreSQL server takes a connection now."""
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
    except NOT_CONNECTED:
        return False
    await connection.close()
    return True


def is_encrypted(url: str) -> bool:
    """Whether nobody on the way to the database can read along or stand in for it.

    SQLite and a local socket have no way; over a network it is TLS with a checked name.
    """
    if url.startswith(SQLITE_PREFIX):
        return True
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    hosts = [host for name in options.get("host", []) for host in name.split(",")]
    if hosts and not parts.hostname and all(host.startswith("/") for host in hosts):
        return True
    return options.get("sslmode", [""])[-1] == "verify-full"


def user_of(url: str) -> str:
    """Whom a PostgreSQL URL signs in as; empty where the URL leaves that open."""
    parts = urlsplit(url)
    return parts.username or parse_qs(parts.query).get("user", [""])[-1]


def _open_files(path: Path) -> list[str]:
    beside = [path.with_name(f"{path.name}-{end}") for end in ("wal", "shm", ENDING)]
    return _read_by_others([path.parent, path, *beside])


def _keys(url: str) -> list[Path]:
    """The files of the keys by which the service shows a PostgreSQL server who it is."""
    return [Path(each) for each in parse_qs(urlsplit(url).query).get("sslkey", [])]


def _read_by_others(kept: Iterable[Path]) -> list[str]:
    return [
        f"others may read {each.name or each}"
        for each in kept
        if each.exists() and stat.S_IMODE(each.stat().st_mode) & FOR_OTHERS
    ]
