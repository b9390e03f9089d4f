"""What operators with a velocity model have in common: the file it may come from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from seisdsl.data.catalogues import digests
from seisdsl.data.velocity import model_names, velocity_file
from seisdsl.operator import Files


class ByVelocity:
    velocity: str

    def files(self) -> Files:
        path = self.velocity
        if path in model_names():
            return Files()
        return Files((path,), ()) if Path(path).is_file() else Files((), (path,))

    def fingerprint(self) -> Mapping[str, str]:
        path = velocity_file(self.velocity)
        return digests((str(path),)) if path.is_file() else {}
