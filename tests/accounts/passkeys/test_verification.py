"""What is taken of an authenticator, to the last byte and by the algorithms that were offered."""

import pytest

from app.accounts.passkeys import ceremony_check
from app.accounts.passkeys.verification import PasskeyRefused, Verifier
from tests.accounts.passkeys.test_relying_party import CHALLENGE, asked
from tests.authenticator import Authenticator, Json, text_of

ORIGIN = "https://journal.example.org"


@pytest.fixture
def verifier() -> Verifier:
    """Of one domain."""
    return Verifier(asked(public_url=ORIGIN))


def made_by(credential_id: bytes) -> Json:
    authenticator = Authenticator(ORIGIN, "journal.example.org", credential_id=credential_id)
    return authenticator.create({"user": {"id": "AA"}, "challenge": text_of(CHALLENGE)})


def test_the_id_of_a_credential_has_at_most_1023_bytes(verifier: Verifier) -> None:
    longest = b"i" * 1023
    assert verifier.registered(made_by(longest), CHALLENGE).id == longest
    with pytest.raises(PasskeyRefused):
        verifier.registered(made_by(b"i" * 1024), CHALLENGE)


def test_a_key_of_an_algorithm_that_was_not_offered_is_not_taken(
    verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verifier.registered(made_by(b"id"), CHALLENGE)
    monkeypatch.setattr(ceremony_check, "ALGORITHMS", (-8, -257))
    with pytest.raises(PasskeyRefused):
        verifier.registered(made_by(b"id"), CHALLENGE)
