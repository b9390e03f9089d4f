from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from seisdsl.data.field import Field
from seisdsl.data.figure import Figure
from seisdsl.data.metrics import Metrics
from seisdsl.data.model import Model
from seisdsl.data.save import files, notes, refuse_unfit
from seisdsl.data.scores import Scores
from seisdsl.data.series import Series
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Table
from seisdsl.data.waves import Waves
from seisdsl.engine.output import target, written
from seisdsl.language.types import OutputFile
from seisdsl.operator import Context, Facts, Operator, param

Saved = TypeVar(
    "Saved",
    bound=Waves | Spectrogram | Scores | Series | Field | Table | Metrics | Figure | Model | int | float,  # type: ignore[type-arg]
)


class Save(Operator, name="save"):
    """Write what is piped to a file, and give it on unchanged.

    The ending of the name tells the format: waves as .mseed or .sac, tables as .csv, .parquet or
    .json, catalogues as .quakeml too, spectrograms, scores and fields as .npz, .nc or .zarr, series
    as .csv or .parquet, metrics as .json or .csv, figures as .png, .svg or .pdf,
    models as .safetensors. A file is there
    whole or not at all. Simulated results say so: tables in a column, waves by the network code SY
    and a note beside the file. In CSV a text that a spreadsheet would take for a formula has a quote
    before it; QuakeML keeps times to the microsecond. SAC holds one trace, so that several go to
    numbered files of their own.
    """

    cite = "Ahern et al. 2012, SEED Reference Manual, version 2.4"
    example = 'simulate two-events | sta-lta on=4 | save "picks.csv" | count'
    tags = ("sink", "file", "miniSEED", "CSV", "QuakeML")
    sink = True

    file: OutputFile = param(..., "a name below the output folder; its ending tells the format")

    def context(self, piped: Facts) -> Context:
        return Context()

    def facts(self, piped: Facts) -> Facts:
        refuse_unfit(self.file, piped.kind)
        target(self.file)
        return piped

    def writes(self) -> tuple[str, ...]:
        return (self.file,)

    def apply_parts(self, parts: Iterable[Any]) -> bool:
        if not self.file.lower().endswith(".mseed"):
            return False
        from seisdsl.data.save_waves import write_parts

        with written(self.file) as path:
            first = write_parts(parts, path)
        for name, write in notes(first, self.file):
            with written(name) as path:
                write(path)
        return True

    def apply(self, value: Saved) -> Saved:
        for name, write in files(value, self.file):
            with written(name) as path:
                write(path)
        return value
