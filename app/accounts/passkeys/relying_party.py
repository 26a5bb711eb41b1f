"""Who asks for passkeys: one domain, and the places its apps run in."""

import re
from dataclasses import dataclass

from app.addresses import host_of
from app.settings import Settings

ORIGIN = re.compile(
    r"https://[^/?#@\s]+|http://localhost(:[0-9]{1,5})?|android:apk-key-hash:[A-Za-z0-9_-]{43}"
)
DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The domain that passkeys are bound to, its name, and the origins they may be used from."""

    id: str
    name: str
    origins: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings) -> "RelyingParty":
        """As the settings say; by default the host and the origin of the public URL.

        Raises ValueError for what cannot be a domain or an origin.
        """
        domain = settings.passkey_rp_id or host_of(settings.public_url)
        if not DOMAIN.fullmatch(domain):
            raise ValueError("AFTERGLOW_PASSKEY_RP_ID is a domain in lower case")
        if not all(ORIGIN.fullmatch(each) for each in settings.passkey_origins):
            raise ValueError(
                "AFTERGLOW_PASSKEY_ORIGINS holds https://…, http://localhost:… or "
                "android:apk-key-hash:… with the hash in base64url"
            )
        origins = settings.passkey_origins or (settings.public_url,)
        return cls(domain, settings.passkey_rp_name, origins)
