"""What an authenticator sent, held against what was asked; it wraps the library."""

from typing import Any, NamedTuple

from app.accounts.passkeys.base64url import from_base64url
from app.accounts.passkeys.relying_party import RelyingParty

ALGORITHMS = (-7, -8, -257)
"""ES256, EdDSA and RS256, by their numbers in COSE (RFC 9053, RFC 8812)."""
LONGEST_CREDENTIAL_ID = 1023
"""Bytes; the bound of the standard."""

# A credential as JSON, whose members the models of the request have checked: hence Any.
Credential = dict[str, Any]


class PasskeyRefused(Exception):
    """What the authenticator sent does not fit. Why is not told: it may hold what was sent."""


class NewCredential(NamedTuple):
    """A credential that was just made."""

    id: bytes
    public_key: bytes
    sign_count: int


class Verifier:
    """Checks the two kinds of answers; both demand that the user was verified."""

    def __init__(self, relying_party: RelyingParty) -> None:
        """Whose passkeys."""
        self._asks = relying_party

    def registered(self, credential: Credential, challenge: bytes) -> NewCredential:
        """The credential that was made for this challenge. Raises PasskeyRefused."""
        from app.accounts.passkeys import ceremony_check  # noqa: PLC0415 - see there

        try:
            found = ceremony_check.check_registration(self._asks, credential, challenge)
        except Exception:  # the bytes are hostile, and the readers of three formats may trip
            raise PasskeyRefused from None
        # The attested id is what counts; the one beside it is the client's word.
        if found.id != credential_id_of(credential) or len(found.id) > LONGEST_CREDENTIAL_ID:
            raise PasskeyRefused
        return found

    def signed(self, credential: Credential, challenge: bytes, public_key: bytes) -> int:
        """The counter of an assertion that this key has signed. Raises PasskeyRefused.

        Whether the counter goes up is judged where it is stored.
        """
        from app.accounts.passkeys import ceremony_check  # noqa: PLC0415 - see there

        try:
            return ceremony_check.check_assertion(self._asks, credential, challenge, public_key)
        except Exception:  # see above
            raise PasskeyRefused from None


def credential_id_of(credential: Credential) -> bytes:
    """The id that a credential claims. Raises PasskeyRefused."""
    try:
        return from_base64url(credential["id"])
    except ValueError:
        raise PasskeyRefused from None


def user_handle_of(credential: Credential) -> bytes | None:
    """Whose the authenticator says the credential is. Raises PasskeyRefused."""
    handle = credential["response"].get("userHandle")
    try:
        return from_base64url(handle) if handle else None
    except ValueError:
        raise PasskeyRefused from None
