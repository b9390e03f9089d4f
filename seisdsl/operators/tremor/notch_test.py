"""The operator `notch-test`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from seisdsl.data.examples import Examples
from seisdsl.data.model import Model
from seisdsl.data.scores import Scores
from seisdsl.data.table import Table
from seisdsl.data.waves import Waves
from seisdsl.language.types import NUMBER, ColumnOf, Frequency, Range, Type
from seisdsl.operator import Facts, Operator, Unsuitable, param

if TYPE_CHECKING:
    from torch import Tensor

HERTZ = Type("Frequency")
COLUMNS = {
    "low": ColumnOf(HERTZ, "Hz", "the band that was taken out"),
    "high": ColumnOf(HERTZ, "Hz"),
    "balanced": ColumnOf(NUMBER, help="mean of the classes' recalls without the band"),
    "drop": ColumnOf(NUMBER, help="by which that is less than with all bands"),
    "drop_low": ColumnOf(NUMBER, help="lower end of its 95 % interval"),
    "drop_high": ColumnOf(NUMBER, help="upper end of it"),
}
BATCH = 256


class NotchTest(Operator, name="notch-test"):
    """Take one band of frequencies after another out of the waves, and see what a model loses.

    What a network's first filters let through is slight evidence of what it goes by; this asks the
    whole network, by what it can no longer do. The bands are taken out of each recorded run on its
    own, without delay. The interval comes from drawing the examples again, with and without the band
    alike. A small drop says that the rest is enough, not that the band was not looked at.
    """

    cite = "Nakano and Sugiyama 2022, doi:10.1186/s40623-022-01696-1"
    example = """\
let data = simulate two-events duration=5min | resample 25Hz
  | examples window=41s hop=20s classes=["noise", "earthquake"]
data | train (waveform-cnn length=1024 filters=2) epochs=1 | notch-test examples=data width=3Hz"""
    tags = ("network", "score", "spectrum")

    band: Range[Frequency] = param("0..12Hz", "from the first band's lower to the last band's upper edge")
    width: Frequency = param("1Hz", "of each band", above="0Hz")
    edge: Frequency = param("0.2Hz", "over which a band's edges fall, outside it", above="0Hz")

    def facts(self, piped: Facts) -> Facts:
        return Facts(columns=COLUMNS)

    def apply(self, model: Model[Waves, Scores], *, examples: Examples[Waves]) -> Table:
        from seisdsl.methods.tremor.reading import drop

        classes = model.weights.classes
        if strange := sorted(set(examples.labels) - set(classes)):
            raise Unsuitable(
                f"the model knows {', '.join(classes)}, and some examples are {strange[0]}",
                parameter="examples",
            )
        if not examples.labels:
            raise Unsuitable("there are no labels to compare with", parameter="examples")
        truth = model.operator.numbered(examples, classes)
        before = self._answers(model, examples, None)
        rows: dict[str, list[float]] = {name: [] for name in COLUMNS}
        for at in range(round((self.band.high - self.band.low) / self.width)):
            low = self.band.low + at * self.width
            after = self._answers(model, examples, (low, low + self.width))
            found = drop(before, after, truth, len(classes))
            for name, value in zip(COLUMNS, (low, low + self.width, *found), strict=True):
                rows[name].append(value)
        return Table.of(rows, extra=COLUMNS, simulated=examples.simulated or model.weights.simulated)

    def _answers(
        self, model: Model[Waves, Scores], examples: Examples[Waves], band: tuple[float, float] | None
    ) -> Tensor:
        """The class that the model names for each example, without a band."""
        import torch

        from seisdsl.engine.device import device
        from seisdsl.methods.tremor.reading import without_band

        found = []
        network = model.operator.loaded(model.weights, device())
        for at in range(0, len(examples), BATCH):
            values = examples.values[at : at + BATCH]
            if band:
                values = tuple(
                    value.by_segment(
                        partial(without_band, rate=value.rate, low=band[0], high=band[1], edge=self.edge)
                    )
                    for value in values
                )
            rows = model.operator.inputs(values).to(device())
            found.append(model.operator.logits(rows, model.weights, network).argmax(1).cpu())
        return torch.cat(found)
