"""The tables of the guides hold what code and data hold, no more and no less."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.journal.kinds.flashback import FIELDS_OF_REPORT
from app.journal.kinds.instruments import INSTRUMENTS, InstrumentRules
from app.journal.kinds.session import FIELDS_OF_HELD_SESSIONS
from app.safety.resources import RESOURCES_FILE, ResourceFile
from app.safety.rules.catalogue import RULES
from app.trends import statistics
from tests.guides.follower import CONTRACT
from tests.guides.pages import operations_in

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "clients"
GUIDES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
OPERATIONS = {
    operation["operationId"]: (f"{method.upper()} {path}", operation)
    for path, methods in CONTRACT["paths"].items()
    for method, operation in methods.items()
}
SCHEMAS: dict[str, Any] = CONTRACT["components"]["schemas"]
NAMED = [
    ("journal", "EntryKind"),
    ("trends", "Metric"),
    ("trends", "TrendStatus"),
    ("trends", "Caveat"),
    ("trends", "ChangeWords"),
    ("trends", "WeekdayWords"),
    ("trends", "ChangeVerdict"),
    ("trends", "DissociationStatus"),
    ("trends", "DurabilityStatus"),
    ("trends", "DurabilityReason"),
    ("safety", "SignalCode"),
    ("safety", "SignalLevel"),
    ("safety", "SignalStatus"),
    ("sharing", "ShareKind"),
    ("sharing", "ShareMode"),
    ("sharing", "ShareStatus"),
    ("sharing", "ShareAccessVia"),
    ("sharing", "ShareAccessOutcome"),
]
# Steps of other statistics, not statistics of their own.
PARTS = {"__init__", "central", "kendall", "normal", "quantiles", "ranks"}
THRESHOLDS = json.loads((ROOT / "app/safety/rules/thresholds.json").read_text())
NAME = re.compile(r"`(\w+)`")


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the rows below a heading of a table, up to its end."""
    table = page.partition(f"\n{heading}\n")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.split("\n")[1:]]


@pytest.mark.parametrize("guide", GUIDES)
def test_a_table_of_operations_names_their_methods_and_paths(guide: str) -> None:
    for name, request in operations_in(GUIDES[guide]).items():
        assert OPERATIONS[name][0] == request


@pytest.mark.parametrize("guide", GUIDES)
def test_a_table_of_operations_says_which_are_public(guide: str) -> None:
    for line in GUIDES[guide].splitlines():
        row = re.match(r"\| `(\w+)` \| `[A-Z]+ /\S*` \| (public|reader)?", line)
        if row is not None:
            assert ("security" in OPERATIONS[row[1]][1]) == bool(row[2]), line


@pytest.mark.parametrize(("guide", "component"), NAMED)
def test_every_value_is_explained(guide: str, component: str) -> None:
    missing = [each for each in SCHEMAS[component]["enum"] if f"`{each}`" not in GUIDES[guide]]
    assert missing == []


def test_windows_are_those_of_the_operations() -> None:
    heading = "| operation | request | default window, longest (days) | own parameters | tells |"
    told = {row[0].strip("`"): row[2] for row in rows(GUIDES["trends"], heading)}
    for name, (request, operation) in OPERATIONS.items():
        if "/v1/trends/" in request:
            told_there = " ".join(operation["description"].split())
            numbers = re.search(r"Default window (\d+) days, at most (\d+)", told_there)
            assert numbers is not None
            assert told.pop(name) == f"{numbers[1]}, {numbers[2]}"
    assert told == {}


def test_members_of_a_flashback_are_those_of_its_report() -> None:
    told = rows(GUIDES["journal"], "| `report` of a flashback | its members |")
    members = {row[0].strip("`"): set(NAME.findall(row[1])) for row in told}
    assert members == {report: set(fields) for report, fields in FIELDS_OF_REPORT.items()}
    words = SCHEMAS["FlashbackDraft"]["properties"]["report"]["description"]
    assert {*FIELDS_OF_REPORT, *FIELDS_OF_REPORT["daily_count"]} == set(NAME.findall(words))


def test_members_of_a_session_that_was_held_are_those_of_the_code() -> None:
    heading = "| `status` of a session | `occurred_at` | members it cannot have |"
    told = rows(GUIDES["journal"], heading)
    assert [NAME.findall(row[2]) for row in told] == [[], [*FIELDS_OF_HELD_SESSIONS], []]
    words = SCHEMAS["SessionDraft"]["properties"]["status"]["description"]
    assert set(FIELDS_OF_HELD_SESSIONS) <= set(NAME.findall(words))


def test_questionnaires_are_those_of_the_data() -> None:
    told = rows(GUIDES["journal"], "| `instrument` | takes | may be skipped | looks back, days |")
    assert told == [
        [f"`{each.code}`", *taken(each), str(each.recall_days)] for each in INSTRUMENTS.values()
    ]
    words = SCHEMAS["AssessmentDraft"]["properties"]["answers"]["description"]
    with_answers = [each.code for each in INSTRUMENTS.values() if each.items]
    assert re.findall("`([^`]+)`", words) == with_answers


def taken(instrument: InstrumentRules) -> list[str]:
    """How the guide tells what an instrument takes, and how many answers may be skipped."""
    if not instrument.items:
        return [f"a total, 0 to {instrument.highest_total}", ""]
    answers = f"{instrument.items} answers, 0 to {instrument.highest_answer}"
    return [answers, str(instrument.skips_allowed)]


def test_every_statistic_is_told_with_its_file() -> None:
    folder = Path(statistics.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - PARTS
    assert set(re.findall(r"statistics/(\w+)\.py\)", GUIDES["trends"])) == files


def test_signals_are_those_of_the_rules() -> None:
    told = rows(GUIDES["safety"], "| `code` | `level` | raised by | numbers await sign-off |")
    assert [(row[0], row[1]) for row in told] == [(f"`{r.code}`", f"`{r.level}`") for r in RULES]
    for row, rule in zip(told, RULES, strict=True):
        numbers = dict(THRESHOLDS[rule.code])
        del numbers["version"]
        assert row[3] == ("yes" if numbers.pop("awaits_sign_off") else "no")
        assert {str(each) for each in numbers.values()} <= set(re.findall(r"\d+", row[2]))


def test_crisis_resources_are_those_of_the_file() -> None:
    kept = ResourceFile.model_validate_json(RESOURCES_FILE.read_bytes())
    heading = "| country | kind | name | number | hours | source | checked on |"
    assert rows(GUIDES["safety"], heading) == [
        [
            each.country,
            each.kind,
            each.name,
            (each.phone or "none named") + (f", text {each.text}" if each.text else ""),
            each.hours,
            each.source,
            each.checked_on.isoformat(),
        ]
        for each in kept.resources
    ]
    words = " ".join(GUIDES["safety"].split())
    assert f"`EU` serves {', '.join(kept.groups['EU'])} where" in words
