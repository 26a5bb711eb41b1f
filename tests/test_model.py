"""Models cost nothing until they are used, and are described by the words under their members."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field

from app.model import Choice, Model, words_under

BUILT = """
from pydantic import BaseModel
from sqlmodel import SQLModel
from app.main import create_app
from app.settings import Settings

def below(model):
    for each in model.__subclasses__():
        yield each
        yield from below(each)

create_app(Settings())
ours = {each for each in below(BaseModel) if each.__module__.startswith("app.")}
made = {each.__name__ for each in ours - set(below(SQLModel)) if each.__pydantic_complete__}
print(len(ours), *sorted(made))
"""
READ_AT_START = {"ChangeTable", "InstrumentTable", "ResourceFile", "RootModel[Any]", "Settings"}
READ_AT_START |= {"Thresholds"}


class Told(Model):
    """Some members."""

    first: int
    """Of the first."""
    second: int
    third: Annotated[int, Field(description="By its field.")] = 3
    """Never seen."""


class Renamed(Told):
    """One member more, one told anew, and one that is told no longer."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: Annotated[int, Field(ge=0)]
    second: int
    """Two
    lines."""
    fourth: Annotated[int, Field(alias="4th")]
    """Under another name."""


class Either(Choice):
    """A number or a text."""

    root: int | str


def descriptions(model: type[Model]) -> dict[str, str | None]:
    members = model.model_json_schema()["properties"]
    return {name: member.get("description") for name, member in members.items()}


def test_members_are_described_by_the_words_under_them() -> None:
    told = {"first": "Of the first.", "second": None, "third": "By its field."}
    assert descriptions(Told) == told


def test_words_are_those_of_the_class_that_declares_the_member() -> None:
    told = {"first": None, "second": "Two\nlines.", "third": "By its field."}
    assert descriptions(Renamed) == {**told, "4th": "Under another name."}
    assert words_under(Renamed, "third") == "Never seen."


def test_a_model_is_built_at_its_first_use() -> None:
    assert not Either.__pydantic_complete__
    assert Either.model_validate("text").root == "text"
    assert Either.__pydantic_complete__


def test_hardly_a_model_is_built_when_the_application_is_made(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BUILT]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    number, *made = ran.stdout.split()
    assert int(number) > 200
    assert set(made) == READ_AT_START
