"""Tests keep what they work out in a folder of their own: nothing is used again from an earlier session."""

from __future__ import annotations

import os
import tempfile

_cache = tempfile.TemporaryDirectory(prefix="seisdsl-tests-", ignore_cleanup_errors=True)
os.environ["SEISDSL_CACHE"] = _cache.name
