"""How often what may be asked for: buckets, their defaults, and the text that sets them."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

OFF = "off"
UNITS = {"s": 1, "m": 60, "h": 3600}
PART = re.compile(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,4})([smh])")


class Bucket(StrEnum):
    """What is counted, for one subject each; the name before the dot is what is asked for."""

    SIGN_IN_UNKNOWN_DEVICE = "sign_in.unknown_device"
    SIGN_IN_KNOWN_DEVICE = "sign_in.known_device"
    SIGN_IN_ADDRESS = "sign_in.address"
    SIGN_IN_SERVICE = "sign_in.service"
    REFRESH_FAILED_ADDRESS = "refresh_failed.address"
    PASSWORD_ADDRESS = "password.address"  # noqa: S105 - a name of a limit
    REGISTER_ADDRESS = "register.address"
    RECOVERY_ADDRESS = "recovery.address"
    MAIL_RECIPIENT = "mail.recipient"
    CODE_ADDRESS = "code.address"
    STEP_UP_DEVICE = "step_up.device"
    SHARE_OPEN_LINK = "share_open.link"
    SHARE_OPEN_ADDRESS = "share_open.address"
    EXPORT_ACCOUNT = "export.account"
    REPORT_ACCOUNT = "report.account"
    READS_ACCOUNT = "reads.account"
    WRITES_ACCOUNT = "writes.account"


class Limit(NamedTuple):
    """At most `times` in any `seconds`."""

    times: int
    seconds: int


Limits = Mapping[Bucket, tuple[Limit, ...]]
"""A bucket with several limits keeps all of them; one without any counts nothing."""

DEFAULTS: Limits = {
    Bucket.SIGN_IN_UNKNOWN_DEVICE: (Limit(10, 900), Limit(20, 7200)),
    Bucket.SIGN_IN_KNOWN_DEVICE: (Limit(10, 900),),
    Bucket.SIGN_IN_ADDRESS: (Limit(60, 900),),
    Bucket.SIGN_IN_SERVICE: (Limit(600, 60),),
    Bucket.REFRESH_FAILED_ADDRESS: (Limit(60, 900),),
    Bucket.PASSWORD_ADDRESS: (Limit(60, 900),),
    Bucket.REGISTER_ADDRESS: (Limit(20, 3600),),
    Bucket.RECOVERY_ADDRESS: (Limit(20, 3600),),
    Bucket.MAIL_RECIPIENT: (Limit(5, 3600),),
    Bucket.CODE_ADDRESS: (Limit(60, 900),),
    Bucket.STEP_UP_DEVICE: (Limit(10, 900),),
    Bucket.SHARE_OPEN_LINK: (Limit(60, 60),),
    Bucket.SHARE_OPEN_ADDRESS: (Limit(120, 60),),
    Bucket.EXPORT_ACCOUNT: (Limit(5, 3600),),
    Bucket.REPORT_ACCOUNT: (Limit(30, 3600),),
    Bucket.READS_ACCOUNT: (Limit(6000, 60),),
    Bucket.WRITES_ACCOUNT: (Limit(3000, 60),),
}


def limits_of(text: str) -> Limits:
    """The limits in force: the defaults, but for those that `text` names; none at all for `off`.

    `text` is like `sign_in.address=1000/15m,register.address=100/1h`; several limits of one
    bucket are joined by `+`. Raises ValueError, without repeating the text.
    """
    if text == OFF:
        return {}
    given = (each.partition("=") for each in text.split(",") if text)
    return {**DEFAULTS, **{_bucket(name): _limits(written) for name, _, written in given}}


def _bucket(name: str) -> Bucket:
    try:
        return Bucket(name.strip())
    except ValueError:
        raise ValueError("AFTERGLOW_LIMITS names a bucket that is not known") from None


def _limits(written: str) -> tuple[Limit, ...]:
    found = [PART.fullmatch(each.strip()) for each in written.split("+")]
    limits = [Limit(int(each[1]), int(each[2]) * UNITS[each[3]]) for each in found if each]
    if len(limits) != len(found):
        raise ValueError("AFTERGLOW_LIMITS gives a limit as count/period, such as 60/15m")
    return tuple(limits)
