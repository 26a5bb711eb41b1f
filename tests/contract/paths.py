"""Where the contract lies."""

from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
OPENAPI = ROOT / "openapi"
OPENAPI_FILE = OPENAPI / "openapi.json"

# An OpenAPI file is nested dicts and lists of every JSON type.
Document = dict[str, Any]
