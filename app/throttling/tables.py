"""What the disk sees of throttles: no address, no account, only marks of them."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from app.database.rows import StoredRow


class ThrottleBucketRow(StoredRow, table=True):
    """When one bucket of one subject will be empty again."""

    __tablename__ = "throttle_bucket"

    key: bytes = Field(primary_key=True)
    """A keyed hash of the bucket's name and its subject."""
    tat: int = Field(sa_type=BigInteger)
    """The theoretical arrival time, in microseconds since 1970."""
