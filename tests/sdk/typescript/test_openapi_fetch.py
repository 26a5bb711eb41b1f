"""The client of openapi-typescript and openapi-fetch, compiled strictly and really used."""

import json
from pathlib import Path

from tests.contract.paths import OPENAPI_FILE
from tests.contract.told import STORY, fresh_server, story_of
from tests.node import installed, run, tool

HERE = Path(__file__).parent
GENERATED = HERE / ".generated" / "api.ts"
OPTIONS = ("--root-types", "--root-types-no-schema-prefix", "--default-non-nullable=false")


def test_the_story_is_told_through_openapi_fetch(tmp_path: Path) -> None:
    binaries = installed(HERE) / ".bin"
    run([binaries / "openapi-typescript", OPENAPI_FILE, "-o", GENERATED, *OPTIONS], HERE)
    run([binaries / "tsc", "-p", "."], HERE)
    with fresh_server(tmp_path) as server:
        story = HERE / ".compiled" / "fetch" / "story.js"
        printed = run([tool("node"), story, server.url, tmp_path / "mail"], HERE)
    assert story_of(json.loads(printed)) == STORY
