"""The operator `mix`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seisdsl.data.examples import Examples
from seisdsl.data.waves import Waves
from seisdsl.language.types import Range
from seisdsl.operator import Facts, Operator, Unsuitable, param

if TYPE_CHECKING:
    from torch import Generator

COMPONENT = {"1": "N", "2": "E", "X": "N", "Y": "E", "U": "Z"}


class Mix(Operator, name="mix"):
    """Bury waves in noise: each example somewhere in an example of noise, at a known amplitude over it.

    For waves that are known almost without noise, such as stacks of low-frequency earthquakes, and to
    see from which amplitude a method finds them. The waves are scaled so that their root mean square
    over that of the noise, while they last and over the components that both have, is drawn from
    `ratio` evenly in its logarithm; it becomes their `score`. What noise the waves have of their own is
    buried along with them. Time, station and channels are those of the noise, label and event those of
    the waves; components that the waves lack are noise alone. Of labelled noise only what is labelled
    so is taken, and of labelled waves all but noise.
    """

    example = """\
let data = simulate two-events | examples window=30s hop=10s classes=[noise, earthquake]
data | mix ratio=1..3 noise=data | show"""
    tags = ("learning", "training", "noise")

    ratio: Range[float] = param(..., "amplitude of the waves over that of the noise, as 0.5..4")
    copies: int = param(1, "of each example, in different noise", at_least=1)
    beside: bool = param(True, "give the examples of noise, too")
    seed: int = param(1, "another one mixes others", at_least=0)

    def facts(self, piped: Facts) -> Facts:
        if not 0 < self.ratio.low <= self.ratio.high:
            raise Unsuitable("`ratio` goes from one above zero to a larger one", parameter="ratio")
        return piped

    def apply(self, examples: Examples[Waves], *, noise: Examples[Waves]) -> Examples[Waves]:
        import torch

        from seisdsl.methods.learn.variations import chance, log_between

        quiet = noise.chosen([n for n in range(len(noise)) if not noise.labels or noise.labels[n] == "noise"])
        if not len(quiet):
            raise Unsuitable("there is no example of noise to bury waves in", parameter="noise")
        numbers, rows, values, ratios = [], [], [], []
        for number, value in enumerate(examples.values):
            if examples.labels and examples.labels[number] == "noise":
                continue
            for copy in range(self.copies):
                own = chance(self.seed, copy, value.start, value.channels[0].id)
                rows.append(int(torch.randint(len(quiet), (), generator=own)))
                ratios.append(log_between(self.ratio.low, self.ratio.high, own))
                values.append(_buried(value, quiet.values[rows[-1]], ratios[-1], own))
                numbers.append(number)
        waves, there = examples.chosen(numbers), quiet.chosen(rows)
        names = [name for name in quiet.groups if name in ("time", "station")]
        events = {"event": waves.groups["event"]} if "event" in waves.groups else {}
        mixed = replace(
            waves,
            values=tuple(values),
            truth=tuple({"score": ratio} for ratio in ratios),
            groups={**{name: there.groups[name] for name in names}, **events},
            classes=tuple(dict.fromkeys(("noise", *examples.classes, *waves.labels))),
            simulated=examples.simulated or noise.simulated,
        )
        return _beside(mixed, quiet) if self.beside else mixed


def _beside(mixed: Examples[Waves], quiet: Examples[Waves]) -> Examples[Waves]:
    """The mixed ones and the noise, with the groups of the mixed ones."""
    return replace(
        mixed,
        values=quiet.values + mixed.values,
        labels=("noise",) * len(quiet) + mixed.labels if mixed.labels else (),
        truth=(quiet.truth or ({},) * len(quiet)) + mixed.truth,
        groups={
            name: quiet.groups.get(name, ("",) * len(quiet)) + keys for name, keys in mixed.groups.items()
        },
    )


def _buried(waves: Waves, noise: Waves, ratio: float, own: Generator) -> Waves:
    """The waves somewhere in the noise; where they are not recorded is a gap."""
    import torch

    from seisdsl.methods.learn.variations import added, amplitude, real

    if waves.rate != noise.rate or waves.length > noise.length:
        raise Unsuitable(
            f"waves of {waves.length / waves.rate:g} s at {waves.rate:g} Hz do not fit into noise of "
            f"{noise.length / noise.rate:g} s at {noise.rate:g} Hz",
            parameter="noise",
            repair=f"write `resample {noise.rate:g}Hz` before it"
            if waves.rate != noise.rate
            else "cut longer examples of noise",
        )
    components = {_component(channel.code): row for row, channel in enumerate(waves.channels)}
    pairs = [
        (components[name], row)
        for row, channel in enumerate(noise.channels)
        if (name := _component(channel.code)) in components
    ]
    if not pairs:
        raise Unsuitable("the waves and the noise have no component in common", parameter="noise")
    theirs, ours = map(list, zip(*pairs, strict=True))
    first = int(torch.randint(noise.length - waves.length + 1, (), generator=own))
    part = slice(first, first + waves.length)
    behind, known = noise.samples[ours, part], noise.mask[ours, part]
    loud, level = amplitude(waves.samples[theirs], waves.mask[theirs]), amplitude(behind, known)
    if not loud or not level:
        raise Unsuitable(
            f"an example of {'noise' if loud else 'waves'} holds nothing but zeros", parameter="noise"
        )
    samples, mask = real(noise.samples).clone(), noise.mask.clone()
    samples[ours, part], mask[ours, part] = added(
        behind, known, waves.samples[theirs], waves.mask[theirs], ratio * level / loud
    )
    return replace(noise, samples=samples, mask=mask, simulated=waves.simulated or noise.simulated)


def _component(code: str) -> str:
    """Which axis a channel is of, whatever its instrument."""
    return COMPONENT.get(code[-1:], code[-1:])
