"""The operations of signing up, in and out, of proofs, and of the profile."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.accounts import Accounts
from app.accounts.profile_content import ProfilePatch
from app.accounts.refusals import (
    BusyHashing,
    CodeRefused,
    CredentialsRefused,
    DeviceLimitReached,
    PasskeyRequired,
    ProfileUnreadable,
    RefreshRefused,
)
from app.accounts.schemas import (
    AccountDraft,
    CodeRequest,
    DevicePage,
    DeviceTokens,
    EmailVerification,
    NewAccountTokens,
    Profile,
    StepUpProof,
    TokenPair,
    TokenRefresh,
)
from app.accounts.ways_in import ProofDraft, SignIn, enter, prove
from app.audit import Actor
from app.limits import Bucket
from app.throttling import network_of
from app.web.answers import json_answer, no_content, not_modified
from app.web.conditional import (
    CONDITIONAL_READ,
    ExpectedRevision,
    answer_unless_known,
    entity_tag,
    is_fresh,
)
from app.web.exchange import exchange_of
from app.web.identity import PUBLIC, CurrentPatient, SignedIn
from app.web.problems import InvalidRequest, MalformedJson, RateLimited, TokenInvalid, refusals
from app.web.provide import provided
from app.web.routing import PathId, StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["Accounts"])
Here = Annotated[Accounts, Depends(provided(Accounts))]


def request_id_of(request: Request) -> str:
    """The id under which this request stands in logs and in the audit chain."""
    return exchange_of(request.scope).request_id


def actor_of(request: Request, signed_in: SignedIn) -> Actor:
    """The calling device, as the audit chain names it."""
    return Actor("device", str(signed_in.device_id), request_id_of(request))


@router.post(
    "/v1/accounts",
    operation_id="registerAccount",
    status_code=202,
    response_model=CodeRequest,
    responses=refusals(RateLimited, BusyHashing),
    openapi_extra=PUBLIC,
)
async def register_account(request: Request, draft: AccountDraft, accounts: Here) -> Response:
    """Ask for an account.

    A mail follows, with a code or with the news that there is an account already: the answer does
    not tell which. An address that got many mails within the hour gets none, and the answer does
    not tell that either. The account is made by `verifyEmail`.
    """
    await accounts.hasher.refuse_if_full()
    place = network_of(request)
    asked = await accounts.registration.register(draft.email, draft.password, draft.locale, place)
    return json_answer(CodeRequest(**asked._asdict()), 202)


@router.post(
    "/v1/accounts/verification",
    operation_id="verifyEmail",
    status_code=201,
    response_model=NewAccountTokens,
    responses=refusals(CodeRefused, InvalidRequest, MalformedJson, RateLimited, BusyHashing),
    openapi_extra=PUBLIC,
)
async def verify_email(
    request: Request, verification: EmailVerification, accounts: Here
) -> Response:
    """Make the account, with this device as its first.

    A code works once, for minutes, with five tries; only the newest of an address works. The
    recovery codes are never shown again. Where the answer was lost, `createTokens` tells whether
    the account is there.
    """
    await accounts.hasher.refuse_if_full()
    await accounts.throttles.take((Bucket.CODE_ADDRESS, network_of(request)))
    account = await accounts.registration.verify(
        verification.request_id,
        verification.code,
        verification.device.about(),
        request_id_of(request),
    )
    return json_answer(NewAccountTokens.opened(account), 201)


@router.post(
    "/v1/tokens",
    operation_id="createTokens",
    response_model=DeviceTokens,
    responses=refusals(
        CredentialsRefused, PasskeyRequired, DeviceLimitReached, RateLimited, BusyHashing
    ),
    openapi_extra=PUBLIC,
)
async def create_tokens(request: Request, draft: SignIn, accounts: Here) -> Response:
    """Sign a device in.

    An unknown address and a wrong password get the same answer after the same work. The
    patient is told of each new device by mail; every sign-in is one. The first ID token of a
    person makes an account.
    """

    async def way() -> Response:
        start = await enter(accounts, draft, network_of(request), request_id_of(request))
        return json_answer(DeviceTokens.started(start))

    return await accounts.attempts.answered(request, "sign_in", way())


@router.post(
    "/v1/tokens/refresh",
    operation_id="refreshTokens",
    response_model=TokenPair,
    responses=refusals(RefreshRefused, RateLimited),
    openapi_extra=PUBLIC,
)
async def refresh_tokens(request: Request, spent: TokenRefresh, accounts: Here) -> Response:
    """Spend a refresh token for the next pair.

    Send one refresh at a time, and store the new pair before using it. When the answer was lost,
    send the same token again: the same successor comes back. Once that was used, the spent
    token counts as stolen, but for 30 seconds after the successor was given; any older one does at
    once. A device whose token was stolen is signed out.
    """
    try:
        pair = await accounts.rotation.refresh(spent.refresh_token, request_id_of(request))
    except RefreshRefused:
        await accounts.throttles.take((Bucket.REFRESH_FAILED_ADDRESS, network_of(request)))
        raise
    return json_answer(TokenPair.of(pair))


@router.get(
    "/v1/devices",
    operation_id="listDevices",
    response_model=DevicePage,
    openapi_extra=CONDITIONAL_READ,
)
async def list_devices(request: Request, signed_in: CurrentPatient, accounts: Here) -> Response:
    """List the devices that are signed in, the oldest first."""
    known = await accounts.devices.of_account(signed_in.account_id)
    page = DevicePage.of(known, signed_in)
    return answer_unless_known(request, signed_in.account_id, page)


@router.delete("/v1/devices/{device_id}", operation_id="revokeDevice", status_code=204)
async def revoke_device(
    request: Request, device_id: PathId, signed_in: CurrentPatient, accounts: Here
) -> Response:
    """Sign a device out, also the own one.

    It holds at that device's next request. One that is signed out already is 404.
    """
    await accounts.devices.revoke(signed_in, device_id, actor_of(request, signed_in))
    return no_content()


@router.delete("/v1/devices", operation_id="revokeOtherDevices", status_code=204)
async def revoke_other_devices(
    request: Request, signed_in: CurrentPatient, accounts: Here
) -> Response:
    """Sign out all devices but the one that asks."""
    await accounts.devices.revoke_others(signed_in, actor_of(request, signed_in))
    return no_content()


@router.post(
    "/v1/step-up",
    operation_id="stepUp",
    response_model=StepUpProof,
    responses=refusals(TokenInvalid, CredentialsRefused, RateLimited, BusyHashing),
)
async def step_up(
    request: Request, proof: ProofDraft, signed_in: CurrentPatient, accounts: Here
) -> Response:
    """Show again who you are.

    The proof belongs to the calling device and is good for a few minutes. A wrong one is 401
    `credentials_refused` and leaves the device signed in, so it is no reason to refresh. Signing in
    or refreshing is no proof.
    """
    valid_until = await prove(accounts, signed_in, proof, actor_of(request, signed_in))
    return json_answer(StepUpProof(valid_until=valid_until))


@router.get(
    "/v1/profile",
    operation_id="getProfile",
    response_model=Profile,
    responses=refusals(ProfileUnreadable),
    openapi_extra=CONDITIONAL_READ,
)
async def get_profile(request: Request, signed_in: CurrentPatient, accounts: Here) -> Response:
    """Read the patient's own settings."""
    stored = await accounts.profiles.get(signed_in.account_id)
    tag = entity_tag(stored.revision)
    if is_fresh(request, tag):
        return not_modified({"ETag": tag})
    return json_answer(Profile.of(stored), headers={"ETag": tag})


@router.patch(
    "/v1/profile",
    operation_id="updateProfile",
    response_model=Profile,
    responses=refusals(ProfileUnreadable),
)
async def update_profile(
    request: Request,
    patch: ProfilePatch,
    expected: ExpectedRevision,
    signed_in: CurrentPatient,
    accounts: Here,
) -> Response:
    """Change the patient's own settings by a merge patch.

    Absent members stay, null clears, objects merge and lists are replaced. A patch that changes
    nothing keeps the revision. Where the settings do not open, one that names `time_zone` and
    `locale` takes their place.
    """
    actor = actor_of(request, signed_in)
    stored = await accounts.profiles.change(signed_in.account_id, expected, patch, actor)
    return json_answer(Profile.of(stored), headers={"ETag": entity_tag(stored.revision)})
