"""The story of a synthetic patient, told to a running server through its public API."""

import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from string import ascii_lowercase
from uuid import uuid4

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.demo.client import Afterglow, Json
from app.demo.diary import Diary, synthetic_diary
from app.demo.findings import show_findings
from app.demo.sittings import sendings

KINDS = ("mood", "anxiety", "flashback", "dissociation", "session", "assessment")
SUBJECT = "Robin (synthetic patient)"
SHOWN_DAYS = 120
REFRESH_EVERY = 400
"""Requests; well inside the life of an access token."""


async def tell(origin: str, mail_dir: Path, console: Console, *, seed: int, days: int) -> None:
    """Sign up, write the diary, and print what came of it.

    `days` is 1 or more; of a longer diary the last `SHOWN_DAYS` days are shown and shared.
    """
    last_day = last_whole_day(datetime.now(UTC))
    diary = synthetic_diary(seed, last_day, days)
    email = f"robin.{secrets.token_hex(3)}@synthetic.example"
    password = "-".join(_letters(5) for _ in range(4))
    console.print("[bold]A synthetic patient.[/] Nothing of this is real.\n")
    async with Afterglow(origin) as patient:
        await patient.sign_up(email, password, mail_dir)
        await patient.set_time_zone(diary.places.home)
        await _write(patient, diary, console)
        first_day = last_day - timedelta(days=min(days, SHOWN_DAYS) - 1)
        window = {"from": first_day.isoformat(), "to": last_day.isoformat()}
        await show_findings(patient, console, window)
        share = await _share(patient, password, window)
    _show_link(console, share, email, password)


def last_whole_day(now: datetime) -> date:
    """The last date that is over in every zone of the world. `now` is in UTC."""
    return (now - timedelta(hours=12)).date() - timedelta(days=1)


def _letters(count: int) -> str:
    return "".join(secrets.choice(ascii_lowercase) for _ in range(count))


async def _write(patient: Afterglow, diary: Diary, console: Console) -> None:
    """Save everything in the order of writing, one request after the other as a phone does."""
    columns = (TextColumn("Writing {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("the diary", total=len(diary.entries))
        for number, sending in enumerate(sendings(diary.entries), start=1):
            await patient.ask("POST", sending.path, sending.body)
            progress.update(task, advance=sending.n_entries)
            if number % REFRESH_EVERY == 0:
                await patient.refresh()


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
    console.print("The patient, the diary and the account are synthetic.")
