"""A real mail server (aiosmtpd) on a free port of the loopback."""

import asyncio
import ssl
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.servers import close


class MailServer(Controller):
    """Gives each message to `handler`; `options` are those of aiosmtpd's SMTP.

    With `tls` the whole connection is under TLS. Unlike its base it leaves no connection open when
    it stops: one may just be coming in, or not have answered the end of TLS.
    """

    def __init__(
        self, handler: object, *, tls: ssl.SSLContext | None = None, **options: Any
    ) -> None:
        super().__init__(handler, hostname="127.0.0.1", port=0, ssl_context=tls)
        self._options = options

    def factory(self) -> SMTP:
        """One session."""
        return SMTP(self.handler, **self._options)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr] # it runs
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd's

    def stop(self, no_assert: bool = False) -> None:
        """Take no more connections, break off those there are, and end."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(10)
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        await close(self.server)
        for line in list(self.loop._transports.values()):  # type: ignore[attr-defined] # asyncio's own
            line.abort()
        await asyncio.sleep(0)
