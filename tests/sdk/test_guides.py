"""The guides cannot rot: their code is cut out of the stories that the tests compile and tell."""

import re
import textwrap
from pathlib import Path

import pytest

from tests.sdk.typescript.test_openapi_fetch import OPTIONS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DOCS = ROOT / "docs" / "clients"
GUIDES = {
    "typescript": ("ts", HERE / "typescript" / "fetch"),
    "python": ("python", HERE / "python" / "story"),
    "kotlin": ("kotlin", HERE / "kotlin" / "story"),
    "java": ("java", HERE / "generator" / "java" / "story"),
}
"""The word of its blocks of code, and where its story lies, by guide."""
PARTS = {"client", "sign-up", "union", "change", "sync", "trends", "share"}
MARKED = re.compile(r"^[ \t]*(?://|#) guide ([\w-]+)\n(.*?)^[ \t]*(?://|#) end$", re.M | re.DOTALL)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)|`(tests/[\w/.-]+)`")


def marked(folder: Path) -> dict[str, str]:
    """The parts of a story that stand between `guide NAME` and `end`, by name."""
    texts = [file.read_text() for file in sorted(folder.iterdir()) if file.is_file()]
    found = [each for text in texts for each in MARKED.findall(text)]
    assert len(found) == len(dict(found))
    return {name: textwrap.dedent(part).strip("\n") + "\n" for name, part in found}


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_shows_every_marked_part_and_no_other_code(guide: str) -> None:
    fence, story = GUIDES[guide]
    blocks = BLOCK.findall((DOCS / f"{guide}.md").read_text())
    parts = marked(story)
    assert parts.keys() == PARTS
    assert {word for word, _ in blocks} == {fence, "sh"}
    assert sorted(text for word, text in blocks if word == fence) == sorted(parts.values())


@pytest.mark.parametrize("guide", GUIDES)
def test_what_a_guide_names_is_there(guide: str) -> None:
    links = LINK.findall((DOCS / f"{guide}.md").read_text())
    assert len(links) > 4
    for link, path in links:
        assert (DOCS / link if link else ROOT / path).exists(), link or path


def test_the_guides_generate_as_the_tests_do() -> None:
    assert " ".join(OPTIONS) in (DOCS / "typescript.md").read_text()
    for language in ("kotlin", "java"):
        assert f"batch {language}.yaml" in (DOCS / f"{language}.md").read_text()
    assert "--meta none --config openapi-python-client.yaml" in (DOCS / "python.md").read_text()
