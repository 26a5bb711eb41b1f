"""Canaries in every text; nothing of them anywhere but where they belong."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from tests.engines import ENGINES
from tests.keeping.canaries import found_in, hits, spelled
from tests.keeping.canary_story import Story, json_members
from tests.keeping.places import House, SqliteHouse, files_of, house_of
from tests.keeping.planting import OTHERWISE, free_texts
from tests.keeping.refused import refusals
from tests.process import served

WORD = "qzkvxwpy-hjbtrqnm"


@pytest.fixture(params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """Each engine's own place."""
    with house_of(request.param, tmp_path) as found:
        yield found


class Kept:
    """A service's folder, its database, and what must stand in neither."""

    def __init__(self, house: House, folder: Path) -> None:
        """A folder inside `folder`, and a new database."""
        self.house = house
        self.folder = folder / "service"
        self.folder.mkdir()
        self.url = house.new_database("live")

    def found(
        self, needles: dict[str, str | bytes], url: str | None = None
    ) -> set[tuple[str, str]]:
        """Everything that was found anywhere."""
        rows = self.house.places(url or self.url)
        assert all(len(content) for name, content in rows.items() if name in ("file", "base"))
        return hits(rows, needles | json_members()) | hits(files_of(self.folder), needles)

    def command(self, *words: str, url: str | None = None) -> str:
        """An `afterglow` command with this service's files; what it printed."""
        environment = {
            "AFTERGLOW_DATABASE_URL": self.house.owner(url or self.url),
            "AFTERGLOW_KEYS_FILE": str(self.folder / "keys.json"),
        }
        done = CliRunner().invoke(cli, words, env=environment)
        with (self.folder / "commands").open("a") as log:
            log.write(done.output)
        assert done.exit_code == 0, done.output
        return done.stdout.strip()

    def back_up(self) -> None:
        """Two files, beside the log."""
        to = self.folder.with_name("backup")
        recipient = self.command("backup-identity", "--out", str(self.folder / "identity"))
        self.command("backup", "--to", str(to), "--recipient", recipient)
        for each in to.iterdir():
            each.rename(self.folder / each.name)

    def restored(self) -> str:
        """The URL of a database that the backup was brought into."""
        url = self.house.new_database("restored")
        files = {part: next(self.folder.glob(f"{part}-*")) for part in ("data", "keys")}
        (self.folder / "ledger").touch()
        words = [f"--{part}={path}" for part, path in files.items()]
        words += [f"--identity={self.folder / 'identity'}", f"--ledger={self.folder / 'ledger'}"]
        self.command("restore", *words, url=url)
        return url


NOT_EXPORTED = {
    ("AccountDraft", "password"),
    ("PasswordSignIn", "email"),
    ("PasswordSignIn", "known_device"),
    ("PasswordSignIn", "password"),
    ("ShareDraft", "passcode"),
    ("ShareManifestRequest", "passcode"),
    ("MoodName", "name"),
    ("ImportCommit", "a name that is refused"),
    ("ImportCommit", "anxiety_names"),
    ("ImportPreview", "a name that is refused"),
    ("ImportPreview", "anxiety_names"),
    ("ImportPreview", "content"),
}
"""What a patient sent and does not get back; all else shows that the canaries arrived."""


def test_no_canary_stands_anywhere_live_erased_or_restored(house: House, tmp_path: Path) -> None:
    kept = Kept(house, tmp_path)
    with served(kept.url, kept.folder) as service, service.client() as http:
        story = Story(service, http)
        account = story.run()
        assert free_texts() - story.planting.planted() == set(), "no canary is planted there"
        assert story.not_exported(account) == NOT_EXPORTED
        assert story.mailed() == {("AccountDraft", "email")}
        kept.back_up()
        assert {"log", "data", "keys", "commands"} <= set(files_of(kept.folder))
        needles = story.needles()
        assert kept.found(needles) == set()
        story.erase(account)
    assert kept.found(needles) == set()
    restored = kept.restored()
    with served(restored, kept.folder):
        assert kept.found({"canary": story.planting.word}, restored) == set()


def test_not_even_sealed_texts_of_the_erased_are_left_in_the_file(tmp_path: Path) -> None:
    house = SqliteHouse(tmp_path)
    kept = Kept(house, tmp_path)
    with served(kept.url, kept.folder) as service, service.client() as http:
        story = Story(service, http)
        account = story.live()
        sealed = house.sealed(kept.url, but=("audit_event", "audit_head"))
        assert len(sealed) > 50
        assert {name for _, name in hits(house.places(kept.url), sealed)} == set(sealed)
        story.erase(account)
        assert hits(house.places(kept.url), sealed) == set()


def test_what_is_planted_in_any_place_is_found(house: House, tmp_path: Path) -> None:
    kept = Kept(house, tmp_path)
    with served(kept.url, kept.folder) as service, service.client() as http:
        places = house.plant(kept.url, WORD)
        told = http.get("/nowhere", headers={"X-Request-Id": WORD})
        kept.back_up()
        for path in [*kept.folder.glob("data-*"), *kept.folder.glob("keys-*")]:
            path.write_bytes(path.read_bytes() + WORD.encode("utf-16-le"))
        needle = {"canary": WORD}
        found = {place for place, _ in hits(house.places(kept.url), needle)}
    assert places <= found
    # An id that the client makes up is told back to it, and logged: that shows both are searched.
    assert found_in(told.content, [WORD]) == [WORD]
    assert {name for name, _ in hits(files_of(kept.folder), needle)} == {"log", "data", "keys"}


def test_no_refusal_tells_what_was_sent(house: House, tmp_path: Path) -> None:
    kept = Kept(house, tmp_path)
    with served(kept.url, kept.folder) as service, service.client() as http:
        count, told = refusals(http, WORD, service.sign_up(http))
    assert count > 300
    assert found_in(told, [WORD]) == []
    assert hits(files_of(kept.folder), {"canary": WORD}) == set()
    assert found_in(told + WORD.encode(), [WORD]) == [WORD]


@pytest.mark.parametrize("shift", range(5))
def test_a_canary_is_found_in_every_encoding_wherever_it_lies(shift: int) -> None:
    text = "x" * shift + WORD + "y" * 7
    raw = text.encode()
    forms = spelled(text) | {raw, raw.hex().encode()}
    assert len(forms) >= 12
    for form in forms:
        assert found_in(b"\0" + form + b"\0", [WORD]) == [WORD], form


def test_every_exception_says_why() -> None:
    assert all(OTHERWISE.values())
