"""One file of waveforms, in whatever format its content shows, as segments and an account."""

from __future__ import annotations

import glob
import warnings
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from seisdsl.data.obspy_waves import segments_of
from seisdsl.data.parts import fits
from seisdsl.data.segments import Reading
from seisdsl.data.sniff import KNET_ARCHIVE, sniff
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from obspy import Stream

    from seisdsl.data.extent import Extent

STRONG_MOTION = ("KNET", KNET_ARCHIVE)
MINISEED = ("MSEED", "MSEED3")
_one_at_a_time = Lock()  # what catches warnings catches those of all threads


def read_file(
    path: str,
    *,
    time: TimeRange | None = None,
    channels: Sequence[str] = (),
    extents: Sequence[Extent] | None = None,
) -> Reading:
    """What a file holds of some channels; of miniSEED only the records that a time needs.

    `extents` are what the index knows of the file already.
    """
    form = sniff(path)
    if form in MINISEED:
        from seisdsl.data.mseed_read import read_mseed

        return read_mseed(path, time=time, channels=channels, extents=extents)
    reading = _knet(path, form) if form in STRONG_MOTION else segments_of(_stream(path, form), path)
    reading.segments[:] = [s for s in reading.segments if fits(s.channel.id, channels)]
    reading.rejected[:] = [tally for tally in reading.rejected if fits(tally.id, channels)]
    return reading


def _knet(path: str, form: str) -> Reading:
    """Records in gal, of a text file or of an archive of them."""
    if form == KNET_ARCHIVE:
        from seisdsl.data.knet_archive import read_archive

        return read_archive(path)
    from seisdsl.data.knet import record

    return record(Path(path).read_text(encoding="ascii", errors="replace"), path)


def _stream(path: str, form: str) -> Stream:
    """What obspy reads, its warnings told in one line with the file's name."""
    import obspy

    with _one_at_a_time, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            stream = obspy.read(glob.escape(str(Path(path).absolute())), format=form)
        except Exception as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise Unsuitable(f"{path} cannot be read as {form}", notes=[reason]) from error
    said = {str(w.message).strip() for w in caught if not issubclass(w.category, DeprecationWarning)}
    if said:
        ids = sorted({trace.id for trace in stream})
        warnings.warn(f"{path}: {', '.join(ids)}: {'; '.join(sorted(said))}", stacklevel=2)
    return stream
