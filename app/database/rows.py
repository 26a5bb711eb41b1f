"""The class that all tables derive from, so that every constraint has a name of its own."""

from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "pk": "%(table_name)s_pk",
    "uq": "%(table_name)s_by_%(column_0_N_name)s",
    "ix": "%(table_name)s_by_%(column_0_N_name)s",
    "fk": "%(table_name)s_of_%(referred_table_name)s",
}


class StoredRow(SQLModel):
    """A table is a subclass with `table=True`."""
