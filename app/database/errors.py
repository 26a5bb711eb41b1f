"""What can go wrong between the service and its database, without a word of what was stored."""


class DatabaseError(Exception):
    """Root of the family. Messages never hold values: they name the fault alone."""


class DatabaseOverloaded(DatabaseError):
    """No connection, no lock or no place in the writer's queue came free in time.

    Then nothing was stored. Or a COMMIT was not answered in time, as where no standby confirms it:
    then nobody knows whether all of the transaction was stored, or nothing.
    """


class DatabaseUnavailable(DatabaseError):
    """The database is gone, full or refuses: nothing of the transaction was stored.

    Unless it went during COMMIT: then all of it may be.
    """


class UniqueViolation(DatabaseError):
    """A row with this key is already there; the whole transaction was undone."""


class MigrationRefused(DatabaseError):
    """The migrating user lacks a right or a role; the schema was not changed."""
