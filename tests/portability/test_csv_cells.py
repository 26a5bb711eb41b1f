"""No cell of the tables starts a formula, and nothing of a text is lost."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.journal.kinds import KINDS
from app.portability.csv_files import cell, columns_of, row

STARTERS = "=+-@\uff1d\uff0b\uff0d\uff20"
SKIPPED = " \t\r\n\u00a0\u200b\ufeff\x01"


@given(st.text(SKIPPED, max_size=3), st.sampled_from(STARTERS), st.text(max_size=5))
def test_what_would_start_a_formula_starts_with_an_apostrophe(
    skipped: str, starter: str, rest: str
) -> None:
    text = skipped + starter + rest + "x"
    assert cell(text).startswith("\"'")


@pytest.mark.parametrize("harmless", ["-5", "-0.5", "7", "plain", "a=b", "", "'=x"])
def test_what_starts_no_formula_stays_as_it_is(harmless: str) -> None:
    assert cell(harmless) == f'"{harmless}"'


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_a_reader_of_csv_gets_every_text_back(texts: list[str]) -> None:
    (read,) = csv.reader(StringIO(row(texts), newline=""))
    assert [each.removeprefix("'") for each in read] == [each.removeprefix("'") for each in texts]


@pytest.mark.parametrize("kind", KINDS)
def test_every_member_of_a_kind_has_one_column(kind: str) -> None:
    columns = columns_of(kind)
    assert len(columns) == len(set(columns))
    members = set(KINDS[kind].content.model_fields) - {"kind"}
    assert members <= set(columns)
