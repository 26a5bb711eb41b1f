"""What clients are told of shares."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from app.sharing.lifecycle import share_status
from app.sharing.manifest import (
    ShareManifest,
    ShareManifestFile,
    manifest_status,
)
from app.sharing.schemas import (
    Share,
    ShareAccess,
    ShareAccessOutcome,
    ShareAccessVia,
    ShareKind,
    ShareMode,
)
from app.sharing.sealed import OpenedShare, link_of
from app.sharing.serving import Served
from app.sharing.shares import KnownAccess
from app.sharing.shl import FILES_PATH, Link


def living_link(share: OpenedShare, base: str, now: datetime) -> Link | None:
    """The link of a share that readers may open; None for a dead one."""
    return link_of(share, base) if share_status(share.row, now) == "active" else None


def shown(share: OpenedShare, now: datetime) -> Share:
    """A share without its secrets."""
    row, about = share.row, share.about
    return Share(
        id=row.id,
        kind=cast("ShareKind", row.kind),
        mode=cast("ShareMode", row.mode),
        scope=about.scope,
        expires_at=row.expires_at,
        max_openings=row.max_openings,
        label=about.label,
        subject_name=about.subject_name,
        private_note=about.private_note,
        status=share_status(row, now),
        created_at=row.created_at,
        tries_left=row.tries_left,
        openings=row.openings,
        first_opened_at=row.first_opened_at,
        last_opened_at=row.last_opened_at,
    )


def with_secrets(share: OpenedShare, now: datetime, base: str, viewer: str) -> Share:
    """A share with link and passcode, while it is alive."""
    link = living_link(share, base, now)
    if link is None or share.secrets is None:
        return shown(share, now)
    secrets = {"link": link.for_viewer(viewer), "passcode": share.secrets.passcode}
    return shown(share, now).model_copy(update=secrets)


def shown_accesses(accesses: Sequence[KnownAccess]) -> list[ShareAccess]:
    """Rows of the log."""
    return [
        ShareAccess(
            at=row.at,
            via=cast("ShareAccessVia", row.via),
            outcome=cast("ShareAccessOutcome", row.outcome),
            tries_left=row.tries_left,
            recipient=recipient,
            recipient_unreadable=is_closed or None,
            client=row.client,
        )
        for row, recipient, is_closed in accesses
    ]


def manifest_of(served: Served, base: str) -> ShareManifest:
    """The answer of a link with a passcode."""
    file = ShareManifestFile(
        content_type="application/fhir+json",
        last_updated=served.file.created_at,
        embedded=served.jwe.decode() if served.jwe is not None else None,
        location=served.ticket and base + FILES_PATH + served.ticket,
    )
    mode = cast("ShareMode", served.share.mode)
    return ShareManifest(status=manifest_status(mode), files=[file])
