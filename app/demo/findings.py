"""What the trends say of the synthetic diary, for the terminal."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from app.demo.client import Afterglow, Json

DIRECTIONS = {
    "clear_rise": "rising",
    "clear_fall": "falling",
    "no_clear_change": "no clear change",
    "not_enough_days": "not enough days",
}
SLOPES, RESPONSE = ("mood", "anxiety"), "mood"
SHOWN_OFFSETS = range(-3, 8)


async def show_findings(patient: Afterglow, console: Console, window: Mapping[str, str]) -> None:
    """Print summary, coverage, directions and what follows a session, for `from` and `to`."""
    summary = await patient.ask("GET", "/v1/trends/summary", query=window)
    console.print(summary_table(summary["metrics"]))
    coverage = await patient.ask("GET", "/v1/trends/coverage", query=window)
    console.print(coverage["plain"])
    for metric in SLOPES:
        slope = await patient.ask("GET", "/v1/trends/slope", query={"metric": metric, **window})
        console.print(f"{metric.capitalize()}: {slope['plain']}")
    sessions = await patient.ask("GET", "/v1/trends/sessions", query=window)
    console.print(f"Sessions: {sessions['plain']}\n")
    asked = {"metric": RESPONSE, **window}
    response = await patient.ask("GET", "/v1/trends/session-response", query=asked)
    if response["response"]["n_sessions"]:
        console.print(response_table(response["response"]))
    console.print(f"{response['plain']}\n")


def summary_table(metrics: Sequence[Json]) -> Table:
    """One row a metric: the last seven days, the seven before, and the direction."""
    table = Table(title="This week against last, and the direction over all days")
    for name in ("", "days", "median, last 7", "7 before", "direction", "points a week"):
        table.add_column(name, justify="left" if name in ("", "direction") else "right")
    for each in metrics:
        slope = each["slope"]
        table.add_row(
            each["metric"].replace("_", " "),
            str(each["n_days"]),
            number(each["last_7"].get("median")),
            number(each["previous_7"].get("median")),
            DIRECTIONS.get(slope["words"], slope["words"]),
            "" if slope["words"] == "not_enough_days" else number(slope.get("slope_per_week")),
        )
    return table


def response_table(response: Json) -> Table:
    """Days before and after a session, with the median over the sessions that have the day."""
    table = Table(title=f"{RESPONSE.capitalize()} around {response['n_sessions']} session days")
    for name in ("day", "sessions", "median"):
        table.add_column(name, justify="right")
    for point in response["curve"]:
        if point["offset"] in SHOWN_OFFSETS:
            day = f"{point['offset']:+d}".replace("+0", "0")
            table.add_row(day, str(point["n_sessions"]), number(point.get("median")))
    return table


def number(value: float | None) -> str:
    """At most two decimals; nothing for what is absent, and no minus before a zero."""
    if value is None:
        return ""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
