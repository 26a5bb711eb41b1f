"""What the tests of the shell share."""

from typing import Any

import pytest

from app.web.openapi import openapi_document
from tests.web.sample import an_app

# An OpenAPI file is nested dicts and lists of every JSON type.
Document = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Document:
    """The file of the sample app."""
    return openapi_document(an_app())
