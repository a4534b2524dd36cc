"""The codec endpoint of the embedded stack, so that its Temporal UI shows what the server cannot read."""

import sys
from collections.abc import Callable
from pathlib import Path

from runtime.child import Launch
from runtime.keys import STACKS_OWN
from runtime.ports import LOOPBACK, choose
from runtime.service import Service, surroundings
from runtime.settings import CODE


class CodecProcess(Service):
    """The codec endpoint in a process of its own, which lets in this account's browsers and programs."""

    def __init__(self, home: Path, preferred_port: int, ui_url: Callable[[], str]) -> None:
        super().__init__("Codec")
        self.port = preferred_port
        self._home = home
        self._ui_url = ui_url

    @property
    def url(self) -> str:
        """Where the Temporal UI sends payloads."""
        return f"http://{LOOPBACK}:{self.port}"

    async def launch(self) -> Launch:
        """Say how to start."""
        return Launch(
            command=(
                *(sys.executable, "-m", "runtime.codec_server", "--same-account"),
                *("--host", LOOPBACK, "--port", str(self.port)),
            ),
            log=self._home / "logs" / "codec.log",
            environment=surroundings(
                CAIRN_HOME=str(self._home),
                CAIRN_UI_URL=self._ui_url(),
                CAIRN_ENCRYPTION_KEYS=str(self._home / STACKS_OWN),
                PYTHONPATH=str(CODE),
            ),
        )

    def choose_ports(self) -> None:
        """Choose the port."""
        self.port = choose(self.port)

    async def answer(self) -> None:
        """Return once it listens."""
        await self.child.listens(self.port)
