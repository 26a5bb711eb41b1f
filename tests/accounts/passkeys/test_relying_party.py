"""Which domain passkeys are bound to, and where they may be used."""

from typing import Any

import pytest

from app.accounts.passkeys.relying_party import RelyingParty
from app.accounts.passkeys.verification import PasskeyRefused, Verifier
from app.settings import Settings
from tests.authenticator import Authenticator, text_of

ANDROID = "android:apk-key-hash:" + "Ab_-" * 10 + "xyz"
CHALLENGE = bytes(32)


# Settings are of every type.
def asked(**settings: Any) -> RelyingParty:
    return RelyingParty.of(Settings(**settings))


def test_by_default_it_is_the_host_and_the_origin_of_the_public_url() -> None:
    assert asked(public_url="https://journal.example.org:8443") == RelyingParty(
        "journal.example.org", "Afterglow", ("https://journal.example.org:8443",)
    )


@pytest.mark.parametrize(
    "origin",
    [
        "http://journal.example.org",
        "https://",
        "https://journal.example.org/",
        "https://journal.example.org/app",
        "http://localhost.evil.example",
        "android:apk-key-hash:short",
        "android:apk-key-hash:" + "=" * 43,
        "ios:bundle-id:org.example",
        "*",
        "",
    ],
)
def test_what_is_no_origin_is_refused_at_start(origin: str) -> None:
    with pytest.raises(ValueError, match="AFTERGLOW_PASSKEY_ORIGINS"):
        asked(passkey_origins=(origin,))


@pytest.mark.parametrize("domain", ["Example.org", "https://example.org", "a b", ".example.org"])
def test_what_is_no_domain_is_refused_at_start(domain: str) -> None:
    with pytest.raises(ValueError, match="AFTERGLOW_PASSKEY_RP_ID"):
        asked(passkey_rp_id=domain)


@pytest.mark.parametrize("origin", ["https://app.example.org", "http://localhost:3000", ANDROID])
def test_each_of_the_origins_may_use_a_passkey_and_no_other(origin: str) -> None:
    origins = ("https://app.example.org", "http://localhost:3000", ANDROID)
    verifier = Verifier(asked(passkey_rp_id="example.org", passkey_origins=origins))
    authenticator = Authenticator(origin, "example.org")
    made = authenticator.create({"user": {"id": "AA"}, "challenge": text_of(CHALLENGE)})
    key = verifier.registered(made, CHALLENGE).public_key
    signed = authenticator.get({"challenge": text_of(CHALLENGE)})
    assert verifier.signed(signed, CHALLENGE, key) == 1
    authenticator.origin = origin.upper()
    with pytest.raises(PasskeyRefused):
        verifier.signed(authenticator.get({"challenge": text_of(CHALLENGE)}), CHALLENGE, key)
