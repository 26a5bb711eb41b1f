"""Asks a list of known faults about every package of the service: `make known-faults`, every day.

The list is that of <https://osv.dev>. A fault is to be mended within the days that the threat model
names, counted from when it was published. Which of them hold for it stands in
`requirements/known-faults.toml`; until somebody has judged it, the shortest do.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx

ROOT = Path(__file__).parents[1]
LIST = "https://api.osv.dev/v1"
PYTHON_LOCKS = ("runtime.lock", "build.lock")
PAGE_LOCK = ROOT / "viewer" / "package-lock.json"
JUDGED = ROOT / "requirements" / "known-faults.toml"
DAYS = {"network": 2, "account": 7, "else": 30}
"""To mend what is reached without signing in, with an account or a link, or neither."""


class Package(NamedTuple):
    """One that is installed with the service, or from which the page is built."""

    ecosystem: str
    name: str
    version: str


class Fault(NamedTuple):
    """A known one of a package."""

    number: str
    package: Package
    published: datetime


class ListUnusable(Exception):
    """The list did not answer, or not in whole: nobody knows then."""


def packages() -> list[Package]:
    """All that the lock files name."""
    found = []
    for name in PYTHON_LOCKS:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        pinned = re.findall(r"^([\w.\-]+)(?:\[[\w,\-]+\])?==([^\s;]+)", text, re.MULTILINE)
        found += [Package("PyPI", *each) for each in pinned]
    for place, each in json.loads(PAGE_LOCK.read_text(encoding="utf-8"))["packages"].items():
        if place:
            name = each.get("name", place.rpartition("node_modules/")[2])
            found.append(Package("npm", name, each["version"]))
    return sorted(set(found))


def faults_of(http: httpx.Client, asked: list[Package]) -> Iterator[Fault]:
    """Every fault that the list has of them. Raises ListUnusable."""
    queries = [
        {"package": {"ecosystem": each.ecosystem, "name": each.name}, "version": each.version}
        for each in asked
    ]
    results = answer_of(http.post(f"{LIST}/querybatch", json={"queries": queries}))["results"]
    for package, result in zip(asked, results, strict=True):
        if "next_page_token" in result:
            raise ListUnusable(f"the list has more of {package.name} than it told")
        for each in result.get("vulns", ()):
            told = answer_of(http.get(f"{LIST}/vulns/{each['id']}"))
            if "withdrawn" not in told:
                yield Fault(told["id"], package, datetime.fromisoformat(told["published"]))


def answer_of(response: httpx.Response) -> Any:  # what the list tells is for its readers to know
    """Raises ListUnusable."""
    if not response.is_success:
        raise ListUnusable(f"the list answers {response.status_code}")
    return response.json()


def told(faults: Iterable[Fault], judged: dict[str, dict[str, str]], now: datetime) -> list[str]:
    """A line for each fault: whether it is overdue, or how many days are left."""
    lines = []
    for each in faults:
        reach = judged.get(each.number, {"reach": "network"})["reach"]
        left = DAYS[reach] - (now - each.published).days
        state = "OVERDUE" if left < 0 else f"{left} days left"
        lines.append(f"{each.number} {each.package.name} {each.package.version}: {state} ({reach})")
    return lines


def main(http: httpx.Client, now: datetime) -> int:
    """Print what is known; 1 when a fault is older than it may be, 2 when nobody knows."""
    judged = tomllib.loads(JUDGED.read_text(encoding="utf-8"))
    asked = packages()
    try:
        lines = told(faults_of(http, asked), judged, now)
    except (ListUnusable, httpx.HTTPError) as fault:
        print(f"The list of known faults was not heard: {fault}", file=sys.stderr)
        return 2
    print(*lines, f"{len(asked)} packages, {len(lines)} known faults", sep="\n")
    return int(any("OVERDUE" in line for line in lines))


if __name__ == "__main__":
    with httpx.Client(timeout=30) as client:
        sys.exit(main(client, datetime.now(UTC)))
