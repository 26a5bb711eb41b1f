"""Values that a JSON schema of the API describes, made by hypothesis."""

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from app.journal.kinds.zones import zone
from tests.journal.kinds.journal_vectors import Members

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC")
EARLIEST = datetime(1950, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
TEXT = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")

Values = st.SearchStrategy[Any]  # JSON of any type


def members_of(schema: Members, defs: Members) -> Values:
    """Objects of a schema: required members always, the others now and then."""
    required = set(schema.get("required", ()))
    values = {name: value_of(part, defs) for name, part in schema["properties"].items()}
    always = {name: value for name, value in values.items() if name in required}
    optional = {name: value for name, value in values.items() if name not in required}
    told = st.fixed_dictionaries(always, optional=optional)
    return told.filter(lambda found: len(found) >= schema.get("minProperties", 0))


def value_of(schema: Members, defs: Members) -> Values:
    """A value of a schema."""
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    for key, make in (("const", st.just), ("enum", st.sampled_from)):
        if key in schema:
            return make(schema[key])
    makers = {
        "object": lambda: members_of(schema, defs),
        "array": lambda: _array(schema, defs),
        "string": lambda: _text(schema),
        "integer": lambda: st.integers(schema["minimum"], schema["maximum"]),
        "number": lambda: _number(schema),
        "boolean": st.booleans,
    }
    return makers[schema["type"]]()


def _array(schema: Members, defs: Members) -> Values:
    unique = repr if schema.get("uniqueItems") else None
    items = value_of(schema["items"], defs)
    return st.lists(items, min_size=1, max_size=schema["maxItems"], unique_by=unique)


def _number(schema: Members) -> Values:
    steps = 2 if "multipleOf" in schema else 10
    low, high = round(schema["minimum"] * steps), round(schema["maximum"] * steps)
    return st.integers(low, high).map(lambda number: number / steps)


def _text(schema: Members) -> Values:
    if schema.get("format") == "uuid":
        return st.uuids().map(str)
    if schema.get("format") == "date-time":
        zones = st.sampled_from(ZONES).map(zone)
        return st.datetimes(EARLIEST, timezones=zones).map(_written)
    if "pattern" in schema:
        return st.sampled_from(["en", "de-CH", "zh-Hant-TW"])
    if schema["maxLength"] == 64:
        return st.sampled_from(ZONES)
    return st.text(TEXT, min_size=1, max_size=min(schema["maxLength"], 40))


def _written(instant: datetime) -> str:
    offset = instant.strftime("%z")
    return f"{instant.strftime('%Y-%m-%dT%H:%M:%S')}{offset[:3]}:{offset[3:5]}"
