"""Holds every answer of a running service against the OpenAPI file, and its headers closed."""

import re
from functools import cache

import httpx
from jsonschema import (  # type: ignore[import-untyped]  # has no types
    Draft202012Validator,
    FormatChecker,
)

from tests.contract.paths import Document

EMPTY = {204, 304}
CLOSED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
"""What every answer of the API says, whatever it is."""


class Witness:
    """Sees each exchange; an answer that the file does not describe fails the test."""

    def __init__(self, document: Document) -> None:
        """`document` is the OpenAPI file."""
        self._document = document
        self.seen: set[tuple[str, int]] = set()
        self._places = [
            (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ]
        self._validator = cache(self._make_validator)

    async def see(self, response: httpx.Response) -> None:
        """For the `response` hook of a client."""
        await response.aread()
        operation = self._operation(response.request)
        name, status = operation["operationId"], response.status_code
        for header, value in CLOSED.items():
            assert response.headers.get_list(header) == [value], f"{name} {status}: {header}"
        assert "server" not in response.headers
        assert "set-cookie" not in response.headers
        declared = operation["responses"].get(str(status))
        assert declared is not None, f"{name} does not declare {status}"
        self.seen.add((name, status))
        for header in declared["headers"]:
            assert header in response.headers, f"{name} {status} lacks {header}"
        if status in EMPTY:
            assert response.content == b""
            return
        media_type = response.headers["content-type"].partition(";")[0]
        assert media_type in declared["content"], f"{name} {status} declares no {media_type}"
        schema = declared["content"][media_type]["schema"]
        if "$ref" in schema:
            self._check(name, schema, response)
        # A push is answered 200 even when items of it are rejected.
        taken = status < 400 and b'"status":"rejected"' not in response.content
        if taken and "requestBody" in operation:
            self._check_request(operation, response.request)

    def _operation(self, request: httpx.Request) -> Document:
        found: Document
        (found,) = (
            operation
            for method, path, operation in self._places
            if method == request.method and path.fullmatch(request.url.path)
        )
        return found

    def _check(self, name: str, schema: Document, response: httpx.Response) -> None:
        faults = [
            f"{each.json_path} breaks {each.validator}"
            for each in self._validator(schema["$ref"]).iter_errors(response.json())
        ]
        assert faults == [], f"{name} {response.status_code}: {faults}"

    def _check_request(self, operation: Document, request: httpx.Request) -> None:
        media_type = request.headers["content-type"]
        schema = operation["requestBody"]["content"][media_type]["schema"]
        body = httpx.Response(200, content=request.content).json()
        assert self._validator(schema["$ref"]).is_valid(body), (
            f"{operation['operationId']} takes what the file forbids"
        )

    def _make_validator(self, reference: str) -> Draft202012Validator:
        schema = {"$ref": reference, "components": self._document["components"]}
        return Draft202012Validator(schema, format_checker=FormatChecker())
