"""What readers send and get. SMART Health Links fix the names, so they are camelCase."""

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from app.journal.kinds.content import Shape
from app.journal.kinds.values import Maybe, Within
from app.journal.schemas import Shown
from app.sharing.schemas import ServerTime, ShareMode

DEFAULT_EMBEDDED_BYTES = 1024 * 1024
MOST_EMBEDDED_BYTES = 2**53 - 1
MOST_FILE_CHARACTERS = 2**27

ShareManifestStatus = TypeAliasType("ShareManifestStatus", Literal["finalized", "can-change"])


def without_control_characters(text: str) -> str:
    """`text` itself, or error `unknown_value`: a name is one line."""
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise PydanticCustomError("unknown_value", "control characters")
    return text


Recipient = Annotated[
    str, Field(min_length=1, max_length=120), AfterValidator(without_control_characters)
]


class ShareManifestRequest(Shape):
    """A reader asks for the content. Members of other standards are let through unread."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"examples": [{"recipient": "Dr Lee", "passcode": "ABCD2345"}]},
    )

    recipient: Recipient
    """Who opens the link; the patient will see this."""
    passcode: Maybe[Annotated[str, Field(max_length=128)]] = None
    embedded_length_max: Maybe[Annotated[int, Within(0, MOST_EMBEDDED_BYTES)]] = Field(
        default=None, alias="embeddedLengthMax"
    )
    """Longest file to be put into the answer itself; 1 MiB unless given."""

    def embeds(self, length: int) -> bool:
        """Whether a file of so many characters goes into the answer itself."""
        given = self.embedded_length_max
        return length <= (DEFAULT_EMBEDDED_BYTES if given is None else given)


class ShareManifestFile(Shown):
    """The one file of a link: either in the answer or at a place that lives for minutes."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    content_type: Literal["application/fhir+json"] = Field(alias="contentType")
    last_updated: ServerTime = Field(alias="lastUpdated")
    embedded: Annotated[str, Field(max_length=MOST_FILE_CHARACTERS)] | None = None
    """Compact JWE; absent when `location` is there."""
    location: Annotated[str, Field(max_length=200)] | None = None
    """Where the JWE can be read for ten minutes; absent when `embedded` is there."""


class ShareManifest(Shown):
    """What a link holds."""

    status: ShareManifestStatus
    """`can-change` of a live link: ask again after `Retry-After`."""
    files: Annotated[list[ShareManifestFile], Field(min_length=1, max_length=1)]


def manifest_status(mode: ShareMode) -> ShareManifestStatus:
    """Whether later openings may show something else."""
    return "can-change" if mode == "live" else "finalized"
