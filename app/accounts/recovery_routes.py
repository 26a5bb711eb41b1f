"""The two operations by which a patient comes back, or changes the password."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.recovery import Return
from app.accounts.recovery_schemas import RecoveryCompletion, RecoveryStart
from app.accounts.refusals import BusyHashing, CodeRefused, PasskeyRequired
from app.accounts.routes import Here, request_id_of
from app.accounts.schemas import CodeRequest, NewAccountTokens
from app.limits import Bucket
from app.throttling import network_of
from app.web.answers import json_answer
from app.web.identity import PUBLIC
from app.web.problems import InvalidRequest, MalformedJson, RateLimited, refusals
from app.web.routing import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["Accounts"])


@router.post(
    "/v1/accounts/recovery",
    operation_id="startRecovery",
    status_code=202,
    response_model=CodeRequest,
    responses=refusals(RateLimited, BusyHashing),
    openapi_extra=PUBLIC,
)
async def start_recovery(request: Request, start: RecoveryStart, accounts: Here) -> Response:
    """Ask for a code to come back into an account, or to change its password.

    The answer does not tell whether there is an account. A mail follows only if there is, and
    none to an address that got many within the hour.
    """
    await accounts.hasher.refuse_if_full()
    await accounts.throttles.take((Bucket.RECOVERY_ADDRESS, network_of(request)))
    asked = await accounts.recovery.start(start.email)
    return json_answer(CodeRequest(**asked._asdict()), 202)


@router.post(
    "/v1/accounts/recovery/completion",
    operation_id="finishRecovery",
    response_model=NewAccountTokens,
    responses=refusals(
        CodeRefused, PasskeyRequired, InvalidRequest, MalformedJson, RateLimited, BusyHashing
    ),
    openapi_extra=PUBLIC,
)
async def finish_recovery(
    request: Request, completion: RecoveryCompletion, accounts: Here
) -> Response:
    """Set a new password by the mailed code.

    It signs out every device, signs this one in, and replaces the recovery codes. For 24 hours
    nothing can be exported and no link made. Where the account demands a passkey, a recovery
    code has to come along; it lifts the demand. After a refusal the mailed code still serves, less
    one of its five tries.
    """
    await accounts.hasher.refuse_if_full()
    await accounts.throttles.take((Bucket.CODE_ADDRESS, network_of(request)))
    coming = Return(
        completion.request_id,
        completion.code,
        completion.new_password,
        completion.device.about(),
        request_id_of(request),
        completion.recovery_code,
    )

    async def way() -> Response:
        return json_answer(NewAccountTokens.opened(await accounts.recovery.finish(coming)))

    return await accounts.attempts.answered(request, "recovery", way())
