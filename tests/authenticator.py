"""An authenticator in software: real keys, real signatures, the bytes of WebAuthn."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.service import Patient

# Options and answers are JSON of every type.
Json = dict[str, Any]

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
EC2, ES256, P256 = 2, -7, 1


async def add_passkey(patient: Patient, **more: Any) -> "Authenticator":
    """A passkey of this patient, on an authenticator of its own."""
    await patient.step_up()
    started = (await patient.ask("POST", "/v1/passkeys/registration")).json()
    authenticator = Authenticator(origin="http://afterglow.test", rp_id="afterglow.test")
    credential = authenticator.create(started["options"])
    draft = {"challenge_id": started["challenge_id"], "credential": credential, "name": "Blue key"}
    made = await patient.ask("POST", "/v1/passkeys/registration/completion", json=draft | more)
    assert made.status_code == 201, made.text
    return authenticator


def text_of(value: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """The bytes behind base64url."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(slots=True)
class Authenticator:
    """Holds one passkey. What it says of itself can be set, so that it can lie."""

    origin: str = "http://127.0.0.1:8000"
    rp_id: str = "127.0.0.1"
    flags: int = PRESENT | VERIFIED
    step: int = 1
    count: int = 0
    cross_origin: bool = False
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user_handle: str = ""

    def create(self, options: Json) -> Json:
        """Make the passkey that creation options ask for; as `RegistrationResponseJSON`."""
        self.user_handle = options["user"]["id"]
        attested = (
            bytes(16)
            + len(self.credential_id).to_bytes(2, "big")
            + self.credential_id
            + self._public_key()
        )
        data = self._data(self.flags | ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            clientDataJSON=self._client_data("webauthn.create", options),
            attestationObject=attestation,
        )

    def get(self, options: Json) -> Json:
        """Sign the challenge of request options; as `AuthenticationResponseJSON`."""
        self.count += self.step
        data, client = self._data(self.flags), self._client_data("webauthn.get", options)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        answer = self._credential(clientDataJSON=client, authenticatorData=data, signature=signed)
        if self.user_handle:
            answer["response"]["userHandle"] = self.user_handle
        return answer

    def _data(self, flags: int) -> bytes:
        relying_party = hashlib.sha256(self.rp_id.encode()).digest()
        return relying_party + bytes([flags]) + self.count.to_bytes(4, "big")

    def _public_key(self) -> bytes:
        point = self.key.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        return cbor2.dumps({1: EC2, 3: ES256, -1: P256, -2: x, -3: y})

    def _client_data(self, kind: str, options: Json) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(told | {"crossOrigin": self.cross_origin}).encode()

    def _credential(self, **response: bytes) -> Json:
        name = text_of(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {"credProps": {"rk": True}},
            "response": {member: text_of(value) for member, value in response.items()},
        }
