"""The table of the ASVS: every requirement has its place, and every test that it names is one."""

import re
from typing import NamedTuple

import pytest

from tests.evidence import ROOT, TESTS, check_test

PAGE = ROOT / "docs" / "asvs.md"
TEXT, _, REST = PAGE.read_text(encoding="utf-8").partition("## What does not apply")
LEVELS = {
    "1.1": "22",
    "1.2": "1111122223",
    "1.3": "112222222223",
    "1.4": "222",
    "1.5": "123",
    "2.1": "122",
    "2.2": "112",
    "2.3": "12223",
    "2.4": "23",
    "3.1": "3",
    "3.2": "113",
    "3.3": "12223",
    "3.4": "11222233",
    "3.5": "11122333",
    "3.6": "3",
    "3.7": "22333",
    "4.1": "12233",
    "4.2": "23333",
    "4.3": "22",
    "4.4": "1222",
    "5.1": "2",
    "5.2": "112333",
    "5.3": "113",
    "5.4": "222",
    "6.1": "122",
    "6.2": "111111112222",
    "6.3": "11223333",
    "6.4": "112233",
    "6.5": "22222333",
    "6.6": "2223",
    "6.7": "33",
    "6.8": "2222",
    "7.1": "222",
    "7.2": "1111",
    "7.3": "22",
    "7.4": "11222",
    "7.5": "223",
    "7.6": "22",
    "8.1": "1233",
    "8.2": "1123",
    "8.3": "133",
    "8.4": "23",
    "9.1": "111",
    "9.2": "1222",
    "10.1": "22",
    "10.2": "223",
    "10.3": "22223",
    "10.4": "1111122222233333",
    "10.5": "22222",
    "10.6": "22",
    "10.7": "222",
    "11.1": "2233",
    "11.2": "22233",
    "11.3": "11233",
    "11.4": "1222",
    "11.5": "23",
    "11.6": "23",
    "11.7": "33",
    "12.1": "12233",
    "12.2": "11",
    "12.3": "22223",
    "13.1": "2333",
    "13.2": "222223",
    "13.3": "2233",
    "13.4": "1222233",
    "14.1": "22",
    "14.2": "12223333",
    "14.3": "122",
    "15.1": "12233",
    "15.2": "12233",
    "15.3": "1222222",
    "15.4": "3333",
    "16.1": "2",
    "16.2": "22222",
    "16.3": "2222",
    "16.4": "222",
    "16.5": "2223",
    "17.1": "23",
    "17.2": "22223333",
    "17.3": "22",
}
"""The level of each requirement of ASVS 5.0.0, section by section, in their order."""
OF_THE_STANDARD = {
    f"{section}.{number}": int(level)
    for section, levels in LEVELS.items()
    for number, level in enumerate(levels, start=1)
}
UNMET = "not met"
ALONE = "test_evidence.py::test_what_the_rows_point_to_is_there"
"""All that shows a row which asks for a document: that it is there."""


class Row(NamedTuple):
    """One requirement that binds the service."""

    number: str
    level: int
    here: str
    shown_by: str

    @property
    def tests(self) -> list[str]:
        """What is named as evidence."""
        return re.findall(r"`([^`]+)`", self.shown_by)

    @property
    def links(self) -> list[str]:
        """The documents that are named."""
        return re.findall(r"\]\(([^)]+)\)", self.here)


ROWS = [
    Row(number, int(level), here.strip(), shown.strip())
    for number, level, here, shown in re.findall(
        r"^\| ([\d.]+) \| (\d) \|(.*)\|(.*)\|$", TEXT, re.MULTILINE
    )
]
ELSEWHERE = [
    number
    for numbers, why in re.findall(r"^\| ([\d., ]+) \|(.+)\|$", REST, re.MULTILINE)
    for number in numbers.split(", ")
    if why.strip()
]
MET = [row for row in ROWS if row.shown_by != UNMET]
NAMED = sorted({name for row in MET for name in row.tests})


def test_the_standard_has_345_requirements() -> None:
    counts = [list(OF_THE_STANDARD.values()).count(level) for level in (1, 2, 3)]
    assert (sum(counts), counts) == (345, [70, 183, 92])


def test_every_requirement_has_its_place_once_and_its_level() -> None:
    places = [row.number for row in ROWS] + ELSEWHERE
    assert sorted(places) == sorted(OF_THE_STANDARD)
    assert {row.number: row.level for row in ROWS}.items() <= OF_THE_STANDARD.items()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)
def test_a_row_says_what_is_done_and_what_shows_it(row: Row) -> None:
    assert len(row.here) > 10
    if row.shown_by == UNMET:
        assert re.match(r"\*\*Not met[^*]*:\*\* \w", row.here)
    else:
        assert "Not met" not in row.here
        assert row.tests
        assert re.sub(r"`[^`]+`|, ", "", row.shown_by) == ""


@pytest.mark.parametrize("name", NAMED)
def test_a_named_test_exists_and_is_not_skipped(name: str) -> None:
    check_test(name)


def anchor(heading: str) -> str:
    """How a section is linked to."""
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("row", [row for row in ROWS if row.links], ids=lambda row: row.number)
def test_what_the_rows_point_to_is_there(row: Row) -> None:
    for link in row.links:
        name, _, section = link.partition("#")
        text = (PAGE.parent / name).read_text(encoding="utf-8")
        sections = re.split(r"^#{1,4} ", text, flags=re.MULTILINE)
        told = {anchor(each.partition("\n")[0]): each.partition("\n")[2] for each in sections}
        assert not section or len(told[section].strip()) > 100


def test_documents_are_named_by_the_rows_that_rest_on_them() -> None:
    assert [row.number for row in MET if row.tests == [ALONE] and not row.links] == []


def test_as_many_are_shown_as_were_promised() -> None:
    by_more = [row for row in MET if row.tests != [ALONE]]
    for shown, rows in (("tests", by_more), ("tests or a document", MET)):
        low, high = (sum((row.level == 3) is top for row in rows) for top in (False, True))
        print(f"shown by {shown}: {low} of levels 1 and 2, {high} of level 3; {len(ROWS)} bind")
    assert sum(row.level < 3 for row in by_more) >= 110
    assert sum(row.level == 3 for row in by_more) >= 35


def test_the_threats_name_tests_that_are_there() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/]*test_\w+\.py)`", text))
    assert len(named) > 15
    assert [name for name in sorted(named) if not (TESTS / name).is_file()] == []
