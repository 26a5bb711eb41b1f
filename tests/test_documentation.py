"""The documentation is tested: what exists is described, and what is described exists."""

import json
import re
from pathlib import Path

import pytest
import typer

from app.cli import cli
from app.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
GUIDES = sorted((ROOT / "docs" / "clients").glob("*.md"))
PAGES = [README, *(path.read_text() for path in sorted((ROOT / "docs").rglob("*.md")))]
OPERATIONS = [
    operation["operationId"]
    for methods in json.loads((ROOT / "openapi" / "openapi.json").read_text())["paths"].values()
    for operation in methods.values()
]
MAKEFILE = (ROOT / "Makefile").read_text()
COMMANDS = sorted(
    each.name or each.callback.__name__ for each in cli.registered_commands if each.callback
)
SAMPLES = [path.read_text() for path in sorted((ROOT / "deploy").iterdir())]
RUN = re.compile(r"(?:^|`|bin/|&& |afterglow )afterglow ([a-z][^`\n]*)", re.MULTILINE)
BROKEN = re.compile(r"(?<!`)`[^`\n]+\n[^`\n]+`(?!`)")
TABLE = README.partition("## The command")[2].partition("## Settings")[0]


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_stands_in_the_readme(name: str) -> None:
    assert f"`AFTERGLOW_{name.upper()}`" in README


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_the_readme_prints_the_default_of_every_setting(name: str) -> None:
    told = as_printed(Settings.model_fields[name].default)
    assert f"| `AFTERGLOW_{name.upper()}` | {told} |" in README


def as_printed(default: object) -> str:
    """How the table of settings spells a default."""
    if default is None:
        return "unset"
    if default in ("", ()):
        return "empty"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_readme(name: str) -> None:
    assert f"| `{name}` |" in README


def test_the_readme_names_no_command_that_does_not_exist() -> None:
    assert sorted(re.findall(r"^\| `([\w-]+)` \|", TABLE, re.MULTILINE)) == COMMANDS


@pytest.mark.parametrize("target", sorted(set(re.findall(r"^make (\w+)", README, re.MULTILINE))))
def test_what_the_readme_makes_can_be_made(target: str) -> None:
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_of_the_readme_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_stands_in_the_documentation(name: str) -> None:
    assert any(f"`{name}`" in page for page in PAGES)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_every_guide_for_apps_is_linked_from_the_readme(guide: Path) -> None:
    assert f"](docs/clients/{guide.name})" in README


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_every_link_of_a_guide_leads_somewhere(guide: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", guide.read_text()):
        if not link.startswith("https://"):
            path, _, place = link.partition("#")
            target = guide.parent / path if path else guide
            assert target.exists(), link
            assert not place or place in places_of(target), link


def places_of(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def told_to_run() -> set[str]:
    """Commands with their words, also where a line ends in the middle of them."""
    unbroken = [BROKEN.sub(lambda each: " ".join(each[0].split()), page) for page in PAGES]
    told = {words for text in unbroken for words in RUN.findall(text)}
    rows = [row.split(" | ")[0] for row in TABLE.splitlines() if row.startswith("| `")]
    named = re.compile(r"`((?!afterglow)[a-z][^`]*)`")
    return told | {words for row in rows for words in named.findall(row)}


@pytest.mark.parametrize("words", sorted(told_to_run()))
def test_what_operators_are_told_to_run_is_a_command_with_these_options(words: str) -> None:
    command = typer.main.get_command(cli)
    for word in words.split():
        if word.startswith("--"):
            assert word in {each for option in command.params for each in option.opts}
        elif known := getattr(command, "commands", None):
            assert word in known
            command = known[word]


def test_every_setting_that_is_named_anywhere_exists() -> None:
    told = (*PAGES, *SAMPLES)
    named = {name for text in told for name in re.findall(r"AFTERGLOW_([A-Z_]+)", text)}
    known = {name.upper() for name in Settings.model_fields}
    assert {name for name in named if not name.startswith("TEST_")} - known == set()
