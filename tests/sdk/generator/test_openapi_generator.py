"""OpenAPI Generator writes clients from the committed file; each is compiled or parsed.

Its Java comes by pip with the generators, so nothing depends on what a machine has; only compiling
the Java client wants a JDK.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.contract.told import STORY, fresh_server, story_of
from tests.generators import HOME, generators, java
from tests.node import installed, run, tool
from tests.sdk.generator.written import jar, written

HERE = Path(__file__).parent
LANGUAGES = ("dart", "java", "swift", "typescript-fetch")
TYPESCRIPT = HOME.parent / "typescript"
# Templates of the generator that hold nothing of ours, in syntax the grammar does not know.
TEMPLATES = {"URLSessionImplementations.swift"}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one client a language, written by one run."""
    folder = tmp_path_factory.mktemp("generated")
    return written(folder, *LANGUAGES)


def test_the_typescript_fetch_client_is_compiled_and_used(generated: Path, tmp_path: Path) -> None:
    modules = installed(TYPESCRIPT)
    for file in (*(HERE / "typescript").glob("*.ts"), TYPESCRIPT / "fetch" / "mailbox.ts"):
        shutil.copy(file, generated)
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
    settings = {"compilerOptions": options, "files": ["story.ts"]}
    (generated / "tsconfig.json").write_text(json.dumps(settings))
    run([modules / ".bin" / "tsc", "-p", "."], generated)
    with fresh_server(tmp_path) as server:
        story = generated / "compiled" / "story.js"
        printed = run([tool("node"), story, server.url, tmp_path / "mail"], generated)
    assert story_of(json.loads(printed)) == STORY


def test_the_java_client_is_compiled_and_used(generated: Path, tmp_path: Path) -> None:
    compiler = shutil.which("javac")
    if compiler is None:
        if os.environ.get("CI") == "true":
            pytest.fail("skipped: there is no Java compiler, which CI has to have")
        pytest.skip("there is no Java compiler")
    places = (generated / "java/src/main", HERE / "java", HERE / "stubs")
    sources = [file for place in places for file in place.rglob("*.java")]
    options = ["-nowarn", "-proc:none", "-J-XX:TieredStopAtLevel=1"]
    run([compiler, *options, "-cp", jar(), "-d", generated / "classes", *sources], generated)
    with fresh_server(tmp_path) as server:
        told: list[str | Path] = ["story.Tell", server.url, tmp_path / "mail"]
        path = os.pathsep.join([str(generated / "classes"), str(jar())])
        printed = run([java(), "-cp", path, *told], generated)
    assert story_of(json.loads(printed)) == STORY


@pytest.mark.parametrize("language", ["swift", "dart"])
def test_the_client_parses(generated: Path, language: str) -> None:
    assert len(list((generated / language).rglob(f"*.{language}"))) > 200
    printed = run([generators(), HOME / "syntax.py", generated / language], generated)
    assert {Path(each).name for each in printed.splitlines()} <= TEMPLATES
