"""What is not there is said, and never drawn or printed as something else."""

from copy import deepcopy
from typing import Any  # Bundles are free JSON

from tests.browser.bundles import edit_trends
from tests.browser.conftest import Desk
from tests.browser.sharing_end import SharingEnd

Json = dict[str, Any]
KEPT_FROM = "2026-03-11"


def _cut_off(trends: Json) -> None:
    """As if the entries before a day were more than a link holds."""
    trends["caveats"] = ["truncated"]
    for answer in trends["daily"]:
        for day in answer["days"]:
            if day["date"] < KEPT_FROM:
                day["n"] = 0
                day.pop("value", None)
                day.pop("rolling_median_7", None)
    trends["sessions"]["table"]["rows"] = [
        row for row in trends["sessions"]["table"]["rows"] if row["date"] >= KEPT_FROM
    ]
    for answer in trends["assessments"]:
        scores = answer["assessment"]["scores"]
        answer["assessment"]["scores"] = [one for one in scores if one["date"] >= KEPT_FROM]


def test_entries_that_were_cut_off_are_named_at_the_top_and_are_no_empty_days(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    cut = deepcopy(bundle)
    edit_trends(cut, _cut_off)
    desk.open(end.publish(cut))
    masthead = desk.page.locator(".masthead").inner_text()
    assert "Only the newest 5,000 entries are included." in masthead
    assert "1 Feb \u2013 31 May 2026" in masthead
    slider = desk.page.get_by_role("slider", name="Read one day")
    slider.focus()
    slider.press("Home")
    first = slider.get_attribute("aria-valuetext") or ""
    assert first.startswith("Wednesday 11 March 2026: mood ")
    starts = desk.page.locator("g.mood rect.gap").evaluate_all(
        "(gaps) => gaps.map((gap) => gap.x.baseVal.value)"
    )
    assert starts
    assert min(starts) > 100


def test_a_whole_journal_names_no_cut(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.open(end.publish(bundle))
    assert "5,000" not in desk.words()
