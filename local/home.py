"""Where one local stack keeps its data, and which ports it listens on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.errors import UsageError

REPOSITORY = Path(__file__).parents[1]
HAS_DASHBOARD = (REPOSITORY / "dashboard" / "app.py").exists()
ADDRESS = "127.0.0.1"
DATABASE = "eco"
STAGES = ("validate", "score", "transform", "load")
FUNCTIONS = (*STAGES, "maintain")
PORTS = {
    "postgres": 5442,
    "pgbouncer": 6432,
    "storage": 4443,
    "relay": 8790,
    "relay-inlet": 8791,
    "validate": 8081,
    "score": 8082,
    "transform": 8083,
    "load": 8084,
    "maintain": 8085,
    "dashboard": 8501,
}


@dataclass(frozen=True)
class Home:
    """One local stack: its data folder and the number that is added to each of its ports.

    `maintain_minutes` is the time between two runs of the maintain function, `relay_concurrency` the number of
    events that the relay has under way at one function at a time. `host` is where a process is reached, {name} in it
    being replaced by the name of its port; `listen` is the address on which the relay listens. Both are other than
    this machine only where each process has a host of its own, as in containers.
    """

    path: Path
    port_offset: int = 0
    maintain_minutes: int = 5
    relay_concurrency: int = 4
    host: str = ADDRESS
    listen: str = ADDRESS

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Home:
        """Read ECO_HOME and the other variables of `environment`; raises UsageError."""
        return cls(
            path=Path(environment.get("ECO_HOME") or REPOSITORY / ".eco").expanduser().resolve(),
            port_offset=_number(environment, "ECO_PORT_OFFSET", 0, 0, 65535 - max(PORTS.values())),
            maintain_minutes=_number(environment, "ECO_MAINTAIN_MINUTES", 5, 1, 1440),
            relay_concurrency=_number(environment, "ECO_RELAY_CONCURRENCY", 4, 1, 64),
            host=environment.get("ECO_HOST") or ADDRESS,
            listen=environment.get("ECO_LISTEN") or ADDRESS,
        )

    def environment(self) -> dict[str, str]:
        """The variables from which another process reads this same stack."""
        return {
            "ECO_HOME": str(self.path),
            "ECO_PORT_OFFSET": str(self.port_offset),
            "ECO_MAINTAIN_MINUTES": str(self.maintain_minutes),
            "ECO_RELAY_CONCURRENCY": str(self.relay_concurrency),
            "ECO_HOST": self.host,
            "ECO_LISTEN": self.listen,
        }

    def port(self, name: str) -> int:
        """The port of one of PORTS in this stack."""
        return PORTS[name] + self.port_offset

    def url(self, name: str) -> str:
        """The HTTP address of one of PORTS in this stack."""
        return f"http://{self.host.format(name=name)}:{self.port(name)}"

    def make(self) -> None:
        """Make the data folder; others may pass through it (PostgreSQL's user has to), not look into it."""
        for folder in (self.path, self.logs, self.path / "relay", self.path / "buckets"):
            folder.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o711)

    @property
    def logs(self) -> Path:
        """The folder with a log file a process."""
        return self.path / "logs"

    @property
    def accounts(self) -> Path:
        """The file of who may review in the dashboard."""
        return self.path / "accounts.json"

    def log(self, name: str) -> Path:
        """The log file of one process."""
        return self.logs / f"{name}.log"


def _number(environment: Mapping[str, str], variable: str, default: int, least: int, most: int) -> int:
    text = environment.get(variable) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise UsageError(
            f"{variable}={text!r} is not a whole number from {least} to {most}. Set it to one, or unset it."
        )
    return int(text)
