"""From what a share is made of to its encrypted file. Pure, slow: for a worker thread."""

import json
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from pydantic_core import to_json

from app.journal.kinds import Headline
from app.sharing.fhir import BundleContent, build_bundle, public_id
from app.sharing.material import Material, visible_signals
from app.sharing.report import shared_report
from app.sharing.shl import encrypt_file
from app.trends.caveats import in_order
from app.trends.document import trend_document
from app.trends.schemas.document import TrendDocument
from app.trends.schemas.envelope import Caveat


def encrypted(material: Material, key: str) -> bytes:
    """The Bundle of a share as a JWE under the key of its link."""
    return encrypt_file(shared_bundle(material), key)


def shared_bundle(material: Material) -> bytes:
    """The FHIR JSON of a share."""
    subject, views = material.subject, material.views()
    signals = visible_signals(material.ground.signals, views)
    headlines = material.headlines(views)
    summary = _summary(material, headlines).model_dump_json(exclude_none=True, by_alias=True)
    content = BundleContent(
        namespace=subject.share_id,
        generated_at=material.generated_at,
        entries=views,
        signals=[json.loads(each.model_dump_json(exclude_none=True)) for each in signals],
        subject_name=subject.subject_name,
        trend_document=summary.encode(),
        report_pdf=shared_report(material, headlines),
        snomed=material.ground.snomed,
    )
    return to_json(build_bundle(content))


def _summary(material: Material, headlines: Sequence[Headline]) -> TrendDocument:
    ground = material.ground
    document = trend_document(
        headlines,
        ground.scope,
        today=ground.today,
        zone=ground.zone,
        generated_at=material.generated_at,
        mode=material.subject.mode,
        rename=partial(_renamed, material.subject.share_id),
    )
    if not material.truncated:
        return document
    caveats = in_order([*document.caveats, Caveat.TRUNCATED])
    return document.model_copy(update={"caveats": caveats})


def _renamed(share_id: UUID, entry_id: str) -> str:
    return str(public_id(share_id, entry_id))
