"""Zip files, opened with care: an archive says how large it will be, and is not believed."""

import io
import zipfile
import zlib

from vulkn_app.knowledge.sources.faults import Unreadable

MOST_FILES = 2_000
MOST_BYTES = 100_000_000  # of everything, unpacked
HIGHEST_RATIO = 200  # unpacked to packed; text and XML reach 20
SMALL = 1_000_000  # what is this small may be packed as well as it likes


class Archive:
    """A zip whose parts are read up to a limit, whatever its directory says."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as problem:
            raise Unreadable("broken") from problem
        parts = self._zip.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise Unreadable("encrypted")
        packed = sum(part.compress_size for part in parts)
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > MOST_FILES or unpacked > MOST_BYTES:
            raise Unreadable("zip_bomb")
        if unpacked > SMALL and unpacked > HIGHEST_RATIO * max(packed, 1):
            raise Unreadable("zip_bomb")
        self._left = MOST_BYTES

    @property
    def names(self) -> list[str]:
        return self._zip.namelist()

    def read(self, name: str) -> bytes:
        """One part. KeyError when there is none of that name."""
        part = self._zip.getinfo(name)
        try:
            with self._zip.open(part) as opened:
                content = opened.read(self._left + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            RuntimeError,
            EOFError,
            OSError,
        ) as problem:
            raise Unreadable("broken") from problem
        self._left -= len(content)
        if self._left < 0:
            raise Unreadable("zip_bomb")
        return content
