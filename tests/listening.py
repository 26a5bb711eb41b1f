"""A socket that a thread of the test listens at, one client after the other."""

from contextlib import suppress
from socket import SHUT_RDWR, create_server, socket
from threading import Thread


class Listening:
    """Whoever inherits it says in `talk` what becomes of a client."""

    def __init__(self) -> None:
        """On a port of its own; clients are taken from now on."""
        self._server = create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def talk(self, connection: socket) -> None:
        """Say something to a client, who may go away."""
        raise NotImplementedError

    def end(self) -> None:
        """Take nobody any more; whoever came was talked to when this returns."""
        if self._thread.is_alive():
            self._server.shutdown(SHUT_RDWR)  # closing it alone wakes nobody who waits for a client
            self._thread.join()
            self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with suppress(OSError), connection:
                self.talk(connection)
