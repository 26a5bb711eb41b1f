"""What every answer of the trend operations carries."""

from typing import Any  # the document is free JSON here, as it is for the page

from tests.browser.diary import ZONE, Diary

Json = dict[str, Any]
BETTER = {"mood": "higher", "anxiety": "lower", "flashback_count": "lower"}


def envelope(diary: Diary, method: str, n_days: int, metric: str | None = None) -> Json:
    """What every answer carries."""
    about = {} if metric is None else {"metric": metric, "better": BETTER[metric]}
    unit = "count" if metric == "flashback_count" else "points"
    total = len(diary.days)
    return {
        **about,
        **({} if metric is None else {"unit": unit}),
        "window": {
            "from": diary.first.isoformat(),
            "to": diary.last.isoformat(),
            "time_zone": ZONE,
        },
        "status": "ok",
        "n_days": n_days,
        "span_days": total - 1,
        "coverage": round(n_days / total, 6),
        "method": {"name": method, "version": "1", "parameters": []},
        "caveats": ["sessions_inside"] if method == "theil_sen" else [],
        "plain": _sentence(n_days, total, metric),
    }


def _sentence(n_days: int, total: int, metric: str | None) -> str:
    if metric is None or metric == "mood":
        return f"You logged {n_days} of {total} days."
    return f"There is a value for {metric.replace('_', ' ')} on {n_days} of {total} days."
