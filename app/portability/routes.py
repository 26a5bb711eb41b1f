"""The operation by which patients carry their data off."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.refusals import RecoveryHold
from app.audit import Actor
from app.portability.exporting import ExportForm, Exports
from app.web.answers import NO_STORE
from app.web.exchange import exchange_of
from app.web.identity import CurrentPatient
from app.web.problems import RateLimited, StepUpRequired, refusals
from app.web.provide import provided
from app.web.routing import StrictRoute
from app.web.streaming import streamed_answer

router = APIRouter(route_class=StrictRoute, tags=["Portability"])
Here = Annotated[Exports, Depends(provided(Exports))]
MEDIA_TYPES: dict[str, str] = {
    "ndjson": "application/x-ndjson",
    "csv": "application/zip",
    "fhir": "application/fhir+json",
}
ENDINGS: dict[str, str] = {"ndjson": "ndjson", "csv": "zip", "fhir": "json"}
BYTES = {"schema": {"type": "string", "format": "binary"}}
WantedForm = Annotated[
    ExportForm,
    Query(
        alias="format",
        description="`ndjson`: everything, one object a line, to be imported again. `csv`: a zip "
        "with one table a kind. `fhir`: one FHIR R4 Bundle of the entries and signals.",
    ),
]


@router.get(
    "/v1/export",
    operation_id="exportAccount",
    response_class=Response,
    responses={
        200: {"content": dict.fromkeys(MEDIA_TYPES.values(), BYTES)},
        **refusals(StepUpRequired, RecoveryHold, RateLimited),
    },
)
async def export_account(
    request: Request, signed_in: CurrentPatient, exports: Here, form: WantedForm = "ndjson"
) -> Response:
    """Download everything that is the patient's, as one file.

    It needs a fresh proof of identity (`stepUp`), and the patient is told of it by mail. The
    answer is written while it is read and may be long; the last line of `ndjson` counts the
    others, so a file that was cut off shows it.
    """
    actor = Actor("device", str(signed_in.device_id), exchange_of(request.scope).request_id)
    portions = exports.stream(signed_in, form, actor)
    headers = {
        "Cache-Control": NO_STORE,
        "Content-Disposition": f'attachment; filename="afterglow-export.{ENDINGS[form]}"',
    }
    is_dense = form == "csv"  # a zip
    return await streamed_answer(request, portions, MEDIA_TYPES[form], headers, is_dense=is_dense)
