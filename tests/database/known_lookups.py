"""Every look-up past the walls that the service has, wherever it is written."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import app
from app.database import Lookup

STORES = [
    importlib.import_module(each.name)
    for each in pkgutil.walk_packages(app.__path__, "app.")
    if each.name.rpartition(".")[2].startswith("store")
]
"""Every module that has statements."""


def _found() -> Iterator[Lookup]:
    for module in STORES:
        for _, lookup in inspect.getmembers(module, lambda one: isinstance(one, Lookup)):
            yield lookup


LOOKUPS = {each.name: each for each in _found()}
"""By the name of the function that PostgreSQL has for it."""
