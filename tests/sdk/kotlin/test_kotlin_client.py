"""The Kotlin client of OpenAPI Generator: compiled, and really used over a stand-in for Retrofit.

The compiler comes by npm, the libraries of kotlinx by pip, and the Java that runs both with the
generators. The models and their unions are read and written by kotlinx.serialization itself.
"""

import json
import os
from pathlib import Path

import pytest

from tests.contract.told import STORY, fresh_server, story_of
from tests.generators import java, packages
from tests.node import installed, run
from tests.sdk.generator.written import written

HERE = Path(__file__).parent
SERIALIZATION = "run_kotlin_kernel/jars/kotlinx-serialization-*.jar"


def path_of(*jars: Path) -> str:
    """A class path."""
    return os.pathsep.join(str(jar) for jar in jars)


def libraries() -> list[Path]:
    """What the client is compiled and run with."""
    compiler = installed(HERE) / "kotlin-compiler" / "lib"
    kotlinx = sorted(packages().glob(SERIALIZATION))
    assert len(kotlinx) == 2
    return [compiler / "kotlin-stdlib.jar", compiler / "kotlinx-coroutines-core-jvm.jar", *kotlinx]


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated client, the line below it and the story, compiled."""
    folder = tmp_path_factory.mktemp("kotlin")
    lib = installed(HERE) / "kotlin-compiler" / "lib"
    sources = [written(folder, "kotlin") / "kotlin/src/main/kotlin", HERE / "line", HERE / "story"]
    virtual_machine = ["-XX:TieredStopAtLevel=1", "-Xmx1500m", "-cp", path_of(*lib.glob("*.jar"))]
    compiler = [
        "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler",
        "-nowarn",
        "-no-stdlib",
        "-no-reflect",
    ]
    plugin = f"-Xplugin={lib / 'kotlinx-serialization-compiler-plugin.jar'}"
    where: list[str | Path] = ["-jdk-home", java().parents[1], "-cp", path_of(*libraries())]
    where += ["-d", folder / "classes"]
    run([java(), *virtual_machine, *compiler, plugin, *where, *sources], folder)
    return folder / "classes"


def test_the_story_is_told_through_the_kotlin_client(classes: Path, tmp_path: Path) -> None:
    with fresh_server(tmp_path) as server:
        told: list[str | Path] = ["story.TellKt", server.url, tmp_path / "mail"]
        printed = run([java(), "-cp", path_of(classes, *libraries()), *told], tmp_path)
    assert story_of(json.loads(printed)) == STORY
