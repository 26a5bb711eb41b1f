"""What is nowhere in the code, and where the dangerous parts are."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_house import imported

ROOT = Path(__file__).parents[1]
APP = ROOT / "app"
MODULES = sorted(APP.rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in MODULES]
INVENTORY = (ROOT / "docs" / "cryptography.md").read_text(encoding="utf-8")
CRYPTOGRAPHY = (
    "hashlib",
    "hmac",
    "secrets",
    "ssl",
    "cryptography",
    "joserfc",
    "pwdlib",
    "webauthn",
)
STARTS = {"app/trends/report/typesetting.py": {"subprocess"}}
"""The one process that is started: our own file by our own Python (`test_typesetting.py`)."""

RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
UNSAFE_MODULES = {"pickle", "marshal", "shelve", "subprocess", "random", "xml", "lxml", "jinja2"}
WEAK = {"md5", "sha1", "ECB", "DES", "TripleDES", "ARC4", "Blowfish", "PKCS1v15", "CBC", "MD5"}
OF_PROTOCOLS = {"app/accounts/breaches.py": {"sha1"}}
"""Weak, but what a foreign service is asked by: nothing is protected by it."""

OF_A_TABLE = {
    "app/faults.py": {"LIMITS[name]"},  # texts of ours for each kind of bound
    "app/accounts/letters.py": {"template"},  # a letter, which is a file of the project
}
"""Formats that are no literals where they are filled in."""

FILLS = {"format", "format_map", "substitute", "safe_substitute"}
LOGS = {"debug", "info", "warning", "error", "exception", "critical"}

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
NPM_LOCKS = sorted(
    path for path in ROOT.rglob("package-lock.json") if "node_modules" not in path.parts
)


def names_in(path: Path) -> Iterator[str]:
    """Every name and attribute that a module uses."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def formats_in(path: Path) -> Iterator[ast.expr]:
    """Every text that is filled in, or is a message of the log, and is no literal."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(text, name)) if name in FILLS:
                filled: ast.expr | None = text
            case ast.Call(func=ast.Attribute(ast.Name("LOG"), name), args=[text, *_]) if (
                name in LOGS
            ):
                filled = text
            case ast.BinOp(text, ast.Mod(), ast.Tuple() | ast.Dict() | ast.JoinedStr()):
                filled = text
            case _:
                filled = None
        if filled is not None and not isinstance(filled, ast.Constant):
            yield filled


def called(path: Path) -> Iterator[str]:
    """Every function that is called by its bare name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def test_the_inventory_names_every_module_that_uses_cryptography_and_no_other() -> None:
    uses = {
        str(path.relative_to(ROOT))
        for path in MODULES
        if any(name.partition(".")[0] in CRYPTOGRAPHY for name in imported(path))
    }
    assert set(re.findall(r"`(app/[\w/]+\.py)`", INVENTORY)) == uses | {"app/vault/envelope.py"}


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_no_module_runs_texts_or_commands_or_reads_objects(path: Path) -> None:
    assert not RUNS_TEXT & set(called(path))
    allowed = STARTS.get(str(path.relative_to(ROOT)), set())
    assert UNSAFE_MODULES & {name.partition(".")[0] for name in imported(path)} == allowed
    assert not re.search(r"\bos\.(system|popen|exec|spawn|fork)", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_no_module_uses_a_weak_hash_or_cipher(path: Path) -> None:
    allowed = OF_PROTOCOLS.get(str(path.relative_to(ROOT)), set())
    assert WEAK & set(names_in(path)) == allowed


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_what_is_formatted_is_a_constant_of_the_code(path: Path) -> None:
    allowed = OF_A_TABLE.get(str(path.relative_to(ROOT)), set())
    assert {ast.unparse(text) for text in formats_in(path)} == allowed


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_statements_are_built_from_text_in_the_database_room_alone(path: Path) -> None:
    if path.is_relative_to(APP / "database"):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            told = "".join(
                str(part.value) for part in node.values if isinstance(part, ast.Constant)
            )
            assert not re.search(r"\b(SELECT|INSERT|UPDATE|DELETE)\b .*\b(FROM|INTO|SET)\b", told)


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_package_is_pinned_to_its_hash_and_to_no_place(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    wanted = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert wanted
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[\w.\-\[\]]+==\S+", block), block
        assert "--hash=sha256:" in block
    assert "://" not in text
    assert "--index-url" not in text


@pytest.mark.parametrize("path", NPM_LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_package_of_the_page_has_a_checksum(path: Path) -> None:
    packages = json.loads(path.read_text(encoding="utf-8"))["packages"]
    fetched = {name: each for name, each in packages.items() if name and not each.get("link")}
    assert fetched
    assert [name for name, each in fetched.items() if "integrity" not in each] == []


def test_the_image_takes_what_is_listed_and_runs_without_rights() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*"
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    assert let_in == {"app", "migrations", "viewer", "requirements", "pyproject.toml", "README.md"}
    assert "COPY . " not in image
    last = image.rpartition("FROM ")[2]
    assert "USER 10001" in last
    assert image.count("--require-hashes") == image.count("pip install --no-cache-dir --require")
