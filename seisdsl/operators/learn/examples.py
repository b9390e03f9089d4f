from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, overload

from seisdsl.data.examples import Examples
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Catalog
from seisdsl.data.truth import Truth
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import Length, Ratio, Time, TimeRange
from seisdsl.operator import Context, Facts, Operator, Unsuitable, param

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.methods.learn.labels import Event, Label


class MakeExamples(Operator, name="examples"):
    """Cut a record into labelled windows, one station at a time.

    Simulated waves know what is in them. Records need a catalogue, `truth=`: its events count at the
    stations within `radius`, from the first arrival until the column `duration`, or `lasts`, after
    the S wave. A window is its event's where the event is `heard` in it, and noise where none rises
    above `silent`; what lies between, and what only reaches into a window, is left out. Ships,
    whales and other disturbances are noise. Windows begin at whole multiples of `hop` since 1970,
    and which of them are kept does not depend on what else there is, so that a longer record gives
    the same examples and more.
    """

    example = 'simulate two-events | examples window=20s hop=5s classes=["noise", "earthquake"] | show'
    tags = ("learning", "training", "labels")

    window: Time = param("164s", "length of each", above="0s")
    hop: Time | None = param(None, "from one window to the next; side by side where not given", above="0s")
    classes: list[str] = param(["noise", "earthquake", "tremor"], "what windows are told apart as")
    keep: list[Ratio] | None = param(
        None, "share of the windows of each class to keep, as [2%, 50%, 100%]; all where not given"
    )
    seed: int = param(1, "another one keeps others", at_least=0)
    heard: float = param(1.0, "amplitude over the noise, 2 to 8 Hz, from which an event counts", above=0)
    silent: float = param(0.3, "amplitude over the noise up to which a window is noise", at_least=0)
    inside: Ratio = param("50%", "of the event, or of a window that it outlasts", above="0%", at_most="100%")
    mixed: Literal["leave", "stronger"] = param(
        "leave", "windows with two classes: leave them out, or take the stronger"
    )
    missing: Ratio = param("5%", "of a window, unrecorded at most", at_least="0%", below="100%")
    radius: Length = param("60km", "of a catalogue's event: the stations that see it", above="0m")
    lasts: Time = param("30s", "of a catalogue's event that does not say its duration", above="0s")

    def context(self, piped: Facts) -> Context:
        """A window is told by its beginning."""
        return Context(self.window, 2 * self.window)

    def facts(self, piped: Facts) -> Facts:
        if self.keep is not None and len(self.keep) != len(self.classes):
            raise Unsuitable(
                f"`keep` has {len(self.keep)} shares for {len(self.classes)} classes", parameter="keep"
            )
        return Facts(simulated=piped.simulated)

    @overload
    def apply(self, waves: Waves, *, truth: Catalog | None = None) -> Examples[Waves]: ...
    @overload
    def apply(self, waves: Spectrogram, *, truth: Catalog | None = None) -> Examples[Spectrogram]: ...
    def apply(self, waves: Waves | Spectrogram, *, truth: Catalog | None = None) -> Examples[Any]:
        from seisdsl.methods.learn.labels import chance_of, label_of

        events = self._events(waves, truth)
        rule = self._rule()
        shares = dict(zip(self.classes, self.keep or [1.0] * len(self.classes), strict=True))
        values, labels, truths = [], [], []
        groups: dict[str, list[Any]] = {"time": [], "station": [], "event": []}
        for station, rows, own in _stations(waves):
            here = events.get(station, [])
            for left, right, begin, end in self._windows(own):
                label = label_of(begin, end, here, rule)
                if label is None or chance_of(self.seed, station, begin) >= shares[label.kind]:
                    continue
                if 1 - float(own.mask[:, left:right].float().mean(-1).max()) > self.missing:
                    continue
                values.append(_cut(waves, rows, left, right))
                labels.append(label.kind)
                truths.append(_told(label))
                for name, key in zip(
                    groups, (begin, station, label.event.name if label.event else ""), strict=True
                ):
                    groups[name].append(key)
        return Examples(
            tuple(values), tuple(labels), tuple(truths), {name: tuple(keys) for name, keys in groups.items()},
            tuple(self.classes), waves.simulated,
        )  # fmt: skip

    def _rule(self) -> Any:
        from seisdsl.methods.learn.labels import Rule

        return Rule(
            tuple(self.classes), self.classes[0] if "noise" not in self.classes else "noise", self.heard,
            self.silent, self.inside, self.mixed == "stronger",
        )  # fmt: skip

    def _windows(self, own: _Own) -> Iterator[tuple[int, int, int, int]]:
        """First and last place of each window, and its time."""
        length = round(self.window / own.step)
        every = max(1, round((self.hop or self.window) / own.step))
        for left in range(-own.first % every, own.length - length + 1, every):
            begin = own.begin + round(left * own.step * NS)
            yield left, left + length, begin, begin + round(length * own.step * NS)

    def _events(self, waves: Waves | Spectrogram, truth: Catalog | None) -> Mapping[str, list[Event]]:
        """What is at each station and when."""
        from seisdsl.methods.learn.labels import Event, Listed, arrived

        found: dict[str, list[Event]] = defaultdict(list)
        if truth is None:
            known = waves.scene(_wide(waves.span)) if waves.scene is not None else None
            if not isinstance(known, Truth) or known.heard is None:
                raise Unsuitable(
                    "what is in these records is not known",
                    notes=["simulated waves know it, also after filters and `spectrogram`"],
                    repair="name a catalogue: truth=events",
                )
            frame = known.heard.frame
            times = (frame[name].dt.timestamp("ns").to_list() for name in ("time", "end"))
            rest = (frame[name].to_list() for name in ("kind", "event", "score", "distance"))
            for net, sta, start, end, kind, name, score, away in zip(
                frame["network"].to_list(), frame["station"].to_list(), *times, *rest, strict=True
            ):
                found[f"{net}.{sta}"].append(Event(start, end, kind, name, score, away * 1000))
            return found
        listed = [Listed(*row) for row in self._listed(truth)]
        for channel in waves.channels:
            station = f"{channel.network}.{channel.station}"
            if station not in found:
                if channel.latitude is None or channel.longitude is None:
                    raise Unsuitable(
                        f"where {station} stands is not known, so what of the catalogue it saw is not either",
                        repair='name the stations in the source: stations = "stations.csv"',
                    )
                found[station] = arrived(listed, channel.latitude, channel.longitude, self.radius)
        return found

    def _listed(self, truth: Catalog) -> Iterator[tuple[int, float, float, float, str, float]]:
        frame = truth.frame
        factor = truth.columns["duration"].factor if "duration" in frame.columns else 1.0
        lasts = frame["duration"].to_list() if "duration" in frame.columns else [None] * len(frame)
        for time, lat, lon, depth, kind, own in zip(
            frame["time"].dt.timestamp("ns").to_list(), frame["latitude"].to_list(),
            frame["longitude"].to_list(), frame["depth"].to_list(), frame["kind"].to_list(), lasts, strict=True,
        ):  # fmt: skip
            if None not in (time, lat, lon):
                yield (
                    time,
                    lat,
                    lon,
                    1000 * (depth or 0.0),
                    kind or "earthquake",
                    (self.lasts if own is None else own * factor),
                )


class _Own:
    """The places of one station's windows: samples, or frames."""

    def __init__(self, mask: Tensor, first: int, begin: int, step: float) -> None:
        self.mask, self.first, self.begin, self.step = mask, first, begin, step
        self.length = int(mask.shape[-1])


def _stations(waves: Waves | Spectrogram) -> Iterator[tuple[str, list[int], _Own]]:
    """Each station by its name, its traces, and where its windows may lie."""
    if isinstance(waves, Waves):
        first, begin, step = waves.first, waves.start, 1 / waves.rate
    else:
        half = round(0.5e9 / float(waves.frequencies[1] - waves.frequencies[0]))
        begin, step = waves.start - half, waves.step
        first = round(begin / (step * NS))
    instruments: dict[str, list[int]] = defaultdict(list)
    for number, channel in enumerate(waves.channels):
        instruments[channel.instrument].append(number)
    for rows in instruments.values():
        channel = waves.channels[rows[0]]
        yield f"{channel.network}.{channel.station}", rows, _Own(waves.mask[rows], first, begin, step)


def _cut(waves: Waves | Spectrogram, rows: Sequence[int], left: int, right: int) -> Waves | Spectrogram:
    """A window of one station that holds nothing else of the record."""
    if isinstance(waves, Waves):
        return replace(waves.select(list(rows)).cut(left, right), scene=None, account=None)
    return replace(
        waves,
        power=waves.power[list(rows), :, left:right].contiguous(),
        mask=waves.mask[list(rows), left:right].contiguous(),
        start=waves.start + round(left * waves.step * NS),
        channels=tuple(waves.channels[row] for row in rows),
        lateness=(),
        scene=None,
    )


def _wide(span: TimeRange) -> TimeRange:
    """Events that began before the record and still last are in it too."""
    return TimeRange(span.start - 900 * NS, span.end)


def _told(label: Label) -> dict[str, float]:
    event = label.event
    return {} if event is None else {"score": event.score, "distance": event.distance}
