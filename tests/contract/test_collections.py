"""Collections for Postman and Bruno: every operation is in both, and what they send is taken."""

import json
from filecmp import dircmp
from pathlib import Path

import pytest

from tests.clocks import SetClock
from tests.contract.paths import OPENAPI, OPENAPI_FILE, Document
from tests.node import installed, run, tool
from tests.service import Patient

COLLECTIONS = OPENAPI / "collections"
POSTMAN = "postman/afterglow.postman_collection.json"


def made(folder: Path) -> Path:
    """Both collections, written to this folder."""
    installed(COLLECTIONS)
    run([tool("node"), COLLECTIONS / "make.mjs", OPENAPI_FILE, folder], COLLECTIONS)
    return folder


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, once for all tests."""
    return made(tmp_path_factory.mktemp("collections"))


def operations(document: Document) -> set[str]:
    """Every operationId."""
    return {each["operationId"] for path in document["paths"].values() for each in path.values()}


def postman_requests(folder: Path) -> dict[str, Document]:
    """The requests of the Postman collection by name."""
    collection = json.loads((folder / POSTMAN).read_text())
    return {each["name"]: each["request"] for tag in collection["item"] for each in tag["item"]}


def test_every_operation_is_in_both(collections: Path, document: Document) -> None:
    expected = operations(document)
    assert postman_requests(collections).keys() == expected
    bru = {each.stem for each in (collections / "bruno").glob("*/*.bru")}
    assert bru - {"Local"} == expected


def test_the_same_file_gives_the_same_collections(collections: Path, tmp_path: Path) -> None:
    for part in ("postman", "bruno"):
        compared = dircmp(collections / part, made(tmp_path) / part)
        assert [*compared.diff_files, *compared.left_only, *compared.right_only] == []


@pytest.mark.anyio
async def test_what_the_collection_sends_is_taken(
    collections: Path, patient: Patient, clock: SetClock
) -> None:
    for name, status in (("createEntry", 201), ("checkIn", 201), ("pushChanges", 200)):
        request = postman_requests(collections)[name]
        path = "/" + "/".join(request["url"]["path"])
        body = json.loads(request["body"]["raw"])
        answer = await patient.ask(request["method"], path, json=body)
        assert answer.status_code == status, answer.text
    assert {each["status"] for each in answer.json()["results"]} == {"applied"}
