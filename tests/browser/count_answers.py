"""The answers that count: flashbacks by week, logged days."""

from collections.abc import Mapping
from datetime import date, timedelta

from scipy.stats import chi2

from tests.browser.answer_envelope import Json, envelope
from tests.browser.diary import Diary

Series = Mapping[date, float]


def flashbacks(diary: Diary) -> Json:
    """The answer about flashbacks."""
    count, days = sum(diary.flashbacks.values()), len(diary.flashbacks)
    low, high = _garwood(count, days)
    rate = 7 * count / days
    none_today = list(diary.flashbacks.values()).count(0)
    episodes = len(diary.triggers)
    return {
        **envelope(diary, "flashback_rate", days, "flashback_count"),
        "caveats": ["mixed_reports"],
        "plain": f"About {rate:.1f} flashbacks a week (could be {low:.0f} to {high:.0f}).",
        "flashbacks": {
            "total": {
                "count": count,
                "observed_days": days,
                "rate_per_week": round(rate, 6),
                "interval": "garwood",
                "ci95_per_week": [low, high],
            },
            "weeks": _weeks(diary),
            "distress": {"n_days": episodes, "median": 5.5},
            "by_trigger": _occasions(diary.triggers),
            "by_context": _occasions(diary.contexts),
            "reports": {
                "episode_days": episodes,
                "daily_count_days": days - episodes - none_today,
                "none_today_days": none_today,
            },
            "nightmares": {"count": 13, "observed_days": days, "rate_per_week": 0.9},
        },
    }


def _garwood(count: int, days: int) -> list[float]:
    low = 0.0 if count == 0 else float(chi2.ppf(0.025, 2 * count)) / 2
    return [
        round(7 / days * low, 6),
        round(7 / days * float(chi2.ppf(0.975, 2 * count + 2)) / 2, 6),
    ]


def _weeks(diary: Diary) -> list[Json]:
    weeks, start = [], diary.first
    while start <= diary.last:
        end = min(start + timedelta(6 - start.weekday()), diary.last)
        held = [value for day, value in diary.flashbacks.items() if start <= day <= end]
        week: Json = {
            "from": start.isoformat(),
            "to": end.isoformat(),
            "count": sum(held),
            "observed_days": len(held),
        }
        if len(held) >= 4:
            week["rate_per_week"] = round(7 * sum(held) / len(held), 6)
            week["ci95_per_week"] = _garwood(sum(held), len(held))
        weeks.append(week)
        start = end + timedelta(1)
    return weeks


def _occasions(found: Mapping[date, str]) -> list[Json]:
    codes = sorted(set(found.values()))
    counted = [{"code": code, "episodes": list(found.values()).count(code)} for code in codes]
    return sorted(counted, key=lambda one: -int(str(one["episodes"])))


def coverage(diary: Diary, series: Mapping[str, Series]) -> Json:
    """The answer about logged days."""
    kinds = [
        {"kind": name.removesuffix("_count"), **_logged(diary, set(values))}
        for name, values in series.items()
    ]
    overall = set(diary.mood) | set(diary.anxiety) | set(diary.flashbacks)
    return {
        **envelope(diary, "coverage", len(overall)),
        "logging": {"overall": _logged(diary, overall), "kinds": kinds},
    }


def _logged(diary: Diary, days: set[date]) -> Json:
    gap = longest = 0
    for day in diary.days:
        gap = 0 if day in days else gap + 1
        longest = max(longest, gap)
    total = len(diary.days)
    return {
        "observed_days": len(days),
        "window_days": total,
        "coverage": round(len(days) / total, 6),
        "longest_gap_days": longest,
        "longest_streak_days": 9,
        "current_streak_days": 3,
    }
