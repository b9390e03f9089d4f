"""The operator `examples`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, Literal, overload

from seisdsl.data.examples import Examples
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Catalog, Picks
from seisdsl.data.truth import Truth
from seisdsl.data.waves import Waves
from seisdsl.language.types import Length, Ratio, Time
from seisdsl.operator import WHOLE, Context, Facts, Operator, Unsuitable, param
from seisdsl.operators.learn._events import At, of_catalog, of_heard, of_picks
from seisdsl.operators.learn._windows import Places, cut, instruments

Class = Literal["noise", "earthquake", "tremor"]


class MakeExamples(Operator, name="examples"):
    """Cut a record into labelled windows, one station at a time.

    Simulated waves know what is in them. Records need a catalogue, `truth=`, or `picks=`. An event
    of a catalogue counts at the stations within `radius` of its epicentre, from the P wave until its
    `duration`, or `lasts`, after the S wave, and may be heard twice as far. A pick's event counts at its
    own station for as long, and may be heard at all others up to twice the radius; picks of one event
    are told to be so by a column `event`. What neither lists is taken for noise, so they must be
    complete for the time. A window is its event's where the event is `heard` in it, and noise where none rises
    above `silent`; what lies between, and what only reaches into a window, is left out. Ships, whales
    and whatever else is not among the classes are noise.

    Windows begin at whole multiples of `hop` since 1970, and which of them `keep` keeps does not
    depend on what else there is: a longer record gives the same examples and more. `per_class` takes
    those that `keep` would keep last out of the whole record, and so needs all of it at once.
    """

    example = "simulate two-events | examples window=20s hop=5s classes=[noise, earthquake] | show"
    tags = ("learning", "training", "labels")
    streams = "record"

    window: Time = param("164s", "length of each", above="0s")
    hop: Time | None = param(None, "from one window to the next; side by side where not given", above="0s")
    classes: list[Class | str] = param(["noise", "earthquake", "tremor"], "what windows are told apart as")
    keep: list[Ratio] | None = param(
        None, "share of the windows of each class to keep, as [2%, 50%, 100%]; all where not given"
    )
    per_class: int | None = param(None, "examples of each class at most, drawn at random", at_least=1)
    seed: int = param(1, "another one keeps others", at_least=0)
    heard: float = param(1.0, "amplitude over the noise, 2 to 8 Hz, from which an event counts", above=0)
    silent: float = param(
        0.3, "amplitude over the noise up to which a window is noise", at_least=0, at_most="heard"
    )
    inside: Ratio = param("50%", "of the event, or of a window that it outlasts", above="0%", at_most="100%")
    mixed: Literal["leave", "stronger"] = param(
        "leave", "windows with two classes: leave them out, or take the stronger"
    )
    missing: Ratio = param("5%", "of a window, unrecorded at most", at_least="0%", below="100%")
    radius: Length = param("60km", "of a catalogue's event: the stations that hear it", above="0m")
    lasts: Time = param("30s", "of a listed event that does not say its duration", above="0s")

    def context(self, piped: Facts) -> Context:
        """A window is told by its beginning; the first frame of a spectrogram begins before its centre."""
        if self.per_class is not None:
            return WHOLE
        return Context(0, self.window if piped.kind == "Waves" else 2 * self.window)

    def facts(self, piped: Facts) -> Facts:
        if repeated := {name for name in self.classes if self.classes.count(name) > 1}:
            raise Unsuitable(f"the class {min(repeated)} is named twice", parameter="classes")
        if len(self.classes) < 2:
            raise Unsuitable("there is nothing to tell apart: name two classes", parameter="classes")
        if self.keep is not None and len(self.keep) != len(self.classes):
            raise Unsuitable(
                f"`keep` has {len(self.keep)} shares for {len(self.classes)} classes", parameter="keep"
            )
        if self.keep and not all(0 <= share <= 1 for share in self.keep):
            raise Unsuitable("a share is 0 % to 100 %", parameter="keep")
        if piped.rate and self.window * piped.rate < 1:
            raise Unsuitable("a window holds not even one sample", parameter="window")
        return Facts(simulated=piped.simulated)

    @overload
    def apply(
        self, record: Waves, *, truth: Catalog | None = None, picks: Picks | None = None
    ) -> Examples[Waves]: ...
    @overload
    def apply(
        self, record: Spectrogram, *, truth: Catalog | None = None, picks: Picks | None = None
    ) -> Examples[Spectrogram]: ...
    def apply(
        self, record: Waves | Spectrogram, *, truth: Catalog | None = None, picks: Picks | None = None
    ) -> Examples[Any]:
        found: list[_Found] = []
        if record.channels and record.mask.shape[1]:
            found = self._drawn(list(self._found(record, self._at(record, truth, picks))))
        groups = {
            "time": tuple(one.time for one in found),
            "station": tuple(one.station for one in found),
            "event": tuple(one.event for one in found),
        }
        return Examples(
            tuple(cut(record, one.rows, one.left, one.length, one.time) for one in found),
            tuple(self.classes[one.kind] for one in found),
            tuple(one.told for one in found),
            groups,
            tuple(self.classes),
            record.simulated,
        )

    def _at(self, record: Waves | Spectrogram, truth: Catalog | None, picks: Picks | None) -> At:
        """What tells of the events at a station."""
        if truth is not None and picks is not None:
            raise Unsuitable("`truth` tells what is in the records, and so does `picks`", parameter="picks")
        if picks is not None:
            return of_picks(picks, self.classes, self.radius, self.lasts, record.channels)
        known = truth
        if known is None and record.scene is not None:
            known = record.scene(record.span)
        if known is None:
            raise Unsuitable(
                "what is in these records is not known",
                notes=["simulated waves know it, also after filters and `spectrogram`"],
                repair="name a catalogue: truth=events",
            )
        if isinstance(known, Truth) and known.heard is not None:
            return of_heard(known.heard, self.classes)
        return of_catalog(known, self.classes, self.radius, self.lasts)

    def _found(self, record: Waves | Spectrogram, at: At) -> Iterator[_Found]:
        """The windows that have a label and are kept, station by station."""
        from seisdsl.methods.learn.labels import Rule, chance_of, labelled, recorded

        noise = self.classes.index("noise") if "noise" in self.classes else None
        rule = Rule(noise, self.heard, self.silent, self.inside, self.mixed == "stronger")
        shares = self.keep or [1.0] * len(self.classes)
        places = Places.of(record)
        lefts, length = places.lefts(self.window, self.hop or self.window)
        for channel, rows in instruments(record):
            mask = record.mask[rows]
            own = lefts[recorded(mask, lefts.to(mask.device), length, self.missing).cpu()]
            begin, end = places.times(own, length)
            story = at(channel)
            kinds, events = labelled(begin, end, story.events, rule)
            for number in (kinds >= 0).nonzero()[:, 0].tolist():
                kind, event, left = (int(part[number]) for part in (kinds, events, own))
                chance = chance_of(self.seed, channel.instrument, places.first + left)
                if chance < shares[kind]:
                    name = "" if kind == noise else story.names[event]
                    told = story.told(event) if event >= 0 else {}
                    yield _Found(
                        int(begin[number]), f"{channel.network}.{channel.station}", channel.instrument,
                        name, kind, chance, told, rows, left, length,
                    )  # fmt: skip

    def _drawn(self, found: list[_Found]) -> list[_Found]:
        """Those of each class that were drawn, in order of time and station."""
        if self.per_class is not None:
            of_class = ([one for one in found if one.kind == kind] for kind in range(len(self.classes)))
            found = [
                one for some in of_class for one in nsmallest(self.per_class, some, key=lambda o: o.chance)
            ]
        return sorted(found, key=lambda one: (one.time, one.station, one.instrument))


@dataclass(frozen=True)
class _Found:
    """A labelled window: where it lies in the record, and what is known of it."""

    time: int
    station: str
    instrument: str
    event: str
    kind: int
    chance: float
    told: dict[str, float]
    rows: list[int]
    left: int
    length: int
