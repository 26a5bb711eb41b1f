"""Settings of a service in production, behind proxies of a test."""

from pathlib import Path

from app.settings import Settings
from app.vault.keyring import make_ring_file
from tests.engines import sqlite_url


def in_production(folder: Path, trusted: tuple[str, ...]) -> Settings:
    """With a ring of its own; everything lies in `folder`."""
    settings = Settings(
        environment="production",
        database_url=sqlite_url(folder),
        keys_file=folder / "keys.json",
        erasure_ledger=folder / "erasures.jsonl",
        public_url="https://localhost",
        mail_transport="smtp",
        smtp_port=9,
        trusted_proxies=trusted,
    )
    make_ring_file(settings.keys_file)
    return settings
