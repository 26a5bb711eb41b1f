"""What an app writes around the generated client: answers or problems, and who is asking."""

# guide client
from typing import TypeVar

from afterglow_client import AuthenticatedClient, Client
from afterglow_client.models import PasscodeProblem, Problem
from afterglow_client.types import Response

Answer = TypeVar("Answer")


class Refused(Exception):
    """A refusal of the server; programs read `problem.code`."""

    def __init__(self, problem: Problem | PasscodeProblem) -> None:
        """`problem` as the server told it."""
        super().__init__(problem.code)
        self.problem = problem


def answered(response: Response[Problem | Answer]) -> Answer:
    """The answer, or the problem raised."""
    if isinstance(response.parsed, Problem | PasscodeProblem):
        raise Refused(response.parsed)
    if response.parsed is None:
        raise LookupError(f"{response.status_code} has no body")
    return response.parsed


def patient(origin: str, access_token: str) -> AuthenticatedClient:
    """A client of a signed-in device."""
    return AuthenticatedClient(base_url=origin, token=access_token)


def stranger(origin: str) -> Client:
    """A client that nobody has signed in."""
    return Client(base_url=origin)


# end


def code_of(response: Response[Answer]) -> str:
    """The code of a refusal that was expected."""
    assert isinstance(response.parsed, Problem | PasscodeProblem)
    return response.parsed.code
