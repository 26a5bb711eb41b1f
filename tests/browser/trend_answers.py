"""The trend summary of a diary, in the shapes of the trend operations.

It is a stand-in that fills every member with plausible numbers; the numbers of the service are
tested where they are made.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import numpy as np
from scipy.stats import theilslopes

from tests.browser.answer_envelope import BETTER, Json, envelope
from tests.browser.count_answers import coverage, flashbacks
from tests.browser.course_answers import assessments, sessions
from tests.browser.diary import ZONE, Diary

Series = Mapping[date, float]
KINDS = ("mood", "anxiety", "flashback", "dissociation", "session", "assessment")


def trends_of(diary: Diary, generated_at: datetime, *, mode: str = "snapshot") -> Json:
    """The whole document; every kind is shared, notes too, signals and items are not."""
    series: dict[str, Series] = {
        "mood": diary.mood,
        "anxiety": diary.anxiety,
        "flashback_count": diary.flashbacks,
    }
    return {
        "format": "afterglow-trends",
        "version": 1,
        "generated_at": generated_at.isoformat(),
        "mode": mode,
        "scope": _scope(diary),
        "time_zone": ZONE,
        "not_monitored": True,
        "caveats": [],
        "summary": _summary(diary, series),
        "daily": [_daily(diary, name, values) for name, values in series.items()],
        "slopes": [_slope(diary, name, values) for name, values in series.items()],
        "session_response": [_response(diary, name, values) for name, values in series.items()],
        "sessions": sessions(diary, envelope(diary, "session_table", len(diary.sessions))),
        "flashbacks": flashbacks(diary),
        "assessments": assessments(diary, envelope(diary, "assessment_change", 0)),
        "weekday": [_weekday(diary, "mood", diary.mood)],
        "coverage": coverage(diary, series),
        "timeline": {**envelope(diary, "timeline", len(diary.mood)), "events": []},
    }


def _scope(diary: Diary) -> Json:
    return {
        "kinds": list(KINDS),
        "from": diary.first.isoformat(),
        "to": diary.last.isoformat(),
        "include_notes": True,
        "include_signals": False,
        "include_assessment_item_answers": False,
    }


def _recent(values: Series, day: date, days: int = 7) -> list[float]:
    back = (day - timedelta(n) for n in range(days))
    return [values[one] for one in back if one in values]


def _daily(diary: Diary, metric: str, values: Series) -> Json:
    dosed = {one.day: f"session-{one.number}" for one in diary.sessions}
    rows = []
    for day in diary.days:
        recent = _recent(values, day)
        row: Json = {"date": day.isoformat(), "n": int(day in values), "rolling_n": len(recent)}
        if day in values:
            row["value"] = values[day]
        if len(recent) >= 3:
            row["rolling_median_7"] = float(np.median(recent))
        if day in dosed:
            row["session_ids"] = [dosed[day]]
        rows.append(row)
    return {**envelope(diary, "rolling_median", len(values), metric), "days": rows}


def _slope_numbers(values: Series) -> tuple[str, float, float, float]:
    first = min(values)
    days = [(day - first).days for day in sorted(values)]
    y = [values[day] for day in sorted(values)]
    slope, _, low, high = (float(one) * 7 for one in theilslopes(y, days, 0.95))
    words = "clear_rise" if low > 0 else "clear_fall" if high < 0 else "no_clear_change"
    return words, round(slope, 6), round(low, 6), round(high, 6)


def _slope(diary: Diary, metric: str, values: Series) -> Json:
    words, slope, low, high = _slope_numbers(values)
    more = "higher" if slope > 0 else "lower"
    plain = f"About {abs(slope):.1f} {more} each week (likely {low:.1f} to {high:.1f})."
    if words == "no_clear_change":
        plain = f"No clear change over these {len(diary.days)} days."
    return {
        **envelope(diary, "theil_sen", len(values), metric),
        "plain": plain,
        "slope": {"words": words, "slope_per_week": slope, "ci95_per_week": [low, high]},
    }


def _summary(diary: Diary, series: Mapping[str, Series]) -> Json:
    return {
        **envelope(diary, "summary", len(diary.mood)),
        "metrics": [_metric_summary(diary, name, values) for name, values in series.items()],
    }


def _metric_summary(diary: Diary, metric: str, values: Series) -> Json:
    words, slope, low, high = _slope_numbers(values)
    weeks = {"last_7": diary.last, "previous_7": diary.last - timedelta(7)}
    medians: Json = {}
    for name, day in weeks.items():
        recent = _recent(values, day)
        middle = {"median": float(np.median(recent))} if len(recent) >= 3 else {}
        medians[name] = {"n_days": len(recent), **middle}
    return {
        "metric": metric,
        "unit": "count" if metric == "flashback_count" else "points",
        "better": BETTER[metric],
        "n_days": len(values),
        "coverage": round(len(values) / len(diary.days), 6),
        **medians,
        "slope": {
            "status": "ok",
            "words": words,
            "slope_per_week": slope,
            "ci95_per_week": [low, high],
        },
    }


def _response(diary: Diary, metric: str, values: Series) -> Json:
    lines, at = [], {offset: list[float]() for offset in range(-7, 15)}
    days = [one.day for one in diary.sessions]
    for index, day in enumerate(days):
        until = days[index + 1] if index + 1 < len(days) else date.max
        after = days[index - 1] if index else date.min
        points = []
        for offset in range(-7, 15):
            one = day + timedelta(offset)
            if one in values and (offset == 0 or after < one < until):
                points.append({"offset": offset, "value": values[one]})
                at[offset].append(values[one])
        line = {"session_id": f"session-{index + 1}", "date": day.isoformat(), "points": points}
        lines.append(line)
    curve = [_curve_point(offset, found) for offset, found in at.items()]
    return {
        **envelope(diary, "session_aligned", len(values), metric),
        "caveats": ["overlapping_sessions"],
        "response": {"n_sessions": len(days), "curve": curve, "lines": lines},
    }


def _curve_point(offset: int, found: list[float]) -> Json:
    point: Json = {"offset": offset, "n_sessions": len(found)}
    if found:
        point["median"] = float(np.median(found))
    if len(found) >= 4:
        point["q1"], point["q3"] = (float(one) for one in np.quantile(found, [0.25, 0.75]))
    return point


def _weekday(diary: Diary, metric: str, values: Series) -> Json:
    days = []
    for weekday in range(1, 8):
        held = [value for day, value in values.items() if day.isoweekday() == weekday]
        median = {"median": float(np.median(held))} if len(held) >= 4 else {}
        days.append({"weekday": weekday, "n_days": len(held), **median})
    return {
        **envelope(diary, "weekday_median", len(values), metric),
        "plain": "No clear pattern by weekday.",
        "weekdays": {"words": "no_clear_pattern", "by_weekday": days},
    }
