"""The operation by which patients bring a diary in."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.refusals import ProfileUnreadable
from app.audit import Actor
from app.faults import Fault, faults_from
from app.portability.importing import Importer, Imports
from app.portability.refusals import ImportUndone
from app.portability.schemas import (
    ImportCommit,
    ImportPreview,
    ImportReport,
    ImportRequest,
    ImportUndo,
)
from app.web.answers import json_answer
from app.web.exchange import exchange_of
from app.web.identity import CurrentPatient
from app.web.problems import InvalidRequest, NotFound, refusals
from app.web.provide import provided
from app.web.routing import StrictRoute, json_body, takes

router = APIRouter(route_class=StrictRoute, tags=["Portability"])
Here = Annotated[Imports, Depends(provided(Imports))]
ACTIONS: dict[object, type[ImportPreview | ImportCommit | ImportUndo]] = {
    "preview": ImportPreview,
    "commit": ImportCommit,
    "undo": ImportUndo,
}


@router.post(
    "/v1/imports",
    operation_id="importEntries",
    response_model=ImportReport,
    responses=refusals(NotFound, ImportUndone, ProfileUnreadable),
)
@takes(ImportRequest)
async def import_entries(request: Request, signed_in: CurrentPatient, imports: Here) -> Response:
    """Bring a diary in: our own complete export, or a CSV of Daylio or Bearable.

    `preview` tells what would become of each row and keeps nothing; `commit` does it; `undo` takes
    out what a commit has made and the patient has not changed since. A row that breaks a rule is
    told by its number and a code and holds no other up. The same row never makes two entries, so
    sending a file again is harmless.
    """
    order = _order(json_body(request))
    actor = Actor("device", str(signed_in.device_id), exchange_of(request.scope).request_id)
    importer = Importer(signed_in.account_id, actor)
    if isinstance(order, ImportUndo):
        return json_answer(await imports.undo(importer, order))
    return json_answer(await imports.bring_in(importer, order))


def _order(body: object) -> ImportPreview | ImportCommit | ImportUndo:
    """Raises InvalidRequest."""
    if not isinstance(body, dict):
        raise InvalidRequest(faults=[Fault("wrong_type", "The body is an object.", "")])
    action = body.get("action")
    model = ACTIONS.get(action) if isinstance(action, str) else None
    if model is None:
        code = "unknown_value" if "action" in body else "missing"
        raise InvalidRequest(faults=[Fault(code, "Say what is to be done.", "/action")])
    try:
        return model.model_validate(body)
    except ValidationError as wrong:
        raise InvalidRequest(faults=faults_from(wrong)) from None
