"""The rules for secret scanners find every secret that the service hands out, and nothing else."""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.accounts.tokens import TokenKind, mint
from app.keeping.identities import make_identity
from app.sharing.shl import Link, new_secret

ROOT = Path(__file__).parents[1]
RULES = tomllib.loads((ROOT / "docs" / "secret-scanning.toml").read_text(encoding="utf-8"))["rules"]
FOLDERS = ("app", "benchmarks", "deploy", "docs", "migrations", "openapi", "tests", "viewer/src")
CHECK_VALUE = "aga_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf3SWUaO"
"""Published with the form of tokens; it opens nothing."""
INSTALLED = frozenset({"node_modules", ".venv"})
WRITTEN = (".py", ".md", ".json", ".toml", ".ts", ".cfg", ".sql", ".svg")
NAMES = {
    TokenKind.ACCESS: "access-token",
    TokenKind.REFRESH: "refresh-token",
    TokenKind.SHARE: "share-token",
    TokenKind.RECOVERY: "recovery-code",
}
AROUND = (
    "{}",
    '{{"token":"{}"}}',
    "Bearer {}\r\n",
    "https://a.example/x?t={}&u=1",
    "'{}'",
    "a={};",
)


def found(text: str) -> list[tuple[str, str]]:
    """The rules that speak, each with what it found; as a scanner works: keyword first."""
    return [
        (str(rule["id"]).removeprefix("afterglow-"), match)
        for rule in RULES
        if any(word in text.lower() for word in rule["keywords"])
        for match in re.findall(rule["regex"], text)
    ]


@pytest.mark.parametrize("kind", TokenKind)
@pytest.mark.parametrize("around", AROUND)
def test_every_kind_of_token_is_found_wherever_it_stands(kind: TokenKind, around: str) -> None:
    for _ in range(200):
        token = mint(kind)
        assert found(around.format(token)) == [(NAMES[kind], token)]


@pytest.mark.parametrize("kind", TokenKind)
def test_what_is_too_short_or_too_long_is_no_token(kind: TokenKind) -> None:
    token = mint(kind)
    for text in (token[:-1], f"{token}x", f"x{token}", token.replace("_", "-"), kind.prefix):
        assert found(text) == []


def test_links_and_identities_are_found(tmp_path: Path) -> None:
    until = datetime(2026, 7, 1, tzinfo=UTC)
    url = f"https://a.example/shl/{new_secret()}"
    link = Link(url=url, flag="P", key=new_secret(), expires_at=until, label="Journal")
    (told,) = found(link.for_viewer("https://a.example/view"))
    assert told == ("share-link", link.bare())
    recipient = make_identity(tmp_path / "identity")
    text = (tmp_path / "identity").read_text(encoding="utf-8")
    assert [name for name, _ in found(text)] == ["backup-identity"]
    assert found(recipient) == []


def files() -> Iterator[Path]:
    """What is written by hand in this repository, and not what a run of the tests installed."""
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in WRITTEN and INSTALLED.isdisjoint(path.parts) and path.is_file():
                yield path


def test_no_secret_lies_in_this_repository() -> None:
    seen = 0
    for path in files():
        told = {match for _, match in found(path.read_text(encoding="utf-8"))}
        assert told <= {CHECK_VALUE}, path
        seen += CHECK_VALUE in told
    assert seen, "the search finds the published sample"
