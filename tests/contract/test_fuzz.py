"""Generated requests keep to the contract; `python -m tests.contract.fuzz` sends many more."""

from pathlib import Path

from tests.contract.fuzz.run import LIVES, QUICKLY, fuzz
from tests.contract.paths import Document
from tests.contract.told import server_over


def test_no_generated_request_finds_a_fault(
    document: Document, own_url: str, tmp_path: Path
) -> None:
    with server_over(own_url, tmp_path, LIVES) as server:
        figures, printed = fuzz(server, QUICKLY, examples=5, seed=1)
    assert (figures.passes_failed, figures.complaints) == (0, []), printed
    assert (figures.server_errors, figures.unanswered) == (0, 0)
    every = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
    }
    assert every <= figures.operations
    assert figures.requests.total() > 3000
    assert {200, 201, 202, 204, 401, 404, 405, 409, 415, 422, 428} <= figures.statuses.keys()
