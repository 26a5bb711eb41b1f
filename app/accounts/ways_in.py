"""The several ways to show who one is, told apart by `method`."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.accounts.accounts import Accounts
from app.accounts.external.entering import ExternalEntrance
from app.accounts.issuing import Start
from app.accounts.passkeys.entering import Answer
from app.accounts.passkeys.options import PasskeyAssertion
from app.accounts.profile_content import DEFAULT_LOCALE, LocaleTag, Sent
from app.accounts.schemas import DeviceDraft, MailAddress, Password, RequestId
from app.accounts.signing_in import Entrance
from app.accounts.telling import told_proof, told_sign_in
from app.audit import Actor
from app.limits import Bucket
from app.model import Choice
from app.web.identity import SignedIn

IdTokenText = Annotated[str, Field(min_length=1, max_length=16_384, pattern=r"^[A-Za-z0-9_.-]+$")]
Nonce = Annotated[str, Field(min_length=8, max_length=255)]


class PasswordSignIn(Sent):
    """Signing a device in by address and password."""

    method: Literal["password"]
    """How the patient shows who they are."""
    email: MailAddress
    """The account's address; case makes no difference."""
    password: Password
    """Exactly as it was chosen."""
    device: DeviceDraft
    known_device: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The last refresh token that this device held, alive or not, if it was signed in before.

    It grants nothing. With it, wrong passwords that strangers try do not keep this device out.
    """
    replace_oldest: bool = False
    """Sign out the device unseen longest when there are too many."""


class IdTokenSignIn(Sent):
    """Signing a device in by the ID token of the external issuer."""

    method: Literal["id_token"]
    """How the patient shows who they are."""
    id_token: IdTokenText
    """As the issuer gave it; taken once."""
    nonce: Nonce
    """What the app gave the issuer for this sign-in."""
    device: DeviceDraft
    locale: LocaleTag = DEFAULT_LOCALE
    """Language and region of a profile that is made."""
    replace_oldest: bool = False
    """Sign out the device unseen longest when there are too many."""


class SignIn(Choice):
    """Signing a device in, in one of several ways."""

    root: Annotated[PasswordSignIn | IdTokenSignIn, Field(discriminator="method")]


class PasswordProof(Sent):
    """A fresh proof by password."""

    method: Literal["password"]
    """How the patient shows who they are."""
    password: Password
    """The account's password."""


class IdTokenProof(Sent):
    """A fresh proof by the ID token of the external issuer."""

    method: Literal["id_token"]
    """How the patient shows who they are."""
    id_token: IdTokenText
    """As the issuer gave it, with an `auth_time` at most five minutes old; taken once."""
    nonce: Nonce
    """What the app gave the issuer for this proof."""


class PasskeyProof(Sent):
    """A fresh proof by passkey."""

    method: Literal["passkey"]
    """How the patient shows who they are."""
    challenge_id: RequestId
    """From `startPasskeySignIn`, asked for with this device's access token."""
    credential: PasskeyAssertion


class ProofDraft(Choice):
    """A fresh proof, in one of several ways."""

    root: Annotated[PasswordProof | PasskeyProof | IdTokenProof, Field(discriminator="method")]


async def enter(accounts: Accounts, sign_in: SignIn, place: str, request_id: str) -> Start:
    """A new device with its tokens; `place` is where it is in the network.

    Raises RateLimited, and what its way raises.
    """
    return await told_sign_in(sign_in.root.method, _entering(accounts, sign_in, place, request_id))


async def _entering(accounts: Accounts, sign_in: SignIn, place: str, request_id: str) -> Start:
    match sign_in.root:
        case PasswordSignIn() as by_password:
            return await accounts.signing_in.by_password(
                Entrance(
                    by_password.email,
                    by_password.password,
                    by_password.device.about(),
                    request_id,
                    replace_oldest=by_password.replace_oldest,
                    place=place,
                    known_device=by_password.known_device,
                )
            )
        case IdTokenSignIn() as by_id_token:
            await accounts.throttles.take(
                (Bucket.SIGN_IN_ADDRESS, place), (Bucket.SIGN_IN_SERVICE, "")
            )
            return await accounts.external_door.sign_in(
                ExternalEntrance(
                    by_id_token.id_token,
                    by_id_token.nonce,
                    by_id_token.locale,
                    by_id_token.device.about(),
                    request_id,
                    replace_oldest=by_id_token.replace_oldest,
                )
            )


async def prove(
    accounts: Accounts, signed_in: SignedIn, proof: ProofDraft, actor: Actor
) -> datetime:
    """Until when the proof is good. Raises RateLimited, and what its way raises."""
    if isinstance(proof.root, PasswordProof):
        await accounts.hasher.refuse_if_full()  # what nobody judges costs no try
    await accounts.throttles.take((Bucket.STEP_UP_DEVICE, signed_in.device_id))
    proving = _proving(accounts, signed_in, proof, actor)
    until = await told_proof(proof.root.method, signed_in, proving)
    await accounts.throttles.forget(Bucket.STEP_UP_DEVICE, signed_in.device_id)
    return until


async def _proving(
    accounts: Accounts, signed_in: SignedIn, proof: ProofDraft, actor: Actor
) -> datetime:
    match proof.root:
        case PasswordProof(password=password):
            return await accounts.step_up.by_password(signed_in, password, actor)
        case PasskeyProof(challenge_id=challenge_id, credential=credential):
            answer = Answer(challenge_id, credential.credential())
            return await accounts.passkey_door.step_up(signed_in, answer, actor)
        case IdTokenProof(id_token=id_token, nonce=nonce):
            return await accounts.external_door.prove(signed_in, id_token, nonce, actor)
