"""The printed page of a share, where this installation can set one."""

from collections.abc import Sequence

from app.journal.kinds import Headline
from app.sharing.fhir.frame import plain_text
from app.sharing.material import Material
from app.trends.report.report import build_report
from app.trends.report.typesetting import NotTypeset
from app.trends.schemas.envelope import Caveat
from app.trends.shared_windows import shared_window


def shared_report(material: Material, headlines: Sequence[Headline]) -> bytes | None:
    """The report of the scope as PDF, over the dates of its trend summary; slow.

    None where there is no typesetter, or where it cannot set this page: no link fails for want of
    it. Raises Unavailable where it can and just failed: the file would be kept without a page.
    """
    ground = material.ground
    try:
        return build_report(
            headlines,
            shared_window(headlines, ground.scope, ground.today, ground.zone),
            plain_text(material.subject.subject_name),
            generated_on=ground.today,
            kinds=ground.scope.kinds,
            caveats={Caveat.TRUNCATED} if material.truncated else (),
        )
    except (NotTypeset, ImportError):
        return None
