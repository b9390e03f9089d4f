"""The operator `filter-response`."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

from seisdsl.data.examples import Examples
from seisdsl.data.model import Model
from seisdsl.data.scores import Scores
from seisdsl.data.table import Table
from seisdsl.data.waves import Waves
from seisdsl.language.types import INTEGER, NUMBER, TEXT, ColumnOf, Frequency, Record, Type
from seisdsl.operator import Facts, Operator, Signature, Unsuitable, param
from seisdsl.operators.tremor.waveform_cnn import WaveformCNN

if TYPE_CHECKING:
    from torch import Tensor

HERTZ = Type("Frequency")
FILTER = ColumnOf(INTEGER, help="counted from 1, the strongest first")
GROUP = ColumnOf(INTEGER, help="1, of filters like the strongest, or 2")
NORM = ColumnOf(NUMBER, help="root of the sum of the squares of its coefficients")
GAINS = {
    "filter": FILTER,
    "group": GROUP,
    "frequency": ColumnOf(HERTZ, "Hz"),
    "gain": ColumnOf(Type("Level"), "dB", "relative to the filter's largest"),
    "norm": NORM,
}
BANDS = {
    "filter": FILTER,
    "group": GROUP,
    "norm": NORM,
    "low": ColumnOf(HERTZ, "Hz", "where the band around the largest gain begins, 6 dB down"),
    "high": ColumnOf(HERTZ, "Hz", "where it ends"),
    "trough": ColumnOf(HERTZ, "Hz", "the deepest place between two peaks"),
    "depth": ColumnOf(Type("Level"), "dB", "of the trough below the lower of the peaks beside it"),
}
CROSSINGS = {
    "one": ColumnOf(TEXT),
    "other": ColumnOf(TEXT),
    "frequency": ColumnOf(HERTZ, "Hz", "where both are equal"),
    "weight": ColumnOf(NUMBER, help="area between them on the poorer side; negative: a ripple"),
}
LEANING = {
    "one": ColumnOf(TEXT, help="class that the network leans to where the leaning is positive"),
    "other": ColumnOf(TEXT, help="class that it leans to where it is negative"),
    "frequency": ColumnOf(HERTZ, "Hz"),
    "leaning": ColumnOf(NUMBER, help="rise of the log-odds of one over the other, per hertz"),
}
PARTS = ("gains", "bands", "crossings", "leaning")


class FilterResponse(Operator, name="filter-response"):
    """Show what the first filters of a waveform network let through.

    Gives four tables: `gains`, the response of each filter; `bands`, where it is 6 dB down and where
    its trough lies; `crossings`, where the gains of its two groups of like filters are equal, each
    relative to its largest, and, of `examples`, where the mean spectra of two classes are, each record
    with the same power; and, of examples, `leaning`: how much the log-odds of one class over another
    rise where a frequency is louder, averaged over the examples of both, and among the crossings where
    it changes its sign. The weightiest crossing of a pair comes first.

    A filter is free to lie anywhere in the band of a class, so that where gains cross says little of
    where classes part; leaning is that of the whole network, to the first order. `notch-test` asks what
    it cannot do without.
    """

    cite = "Nakano and Sugiyama 2022, doi:10.1186/s40623-022-01696-1"
    example = """\
let data = simulate two-events duration=5min | resample 25Hz
  | examples window=41s hop=20s classes=["noise", "earthquake"]
let filters = data | train (waveform-cnn length=1024 filters=2) epochs=1 | filter-response examples=data
filters.bands | show"""
    tags = ("network", "filter", "spectrum")
    version = 2

    smooth: Frequency = param(
        "1Hz", "edges, troughs and crossings are those of the mean power over this", at_least="0Hz"
    )

    def facts(self, piped: Facts) -> Facts:
        return Facts()

    @classmethod
    def gives(
        cls, inputs: Mapping[str, Type], arguments: Mapping[str, Type], signature: Signature
    ) -> Type | None:
        if super().gives(inputs, arguments, signature) is None:
            return None
        return Type("Record", fields=tuple((name, Type("Table")) for name in PARTS))

    def apply(self, model: Model[Waves, Scores], *, examples: Examples[Waves] | None = None) -> Record:
        from seisdsl.methods.tremor.reading import changes, decibels, grouped, passed, responses, smoothed

        method = model.operator
        if not isinstance(method, WaveformCNN):
            raise Unsuitable(
                f"`{method.word}` has no filters on waveforms",
                notes=["train one that has: `examples | train waveform-cnn`"],
            )
        filters = model.weights.tensors["first.weight"].double().cpu()
        filters = filters[filters.flatten(1).norm(dim=1).argsort(descending=True)]
        norm = filters.flatten(1).norm(dim=1)
        frequencies, gain = responses(filters, method.rate)
        smooth = smoothed(frequencies, gain, self.smooth)
        group = grouped(smooth, norm)
        points, number = len(frequencies), len(filters)
        each = range(number)
        gains = {
            "filter": [one + 1 for one in each for _ in range(points)],
            "group": (group + 1).repeat_interleave(points).tolist(),
            "frequency": frequencies.tolist() * number,
            "gain": decibels(gain).flatten().tolist(),
            "norm": norm.repeat_interleave(points).tolist(),
        }
        found = [passed(frequencies, smooth[one]) for one in each]
        bands = {
            "filter": [one + 1 for one in each],
            "group": (group + 1).tolist(),
            "norm": norm.tolist(),
            **{name: [getattr(one, name) for one in found] for name in ("low", "high", "trough", "depth")},
        }
        pairs = []
        if bool((group == 1).any()):
            both = [smooth[group == one].square().sum(0).sqrt() for one in (0, 1)]
            one, other = (own / own.max().clamp(min=1e-300) for own in both)
            pairs += _rows("filters of group 1", "filters of group 2", frequencies, one, other)
        for names, spectra in _spectra(examples, method) if examples else ():
            pairs += _rows(*names, *spectra)
        leanings = self._leanings(model, method, examples) if examples else []
        for a, b, at, values in leanings:
            pairs += [(f"leaning to {a}", f"leaning to {b}", *one) for one in changes(at, values)]
        leaning = {
            "one": [a for a, _, at, _ in leanings for _ in at],
            "other": [b for _, b, at, _ in leanings for _ in at],
            "frequency": [f for _, _, at, _ in leanings for f in at.tolist()],
            "leaning": [value for *_, values in leanings for value in values.tolist()],
        }
        crossed = {name: [row[at] for row in pairs] for at, name in enumerate(CROSSINGS)}
        simulated = model.weights.simulated or bool(examples and examples.simulated)
        tables = ((gains, GAINS), (bands, BANDS), (crossed, CROSSINGS), (leaning, LEANING))
        return Record(
            {
                name: Table.of(rows, extra=columns, simulated=simulated)
                for name, (rows, columns) in zip(PARTS, tables, strict=True)
            }
        )

    def _leanings(
        self, model: Model[Waves, Scores], method: WaveformCNN, examples: Examples[Waves]
    ) -> list[tuple[str, str, Tensor, Tensor]]:
        """Of each pair of classes, frequencies and leaning, both classes counting alike."""
        from seisdsl.engine.device import device
        from seisdsl.methods.tremor.leaning import leaning, per_hertz

        classes = model.weights.classes
        network = method.loaded(model.weights, device())
        rows = {
            name: method.inputs(values).to(device())
            for name, values in _whole(examples).items()
            if name in classes
        }
        found = []
        for a, b in combinations(rows, 2):
            pair = (classes.index(a), classes.index(b))
            share = (leaning(network, rows[a], *pair) + leaning(network, rows[b], *pair)) / 2
            found.append((a, b, *per_hertz(share, method.rate, self.smooth)))
        return found


def _rows(
    one: str, other: str, frequencies: Tensor, first: Tensor, second: Tensor
) -> list[tuple[str, str, float, float]]:
    from seisdsl.methods.tremor.reading import crossings

    least = 1e-12 * max(float(first.max()), float(second.max()))
    found = crossings(frequencies, first.clamp(min=least), second.clamp(min=least))
    return [(one, other, *crossing) for crossing in found]


def _spectra(
    examples: Examples[Waves], method: WaveformCNN
) -> list[tuple[tuple[str, str], tuple[Tensor, Tensor, Tensor]]]:
    """Frequencies and mean spectra of each pair of classes."""
    from seisdsl.methods.tremor.reading import mean_spectrum

    means = {}
    for name, values in _whole(examples).items():
        frequencies, means[name] = mean_spectrum(method.inputs(values)[:, 0], method.rate)
    return [((a, b), (frequencies, means[a], means[b])) for a, b in combinations(means, 2)]


def _whole(examples: Examples[Waves]) -> dict[str, list[Waves]]:
    """The examples of each class that have no gaps."""
    found: dict[str, list[Waves]] = {}
    names = examples.classes or sorted(set(examples.labels))
    for name in names:
        values = [
            value
            for value, label in zip(examples.values, examples.labels, strict=True)
            if label == name and bool(value.mask.all())
        ]
        if values:
            found[name] = values
    return found
