"""The text of `AFTERGLOW_LIMITS`, and what the README says of the defaults."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.limits import DEFAULTS, Bucket, Limit, limits_of
from app.settings import Settings

README = (Path(__file__).parents[2] / "README.md").read_text()
UNITS = {"min": 60, "h": 3600}


def test_a_text_changes_the_buckets_it_names_and_no_other() -> None:
    limits = limits_of("sign_in.address=1000/15m, register.address=1/30s,code.address=1/1h+2/2h")
    assert limits[Bucket.SIGN_IN_ADDRESS] == (Limit(1000, 900),)
    assert limits[Bucket.REGISTER_ADDRESS] == (Limit(1, 30),)
    assert limits[Bucket.CODE_ADDRESS] == (Limit(1, 3600), Limit(2, 7200))
    changed = {Bucket.SIGN_IN_ADDRESS, Bucket.REGISTER_ADDRESS, Bucket.CODE_ADDRESS}
    assert {bucket for bucket in DEFAULTS if limits[bucket] != DEFAULTS[bucket]} == changed


def test_every_bucket_has_a_limit_unless_all_are_off() -> None:
    assert limits_of("") == DEFAULTS
    assert set(DEFAULTS) == set(Bucket)
    assert limits_of("off") == {}


@pytest.mark.parametrize(
    "text",
    [
        *("sign_in.adress=1/1m", "sign_in.address", "sign_in.address=", "=1/1m", "on", ",x"),
        *("sign_in.address=0/1m", "sign_in.address=1/0m", "sign_in.address=1/1d"),
        *("sign_in.address=-1/1m", "sign_in.address=1/1m+", "sign_in.address=1.5/1m"),
    ],
)
def test_a_text_that_says_something_else_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match="AFTERGLOW_LIMITS") as refused:
        limits_of(text)
    assert text not in str(refused.value)
    with pytest.raises(ValidationError):
        Settings(limits=text)


def test_production_cannot_do_without_limits() -> None:
    with pytest.raises(ValidationError, match="production keeps limits"):
        Settings(environment="production", mail_transport="smtp", limits="off")
    Settings(environment="production", mail_transport="smtp", limits="sign_in.address=9/1m")
    assert Settings(limits="off").limits == "off"


def test_the_readme_prints_every_limit() -> None:
    rows = dict(re.findall(r"^\| `(\w+\.\w+)` \| ([^|]+) \|", README, re.MULTILINE))
    told = {name: tuple(_limit(each) for each in text.split(";")) for name, text in rows.items()}
    assert told == {str(bucket): limits for bucket, limits in DEFAULTS.items()}


def _limit(text: str) -> Limit:
    found = re.fullmatch(r"([\d,]+) in (\d+) (min|h)", text.strip())
    assert found, text
    number = int(found[1].replace(",", ""))
    return Limit(number, int(found[2]) * UNITS[found[3]])
