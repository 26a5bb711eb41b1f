"""A network between a phone and the service that loses, repeats and delays."""

from collections.abc import Callable
from enum import Enum

import httpx


class Fault(Enum):
    """What happens to one request."""

    NONE = "it arrives and is answered"
    REQUEST_LOST = "it never arrives"
    REPLY_LOST = "it is carried out and the answer is lost"
    REPEATED = "it arrives twice and the second answer comes back"
    ECHOED = "it arrives twice and the first answer comes back"
    LATE = "it arrives long after the phone gave up"
    BUSY = "the server has no time"


Witness = Callable[[httpx.Request, httpx.Response], None]


class FaultyLine(httpx.AsyncBaseTransport):
    """Stands before the service. `fault` is what befalls the next request."""

    def __init__(self, service: httpx.AsyncBaseTransport, witness: Witness) -> None:
        """`witness` sees every request that the service carried out, with its answer."""
        self.service = service
        self.fault = Fault.NONE
        self.late: list[httpx.Request] = []
        self._witness = witness

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.TransportError where the phone hears nothing."""
        fault, self.fault = self.fault, Fault.NONE
        if fault is Fault.BUSY:
            return httpx.Response(503, headers={"Retry-After": "1"}, request=request)
        if fault is Fault.REQUEST_LOST:
            raise httpx.ConnectError("lost on the way", request=request)
        if fault is Fault.LATE:
            self.late.append(request)
            raise httpx.ReadTimeout("no answer yet", request=request)
        answers = [await self._carry(request)]
        if fault in (Fault.REPEATED, Fault.ECHOED):
            answers.append(await self._carry(request))
        if fault is Fault.REPLY_LOST:
            raise httpx.ReadError("lost on the way back", request=request)
        return answers[0] if fault is Fault.ECHOED else answers[-1]

    async def deliver_late(self, place: int) -> None:
        """Let one delayed request arrive now; nobody waits for its answer."""
        await self._carry(self.late.pop(place))

    async def _carry(self, request: httpx.Request) -> httpx.Response:
        answer = await self.service.handle_async_request(request)
        await answer.aread()
        self._witness(request, answer)
        return answer
