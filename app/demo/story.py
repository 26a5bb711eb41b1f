"""The story of a synthetic patient, told to a running server through its public API."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import ascii_lowercase
from uuid import uuid4

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.demo.client import Afterglow, Json
from app.demo.diary import Diary, synthetic_diary

KINDS = ("mood", "anxiety", "flashback", "dissociation", "session", "assessment")
ARROWS = {"clear_rise": "rising", "clear_fall": "falling", "no_clear_change": "no clear change"}
SUBJECT = "Robin (synthetic patient)"
REFRESH_EVERY = 400
"""Entries; well inside the life of an access token."""


async def tell(origin: str, mail_dir: Path, console: Console, *, seed: int, days: int) -> None:
    """Sign up, write the diary, and print what came of it."""
    last_day = datetime.now(UTC).date() - timedelta(days=1)
    diary = synthetic_diary(seed, last_day, days)
    email = f"robin.{secrets.token_hex(3)}@synthetic.example"
    password = "-".join(_letters(5) for _ in range(4))
    console.print("[bold]A synthetic patient.[/] Nothing of this is real.\n")
    async with Afterglow(origin) as patient:
        await patient.sign_up(email, password, mail_dir)
        await patient.set_time_zone(diary.places.home)
        await _write(patient, diary, console)
        window = {"from": str(last_day - timedelta(days=days - 1)), "to": str(last_day)}
        await _show_trends(patient, console, window)
        share = await _share(patient, password, window)
    _show_link(console, share, email, password)


def _letters(count: int) -> str:
    return "".join(secrets.choice(ascii_lowercase) for _ in range(count))


async def _write(patient: Afterglow, diary: Diary, console: Console) -> None:
    """Save every entry in the order of writing."""
    columns = (TextColumn("Writing {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("the diary", total=len(diary.entries))
        for number, written in enumerate(diary.entries, start=1):
            await patient.ask("POST", "/v1/entries", written.draft)
            progress.update(task, advance=1)
            if number % REFRESH_EVERY == 0:
                await patient.refresh()


async def _show_trends(patient: Afterglow, console: Console, window: dict[str, str]) -> None:
    summary = await patient.ask("GET", "/v1/trends/summary", query=window)
    console.print(_summary_table(summary["metrics"]))
    coverage = await patient.ask("GET", "/v1/trends/coverage", query=window)
    console.print(coverage["plain"])
    for metric in ("mood", "anxiety"):
        asked = {"metric": metric, "from": window["from"], "to": window["to"]}
        slope = await patient.ask("GET", "/v1/trends/slope", query=asked)
        console.print(f"{metric.capitalize()}: {slope['plain']}")
    sessions = await patient.ask("GET", "/v1/trends/sessions", query=window)
    console.print(f"Sessions: {sessions['plain']}\n")


def _summary_table(metrics: Sequence[Json]) -> Table:
    table = Table(title="This week against last, and the direction over all days")
    for name in ("", "days", "median, last 7", "7 before", "direction", "points a week"):
        table.add_column(name, justify="left" if name in ("", "direction") else "right")
    for each in metrics:
        slope = each["slope"]
        table.add_row(
            each["metric"].replace("_", " "),
            str(each["n_days"]),
            _number(each["last_7"].get("median")),
            _number(each["previous_7"].get("median")),
            ARROWS.get(slope["words"], "not enough days"),
            _number(slope.get("slope_per_week")),
        )
    return table


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


async def _share(patient: Afterglow, password: str, window: dict[str, str]) -> Json:
    """A frozen share of everything but notes, behind a passcode."""
    await patient.ask("POST", "/v1/step-up", {"method": "password", "password": password})
    draft: Json = {
        "id": str(uuid4()),
        "kind": "passcode",
        "mode": "snapshot",
        "scope": {"kinds": list(KINDS), **window},
        "label": "Synthetic journal",
        "subject_name": SUBJECT,
    }
    return await patient.ask("POST", "/v1/shares", draft)


def _show_link(console: Console, share: Json, email: str, password: str) -> None:
    console.print("[bold]The link for a clinician[/] (open it in a browser):")
    console.print(share["link"], soft_wrap=True, style="cyan", highlight=False)
    console.print(f"Passcode: [bold]{share['passcode']}[/]   valid until {share['expires_at']}")
    console.print(f"\nThe account: {email}   password: {password}", highlight=False)
