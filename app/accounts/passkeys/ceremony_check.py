"""The library's check of what authenticators sent; loaded by the first passkey that is shown.

With it come readers of certificates and attestations: 40 ms of CPU and 5 MiB, which workers
without passkeys do without.
"""

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import parse_client_data_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier

from app.accounts.passkeys.base64url import from_base64url
from app.accounts.passkeys.relying_party import RelyingParty
from app.accounts.passkeys.verification import (
    ALGORITHMS,
    Credential,
    NewCredential,
    PasskeyRefused,
)


def check_registration(
    asks: RelyingParty, credential: Credential, challenge: bytes
) -> NewCredential:
    """What was made for this challenge. Raises whatever the library does, or PasskeyRefused."""
    _check_frame(credential)
    found = verify_registration_response(
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=asks.id,
        expected_origin=list(asks.origins),
        require_user_verification=True,
        supported_pub_key_algs=[COSEAlgorithmIdentifier(each) for each in ALGORITHMS],
    )
    return NewCredential(found.credential_id, found.credential_public_key, found.sign_count)


def check_assertion(
    asks: RelyingParty, credential: Credential, challenge: bytes, public_key: bytes
) -> int:
    """The counter of what was signed. Raises whatever the library does, or PasskeyRefused."""
    _check_frame(credential)
    found = verify_authentication_response(
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=asks.id,
        expected_origin=list(asks.origins),
        credential_public_key=public_key,
        credential_current_sign_count=0,
        require_user_verification=True,
    )
    return found.new_sign_count


def _check_frame(credential: Credential) -> None:
    """Refuse what a page in a foreign frame asked for, which the library lets pass."""
    sent = from_base64url(credential["response"]["clientDataJSON"])
    if parse_client_data_json(sent).cross_origin:
        raise PasskeyRefused
