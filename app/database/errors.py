"""What can go wrong between the service and its database, without a word of what was stored."""


class DatabaseError(Exception):
    """Root of the family. Messages never hold values: they name the fault alone."""


class DatabaseOverloaded(DatabaseError):
    """No connection or no place in the writer's queue came free in time."""


class DatabaseUnavailable(DatabaseError):
    """The database is gone, full or refuses: nothing of the transaction was stored."""


class UniqueViolation(DatabaseError):
    """A row with this key is already there; the whole transaction was undone."""


class MigrationRefused(DatabaseError):
    """The migrating user lacks a right or a role; the schema was not changed."""
