"""The operations on passkeys."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.passkeys.entering import Answer, PasskeyEntrance
from app.accounts.passkeys.passkeys import NewPasskey
from app.accounts.passkeys.schemas import (
    Passkey,
    PasskeyChallenge,
    PasskeyDraft,
    PasskeyPage,
    PasskeyRegistration,
    PasskeySignIn,
)
from app.accounts.refusals import CredentialsRefused, DeviceLimitReached
from app.accounts.routes import Here, actor_of, request_id_of
from app.accounts.schemas import DeviceTokens
from app.accounts.telling import told_sign_in
from app.limits import Bucket
from app.throttling import network_of
from app.web.answers import json_answer, no_content
from app.web.conditional import CONDITIONAL_READ, answer_unless_known
from app.web.identity import PUBLIC, PUBLIC_OR_SIGNED_IN, AnyCaller, CurrentPatient
from app.web.problems import StepUpRequired, TokenInvalid, refusals
from app.web.routing import PathId, StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["Accounts"])


@router.post(
    "/v1/passkeys/registration",
    operation_id="startPasskeyRegistration",
    response_model=PasskeyRegistration,
    responses=refusals(StepUpRequired),
)
async def start_passkey_registration(signed_in: CurrentPatient, accounts: Here) -> Response:
    """Ask for what is needed to make a passkey.

    Hand `options` to the system as they are (`PublicKeyCredential.parseCreationOptionsFromJSON`,
    Credential Manager). The challenge works once, for five minutes, on this device. It needs a
    fresh proof of identity.
    """
    started = await accounts.passkeys.start(signed_in)
    return json_answer(
        PasskeyRegistration(challenge_id=started.challenge.id, options=started.options)
    )


@router.post(
    "/v1/passkeys/registration/completion",
    operation_id="finishPasskeyRegistration",
    status_code=201,
    response_model=Passkey,
    responses=refusals(StepUpRequired),
)
async def finish_passkey_registration(
    request: Request, draft: PasskeyDraft, signed_in: CurrentPatient, accounts: Here
) -> Response:
    """Keep a passkey that the system has made.

    It needs a fresh proof of identity. All other devices are signed out, and the patient is told by
    mail. A challenge works once: where the answer was lost, look at `listPasskeys`.
    """
    new = NewPasskey(
        challenge_id=draft.challenge_id,
        credential=draft.credential.credential(),
        name=draft.name,
        require_passkey=draft.require_passkey,
    )
    added = await accounts.passkeys.finish(signed_in, new, actor_of(request, signed_in))
    return json_answer(Passkey.of(added.passkey, draft.name), 201)


@router.post(
    "/v1/passkeys/sign-in",
    operation_id="startPasskeySignIn",
    response_model=PasskeyChallenge,
    responses=refusals(TokenInvalid),
    openapi_extra=PUBLIC_OR_SIGNED_IN,
)
async def start_passkey_sign_in(caller: AnyCaller, accounts: Here) -> Response:
    """Ask for a challenge to sign in with, or to prove again with.

    Without an access token the challenge is for `finishPasskeySignIn`; no address is asked for,
    the system offers the passkeys it has. With one it is for `stepUp` on that device and for
    nothing else. It works once, for five minutes.
    """
    challenge, options = await accounts.passkey_door.start(caller)
    return json_answer(PasskeyChallenge(challenge_id=challenge.id, options=options))


@router.post(
    "/v1/passkeys/sign-in/completion",
    operation_id="finishPasskeySignIn",
    response_model=DeviceTokens,
    responses=refusals(CredentialsRefused, DeviceLimitReached),
    openapi_extra=PUBLIC,
)
async def finish_passkey_sign_in(
    request: Request, draft: PasskeySignIn, accounts: Here
) -> Response:
    """Sign a device in by passkey.

    Whatever does not fit gets the same answer. The patient is told of each new device by mail.
    After 409 the same answer of the passkey serves again, with `replace_oldest`.
    """
    entrance = PasskeyEntrance(
        answer=Answer(draft.challenge_id, draft.credential.credential()),
        about=draft.device.about(),
        request_id=request_id_of(request),
        replace_oldest=draft.replace_oldest,
    )
    await accounts.throttles.take((Bucket.SIGN_IN_ADDRESS, network_of(request)))

    async def way() -> Response:
        start = await told_sign_in("passkey", accounts.passkey_door.sign_in(entrance))
        return json_answer(DeviceTokens.started(start))

    return await accounts.attempts.answered(request, "sign_in", way())


@router.get(
    "/v1/passkeys",
    operation_id="listPasskeys",
    response_model=PasskeyPage,
    openapi_extra=CONDITIONAL_READ,
)
async def list_passkeys(request: Request, signed_in: CurrentPatient, accounts: Here) -> Response:
    """List the passkeys of the account, the oldest first."""
    page = PasskeyPage.of(await accounts.passkeys.of_account(signed_in.account_id))
    return answer_unless_known(request, signed_in.account_id, page)


@router.delete(
    "/v1/passkeys/{passkey_id}",
    operation_id="deletePasskey",
    status_code=204,
    responses=refusals(StepUpRequired),
)
async def delete_passkey(
    request: Request, passkey_id: PathId, signed_in: CurrentPatient, accounts: Here
) -> Response:
    """Delete a passkey.

    All other devices are signed out, and the patient is told by mail. With the last one the demand
    for a passkey ends. It needs a fresh proof of identity.
    """
    await accounts.passkeys.delete(signed_in, passkey_id, actor_of(request, signed_in))
    return no_content()
