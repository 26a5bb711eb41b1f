"""Journals that hypothesis thinks of, drawn from the JSON Schemas of the kinds themselves."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from app.journal.kinds import KINDS, payload
from app.journal.kinds.instruments import INSTRUMENTS
from tests.sharing.journals import Entry

Schema = dict[str, Any]

CREATED_AT = datetime(2026, 5, 1, 13, tzinfo=UTC)
SESSION_IDS = tuple(str(UUID(int=(4 << 76) + number)) for number in range(3))
ENDS_LATER = {"ended_at", "at", "resolved_at", "discharge_ready_at", "no_driving_until"}

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
moments = st.builds(
    lambda second, quarters: datetime.fromtimestamp(
        second, timezone(timedelta(minutes=15 * quarters))
    ).isoformat(),
    st.integers(1_600_000_000, 1_777_000_000),
    st.integers(-12 * 4, 14 * 4),
)
later_moments = st.integers(1_800_000_000, 1_900_000_000).map(
    lambda second: datetime.fromtimestamp(second, UTC).isoformat().replace("+00:00", "Z")
)


def _values(schema: Schema, defs: Schema, name: str = "") -> SearchStrategy[Any]:
    if "$ref" in schema:
        return _values(defs[schema["$ref"].rpartition("/")[2]], defs, name)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema["type"] == "object":
        return _objects(schema, defs)
    if schema["type"] == "array":
        each = _values(schema["items"], defs)
        unique = schema.get("uniqueItems", False)
        return st.lists(each, min_size=1, max_size=min(schema["maxItems"], 3), unique=unique)
    return _plain(schema, name)


def _plain(schema: Schema, name: str) -> SearchStrategy[Any]:
    if schema["type"] == "boolean":
        return st.booleans()
    if schema["type"] == "string":
        return _strings(schema, name)
    step = 1 if schema["type"] == "integer" else schema.get("multipleOf", 0.1)
    low, high = round(schema["minimum"] / step), round(schema["maximum"] / step)
    return st.integers(low, high).map(lambda n: n if step == 1 else round(n * step, 1))


def _strings(schema: Schema, name: str) -> SearchStrategy[str]:
    if schema.get("format") == "date-time":
        return later_moments if name in ENDS_LATER else moments
    if schema.get("format") == "uuid":
        return st.sampled_from(SESSION_IDS)
    if "pattern" in schema:
        return st.sampled_from(["en", "de-CH"])
    return texts.map(lambda text: text[: schema["maxLength"]])


def _objects(schema: Schema, defs: Schema) -> SearchStrategy[Entry]:
    required = set(schema.get("required", ()))
    members = {
        name: _values(member, defs, name)
        for name, member in schema["properties"].items()
        if name != "time_zone"
    }
    told = st.fixed_dictionaries(
        {name: each for name, each in members.items() if name in required},
        optional={name: each for name, each in members.items() if name not in required},
    )
    return told.filter(lambda found: len(found) >= schema.get("minProperties", 0))


def _whole(kind: str, members: Entry) -> Entry:
    """Members as they were drawn, with what the rules across members ask for."""
    if kind == "flashback" and members["report"] == "daily_count":
        members.setdefault("count", 0)
    if kind == "assessment":
        instrument = INSTRUMENTS[members["instrument"]]
        given = {answer["item"]: answer for answer in members.pop("answers", [])}
        if instrument.items:
            items = range(1, instrument.items + 1)
            members.pop("total", None)
            members["answers"] = [_answer(item, given, instrument.highest_answer) for item in items]
        else:
            members["total"] = members.get("total", 0) % (instrument.highest_total + 1)
    return members


def _answer(item: int, given: dict[int, Entry], highest: int) -> Entry:
    """A skipped answer where one was drawn without value, else a value in range."""
    drawn = given.get(item, {"value": item})
    return {"item": item, **({"value": drawn["value"] % (highest + 1)} if "value" in drawn else {})}


def read_entry(kind: str, members: Entry, entry_id: str) -> Entry:
    """The read entry, made by the journal's own code."""
    content = KINDS[kind].content.model_validate({"time_zone": "Europe/Berlin", **members})
    opened: Entry = json.loads(payload(UUID(entry_id), content, CREATED_AT))
    instants = {"created_at": "2026-05-01T13:00:00Z", "updated_at": "2026-05-01T13:00:00Z"}
    return {**opened, "revision": 1, **instants}


def _contents(kind: str) -> SearchStrategy[Entry]:
    schema = KINDS[kind].content.model_json_schema()
    drawn = _objects(schema, schema.get("$defs", {}))
    return drawn.map(lambda members: _whole(kind, dict(members)))


@st.composite
def journals(draw: st.DrawFn) -> list[Entry]:
    """Up to eight entries of any kind; links to sessions may lead out of the journal."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=8))
    entries, sessions = [], list(SESSION_IDS[1:])
    for number, kind in enumerate(kinds):
        free = kind == "session" and sessions
        entry_id = sessions.pop() if free else str(UUID(int=(4 << 76) + 100 + number))
        entries.append(read_entry(kind, draw(_contents(kind)), entry_id))
    return entries
