"""The committed OpenAPI file, and the service it is written from."""

import json
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.main import create_app
from app.vault.keyring import make_ring_file
from tests.contract.paths import OPENAPI_FILE, Document
from tests.service import settings_for


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The service, not started: what it would serve."""
    folder = tmp_path_factory.mktemp("contract")
    settings = settings_for(f"sqlite:///{folder}/afterglow.db", folder)
    make_ring_file(settings.keys_file)
    return create_app(settings)


@pytest.fixture(scope="session")
def document() -> Document:
    """The committed file."""
    found: Document = json.loads(Path(OPENAPI_FILE).read_text(encoding="utf-8"))
    return found
