"""What the tests of the shell share."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.web.openapi import openapi_document
from tests.web.listening import a_server
from tests.web.sample import an_app
from tests.web.spoken import LONG

# An OpenAPI file is nested dicts and lists of every JSON type.
Document = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Document:
    """The file of the sample app."""
    return openapi_document(an_app())


@pytest.fixture
async def port(anyio_backend: str) -> AsyncIterator[int]:
    """The port of a server that hurries nobody here, however slow this machine is."""
    async with a_server(LONG) as port:
        yield port
