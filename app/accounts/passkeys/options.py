"""What phones and browsers are handed and hand back, in the shapes of WebAuthn's JSON."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from typing_extensions import TypeAliasType

from app.accounts.passkeys.verification import ALGORITHMS, Credential
from app.model import Model

MOST_PASSKEYS = 20
MILLISECONDS = 300_000
CREDENTIAL_CHARACTERS = 1364
"""1023 bytes in base64url."""

BASE64URL = r"^[A-Za-z0-9_-]+$"

Base64Url = Annotated[str, Field(min_length=1, max_length=65_536, pattern=BASE64URL)]
CredentialId = Annotated[
    str, Field(min_length=1, max_length=CREDENTIAL_CHARACTERS, pattern=BASE64URL)
]
ChallengeText = Annotated[str, Field(min_length=43, max_length=43, pattern=BASE64URL)]
UserHandle = Annotated[str, Field(min_length=1, max_length=86, pattern=BASE64URL)]
Domain = Annotated[str, Field(max_length=253)]
ShownName = Annotated[str, Field(max_length=254)]
Milliseconds = Annotated[int, Field(ge=0, le=MILLISECONDS)]
CredentialType = TypeAliasType("CredentialType", Literal["public-key"])
Demand = TypeAliasType("Demand", Literal["required"])
CoseAlgorithm = Annotated[int, Field(ge=-65_535, le=-1)]


class Offered(Model):
    """An object that is handed to the system as it is."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True, validate_by_name=True)


class Returned(Model):
    """An object that the system hands back. The standard grows: further members are not read."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="ignore",
        hide_input_in_errors=True,
    )


class PasskeyRelyingParty(Offered):
    """Who asks for the passkey."""

    id: Domain
    """The domain that it will be bound to."""
    name: ShownName
    """What the system shows."""


class PasskeyUser(Offered):
    """Whose passkey it will be."""

    id: UserHandle
    """The account, in base64url."""
    name: ShownName
    """What tells several accounts apart in the system's list."""
    display_name: Annotated[ShownName, Field(alias="displayName")]
    """The same."""


class PasskeyAlgorithm(Offered):
    """A signature that is understood."""

    type: CredentialType = "public-key"
    alg: CoseAlgorithm
    """Its COSE number."""


class PasskeyReference(Offered):
    """A passkey that the account has."""

    type: CredentialType = "public-key"
    id: CredentialId
    """Its credential id, in base64url."""


class PasskeySelection(Offered):
    """What the authenticator has to do."""

    resident_key: Annotated[Demand, Field(alias="residentKey")] = "required"
    require_resident_key: Annotated[bool, Field(alias="requireResidentKey")] = True
    user_verification: Annotated[Demand, Field(alias="userVerification")] = "required"


class PasskeyCreationOptions(Offered):
    """`PublicKeyCredentialCreationOptionsJSON`, to be handed to the system as it is."""

    rp: PasskeyRelyingParty
    user: PasskeyUser
    challenge: ChallengeText
    """32 bytes, in base64url."""
    algorithms: Annotated[
        list[PasskeyAlgorithm], Field(alias="pubKeyCredParams", max_length=len(ALGORITHMS))
    ]
    """In order of preference."""
    timeout: Milliseconds = MILLISECONDS
    """Milliseconds."""
    excluded: Annotated[
        list[PasskeyReference], Field(alias="excludeCredentials", max_length=MOST_PASSKEYS)
    ]
    """Authenticators that hold one of these make no second one."""
    selection: Annotated[PasskeySelection, Field(alias="authenticatorSelection")]
    attestation: Literal["none"] = "none"
    """Who built the authenticator is not asked."""


class PasskeyRequestOptions(Offered):
    """`PublicKeyCredentialRequestOptionsJSON`, to be handed to the system as it is."""

    challenge: ChallengeText
    """32 bytes, in base64url."""
    timeout: Milliseconds = MILLISECONDS
    """Milliseconds."""
    rp_id: Annotated[Domain, Field(alias="rpId")]
    """The domain that the passkey is bound to."""
    allowed: Annotated[
        list[PasskeyReference], Field(alias="allowCredentials", max_length=MOST_PASSKEYS)
    ]
    """Empty at sign-in: any passkey of this domain will do."""
    user_verification: Annotated[Demand, Field(alias="userVerification")] = "required"


class PasskeyAttestationAnswer(Returned):
    """What the authenticator says of a passkey it made."""

    client_data: Annotated[Base64Url, Field(alias="clientDataJSON")]
    attestation: Annotated[Base64Url, Field(alias="attestationObject")]


class PasskeyAttestation(Returned):
    """`RegistrationResponseJSON`, as `PublicKeyCredential.toJSON()` and Android give it."""

    id: CredentialId
    raw_id: Annotated[CredentialId, Field(alias="rawId")]
    type: CredentialType
    response: PasskeyAttestationAnswer

    def credential(self) -> Credential:
        """The same for the verifier."""
        return self.model_dump(by_alias=True)


class PasskeyAssertionAnswer(Returned):
    """What the authenticator signed."""

    client_data: Annotated[Base64Url, Field(alias="clientDataJSON")]
    authenticator_data: Annotated[Base64Url, Field(alias="authenticatorData")]
    signature: Base64Url
    user_handle: Annotated[UserHandle | None, Field(alias="userHandle")] = None
    """Whose passkey it is; systems give it where no list of passkeys was handed to them."""


class PasskeyAssertion(Returned):
    """`AuthenticationResponseJSON`, as `PublicKeyCredential.toJSON()` and Android give it."""

    id: CredentialId
    raw_id: Annotated[CredentialId, Field(alias="rawId")]
    type: CredentialType
    response: PasskeyAssertionAnswer

    def credential(self) -> Credential:
        """The same for the verifier."""
        return self.model_dump(by_alias=True)
