"""Publishes the JSON Schema of a share's trend summary: `python -m app.trends.published_schema`."""

import json
from pathlib import Path
from typing import Any

from app.trends.document import trend_document_schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "clients" / "trend-document.schema.json"
ADDRESS = "https://afterglow.example/schema/trend-document-1.json"


def published_schema() -> dict[str, Any]:
    """The schema under its name. (A schema is untyped JSON, hence Any.)"""
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": ADDRESS}
    return named | trend_document_schema()


def published_text() -> str:
    """The file as it must stand in the repository."""
    return json.dumps(published_schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(published_text(), encoding="utf-8")
