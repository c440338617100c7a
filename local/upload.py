"""Uploads files to the raw bucket, a few at a time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

import urllib3
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from functions.events import ObjectEvent, from_object_resource
from functions.settings import Settings
from local.errors import LocalError, UsageError
from local.home import Home

THREADS = 4
BLOCK_BYTES = 1024 * 1024
ANSWER_SECONDS = 600.0


@dataclass(frozen=True)
class Upload:
    """A file, and the name that its object gets."""

    file: Path
    name: str


class _Counted(io.FileIO):
    """A file that tells how many bytes were read from it."""

    def __init__(self, file: Path, advance: Callable[[int], None]) -> None:
        super().__init__(file)
        self._advance = advance

    def read(self, size: int | None = -1) -> bytes:
        """Read as a file does, and count."""
        data = super().read(-1 if size is None else size) or b""
        self._advance(len(data))
        return data


def plan(paths: Iterable[Path], prefix: str) -> list[Upload]:
    """What is to be uploaded: files as they are named, folders with all they hold; raises UsageError."""
    uploads = [upload for path in paths for upload in _of(path, prefix)]
    seen: dict[str, Path] = {}
    for upload in uploads:
        if upload.name in seen:
            raise UsageError(f"{seen[upload.name]} and {upload.file} would both become {upload.name!r}; rename one.")
        seen[upload.name] = upload.file
    return uploads


def _of(path: Path, prefix: str) -> list[Upload]:
    if path.is_file():
        return [Upload(path, prefix + path.name)]
    if not path.is_dir():
        raise UsageError(f"There is no file or folder {str(path)!r}.")
    files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
    if not files:
        raise UsageError(f"The folder {str(path)!r} holds no files.")
    return [Upload(file, prefix + file.relative_to(path).as_posix()) for file in files]


def with_progress(home: Home, uploads: list[Upload], console: Console) -> list[ObjectEvent]:
    """`upload_all` with a progress bar."""
    columns = (TextColumn("uploading"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=sum(item.file.stat().st_size for item in uploads))
        return upload_all(home, uploads, lambda count: progress.advance(task, count))


def upload_all(home: Home, uploads: list[Upload], advance: Callable[[int], None]) -> list[ObjectEvent]:
    """Upload every file; what the bucket made of each, in the order given. `advance` is told of bytes sent.

    Raises LocalError where the storage cannot be reached or a file cannot be read.
    """
    url = f"{home.url('storage')}/upload/storage/v1/b/{Settings.from_environment().bucket_raw}/o"
    # What sends goes by the time to connect, and the emulator stops reading for a while where a file is large.
    timeout = urllib3.Timeout(connect=ANSWER_SECONDS, read=ANSWER_SECONDS)
    with (
        urllib3.PoolManager(maxsize=THREADS, retries=False, timeout=timeout, blocksize=BLOCK_BYTES) as http,
        ThreadPoolExecutor(THREADS) as threads,
    ):
        return list(threads.map(partial(_upload, http, url, advance), uploads))


def _upload(http: urllib3.PoolManager, url: str, advance: Callable[[int], None], upload: Upload) -> ObjectEvent:
    """One request, its body streamed from the file: the emulator copies all that came before at each further chunk."""
    try:
        with _Counted(upload.file, advance) as stream:
            response = http.request(
                "POST",
                f"{url}?uploadType=media&name={quote(upload.name, safe='')}",
                body=stream,
                headers={
                    "content-type": "application/octet-stream",
                    "content-length": str(upload.file.stat().st_size),
                },
            )
    except urllib3.exceptions.HTTPError as error:
        raise LocalError(
            f"Could not upload {upload.file}: {error}\nIs the stack up? `python -m local status` tells."
        ) from error
    except OSError as error:
        raise LocalError(f"Could not read {upload.file}: {error.strerror}") from error
    if response.status != 200:
        raise LocalError(f"Could not upload {upload.file}: HTTP {response.status}: {response.data.decode()}")
    return from_object_resource(response.json())
