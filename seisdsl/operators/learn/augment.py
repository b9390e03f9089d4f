"""The operator `augment`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from seisdsl.data.examples import Examples
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import Angle, Level, Probability, Range, Time
from seisdsl.operator import Facts, Operator, Unsuitable, param

HORIZONTAL = ("NE", "12", "XY")


class Augment(Operator, name="augment"):
    """Vary examples as they might also have come: earlier, louder, turned, noisier, a component dead.

    For few examples, and for what must not count: where in a window an event lies, its gain, how a
    sensor lies on the sea floor. `split` first, so that no variation of a training example is judged
    on. What a shift brings in from outside the window is a gap; cut longer examples and name the
    `window` that is wanted, and there is none. `noise` adds an example of noise of the same station,
    so weak that the waves' amplitude over it is drawn from the range, and lowers the `score` by what
    that does to the event over the noise; stations without noise examples get none. The same seed
    gives each example the same variations, whatever others there are beside it.
    """

    cite = "Zhu, Mousavi and Beroza 2020, doi:10.1016/bs.agph.2020.07.003"
    example = (
        "simulate two-events | examples window=30s hop=10s classes=[noise, earthquake]\n"
        "  | augment window=20s shift=5s gain=6dB drop=10% noise=1..5 turn=180deg | show"
    )
    tags = ("learning", "training", "noise")

    copies: int = param(1, "variations of each example", at_least=1)
    originals: bool = param(True, "give the examples as they are, too")
    window: Time | None = param(
        None, "length that is cut from the middle; their own where not given", above="0s"
    )
    shift: Time = param("0s", "earlier or later by up to this", at_least="0s")
    gain: Level = param("0dB", "louder or weaker by up to this", at_least="0dB", at_most="60dB")
    drop: Probability = param(0.0, "chance of each component to be missing; one stays", below=1)
    turn: Angle = param(
        "0deg", "about the vertical, either way by up to this", at_least="0deg", at_most="180deg"
    )
    noise: Range[float] | None = param(None, "amplitude over that of the noise that is added, as 1..5")
    seed: int = param(1, "another one varies them otherwise", at_least=0)

    def facts(self, piped: Facts) -> Facts:
        if not (self.shift or self.gain or self.drop or self.turn or self.noise):
            raise Unsuitable(
                "nothing is varied: name `shift`, `gain`, `drop`, `turn` or `noise`", parameter="copies"
            )
        if self.noise and not 0 < self.noise.low <= self.noise.high:
            raise Unsuitable("`noise` goes from one amplitude above zero to a larger one", parameter="noise")
        return piped

    def apply(self, examples: Examples[Waves]) -> Examples[Waves]:
        noise = self._noise(examples) if self.noise else {}
        values: list[Waves] = []
        truth: list[Any] = []
        numbers: list[int] = []
        for number, value in enumerate(examples.values):
            told = examples.truth[number] if examples.truth else {}
            if self.originals:
                values.append(self._moved(value, 0))
                truth.append(told)
            quiet = bool(examples.labels) and examples.labels[number] == "noise"
            own = [] if quiet else noise.get(_like(value), [])
            for copy in range(self.copies):
                varied, weaker = self._varied(value, copy, own)
                values.append(varied)
                truth.append({**told, "score": told["score"] * weaker} if "score" in told else told)
            numbers += [number] * (len(values) - len(numbers))
        return replace(
            examples.chosen(numbers), values=tuple(values), truth=tuple(truth) if examples.truth else ()
        )

    def _varied(self, value: Waves, copy: int, noise: Sequence[Waves]) -> tuple[Waves, float]:
        """One variation, and what the event's amplitude over the noise is multiplied by."""
        from seisdsl.methods.learn.variations import (
            added,
            amplitude,
            between,
            chance,
            dead,
            log_between,
            turned,
        )

        own = chance(self.seed, copy, value.start, value.channels[0].id)
        late = round(between(-self.shift, self.shift, own) * value.rate)
        varied = self._moved(value, late)
        samples, mask, weaker = varied.samples, varied.mask, 1.0
        if self.noise and noise:
            ratio = log_between(self.noise.low, self.noise.high, own)
            other = self._moved(noise[min(int(between(0, len(noise), own)), len(noise) - 1)], 0)
            loud = amplitude(other.samples, other.mask)
            if loud:
                factor = amplitude(samples, mask) / loud / ratio
                samples, mask = added(samples, mask, other.samples, other.mask, factor)
                weaker = 1 / math.hypot(1, factor)
        codes = [channel.code[-1:] for channel in value.channels]
        pair = next((pair for pair in HORIZONTAL if set(pair) <= set(codes)), None)
        angle = between(-self.turn, self.turn, own)
        if pair and self.turn:
            samples, mask = turned(samples, mask, (codes.index(pair[0]), codes.index(pair[1])), angle)
        samples = samples * 10 ** (between(-self.gain, self.gain, own) / 20)
        if self.drop:
            mask = dead(mask, self.drop, own)
        return varied.with_samples(samples, mask=mask), weaker

    def _moved(self, value: Waves, late: int) -> Waves:
        """The middle of the window, with what comes so many samples later."""
        from seisdsl.methods.learn.variations import moved

        length = value.count(self.window) if self.window else value.length
        if length > value.length:
            raise Unsuitable(
                f"an example lasts {value.length / value.rate:g} s, which is shorter than the window",
                parameter="window",
                repair=f"write `examples window={(self.window or 0) + 2 * self.shift:g}s`",
            )
        first = (value.length - length) // 2
        if not late:
            return value.cut(first, first + length)
        samples, mask = moved(value.samples, value.mask, late, length)
        start = value.start + round(first / value.rate * NS)
        return replace(value, samples=samples, mask=mask, start=start, lateness=())

    def _noise(self, examples: Examples[Waves]) -> dict[Any, list[Waves]]:
        """The examples of noise, by station."""
        found: dict[Any, list[Waves]] = {}
        for value, label in zip(examples.values, examples.labels, strict=True):
            if label == "noise":
                found.setdefault(_like(value), []).append(value)
        if not found and len(examples):
            raise Unsuitable("none of the examples is noise, which `noise` would add", parameter="noise")
        return found


def _like(value: Waves) -> tuple[Any, ...]:
    """What two examples have in common that can be added up."""
    return (tuple(channel.id for channel in value.channels), value.rate, value.length, value.unit)
