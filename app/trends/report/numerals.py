"""How numbers and dates are written on the page."""

from datetime import date

MINUS, DASH = "\N{MINUS SIGN}", "\N{EN DASH}"
NOTHING = DASH
"""Stands where nothing was told."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def written_date(day: date) -> str:
    """`8 Apr 2026`: no reader takes the month for the day."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def number(value: float, digits: int = 2) -> str:
    """At most so many decimals, with a true minus sign and never a negative zero."""
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "0") else text.replace("-", MINUS)


def optional(value: float | None, digits: int = 2) -> str:
    """A number, or the dash for nothing."""
    return NOTHING if value is None else number(value, digits)


def signed(value: float, digits: int = 2) -> str:
    """A change: always so many decimals, and a sign unless they are all zero."""
    text = f"{abs(value):.{digits}f}"
    if not float(text):
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


def counted(n: int, thing: str) -> str:
    """`1 day`, `2 days`."""
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def of_days(n_days: int, window_days: int) -> str:
    """`78 of 90 days`."""
    return f"{n_days} of {counted(window_days, 'day')}"
