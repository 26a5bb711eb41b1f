"""Things made at start, handed to the routes that need them."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from starlette.requests import Request

Thing = TypeVar("Thing")


def provided(kind: type[Thing]) -> Callable[[Request], Awaitable[Thing]]:
    """The dependency that yields the app's `kind`.

    In a route: `Annotated[Journal, Depends(provided(Journal))]`. It raises KeyError, and so
    answers 500, when the app was built without one.
    """

    async def give(request: Request) -> Thing:
        return given(request, kind)

    return give


def given(request: Request, kind: type[Thing]) -> Thing:
    """The app's `kind`, for a route that asks the request itself and spares the dependency."""
    thing: Thing = request.app.state.provided[kind]
    return thing
