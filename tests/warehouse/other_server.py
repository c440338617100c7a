"""A PostgreSQL of another version, for one test."""

import contextlib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pg8000 import native

from local.home import ADDRESS
from local.system_user import give, system_user
from tests.local.stacks import free_port


@contextlib.contextmanager
def running(binaries: Path) -> Iterator[native.Connection]:
    """Start a server of its own data folder and port; a connection of its superuser."""
    port, user = free_port(), system_user()
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o711)
        folder = Path(parent) / "data"
        folder.mkdir(mode=0o700)
        give(folder)
        subprocess.run(
            [binaries / "initdb", "-D", folder, "-U", "postgres", "--auth=trust"],
            user=user, cwd="/", check=True, capture_output=True,
        )  # fmt: skip
        server = subprocess.Popen(
            [binaries / "postgres", "-D", folder, "-p", str(port), "-k", "", "-h", ADDRESS],
            user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            with contextlib.closing(_connection(port)) as connection:
                yield connection
        finally:
            server.terminate()
            server.wait()


def _connection(port: int, attempts: int = 100) -> native.Connection:
    for _ in range(attempts):
        with contextlib.suppress(native.InterfaceError, native.DatabaseError):
            return native.Connection("postgres", host=ADDRESS, port=port)
        time.sleep(0.1)
    raise AssertionError("the server does not answer")
