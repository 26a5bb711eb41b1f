"""Readers of diaries: text in, drafts and faults out. Pure: neither HTTP nor a database."""

from collections.abc import Callable
from types import MappingProxyType

from app.portability.importers.bearable import read_bearable
from app.portability.importers.daylio import read_daylio
from app.portability.importers.own import read_own
from app.portability.importers.rows import FileText, ReadFile

READERS: MappingProxyType[str, Callable[[FileText], ReadFile]] = MappingProxyType(
    {"afterglow": read_own, "daylio": read_daylio, "bearable": read_bearable}
)

__all__ = ["READERS", "FileText", "ReadFile"]
