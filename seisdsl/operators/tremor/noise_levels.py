"""The operator `noise-levels`."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from seisdsl.data.table import Table
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import DATE, NUMBER, RATIO, TEXT, Frequency, Range, Time, Type
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operator import Context, Facts, Operator, Unsuitable, param
from seisdsl.operators.locate._network import network_of
from seisdsl.operators.tremor._measured import bands_of, check

COLUMNS = {
    "time": Column(DATE, help="start, UTC"),
    "network": Column(TEXT),
    "station": Column(TEXT),
    "latitude": Column(Type("Angle"), "deg"),
    "longitude": Column(Type("Angle"), "deg"),
    "elevation": Column(Type("Length"), "m"),
    "noise": Column(NUMBER, help="root mean square in the band, all components together, m/s"),
    "recorded": Column(RATIO, help="share of the time"),
}
WINDOW = 4.0  # seconds


class NoiseLevels(Operator, name="noise-levels"):
    """How loud the noise of each station is, every few minutes.

    The median of the squared ground velocity of all components in windows of 4 s, so that what is
    shorter than half of the time does not count. For `detectable-energy`. Waves are in m/s.
    """

    cite = "McNamara and Buland 2004, Bulletin of the Seismological Society of America 94, 1517-1527"
    example = "simulate two-events | noise-levels every=1min | detectable-energy"
    tags = ("noise", "monitoring")

    band: Range[Frequency] = param("2..8Hz", "in which noise is measured")
    every: Time = param("10min", "of record for one level", at_least="20s", at_most="1d")

    def context(self, piped: Facts) -> Context:
        return Context(WINDOW, self.every + WINDOW)

    def facts(self, piped: Facts) -> Facts:
        if not 0 < self.band.low < self.band.high:
            raise Unsuitable("a band begins above 0 Hz and ends above where it begins", parameter="band")
        return piped.but(rate=None, columns=COLUMNS)

    def apply(self, waves: Waves) -> Table:
        from seisdsl.methods.tremor.band_power import band_power

        rows: dict[str, list[Any]] = defaultdict(list)
        band = (self.band.low, self.band.high)
        if not waves.channels or not waves.length:
            return Table.of(rows, extra=COLUMNS, simulated=waves.simulated)
        check(waves, band)
        network = network_of(waves, None)
        power = band_power(
            waves.samples, waves.mask, waves.rate, waves.start, network.traces,
            band=band, bands=bands_of(band),
        )  # fmt: skip
        every = round(self.every * NS)
        level = power.values.sum(1) / power.step
        for start in range(-(-waves.span.start // every) * every, waves.span.end, every):
            first, last = (
                max(0, int(power.place(level.new_tensor(edge)))) for edge in (start, start + every)
            )
            self._tell(rows, start, network, level[:, first:last], power.mask[:, first:last])
        return Table.of(rows, extra=COLUMNS, simulated=waves.simulated)

    def _tell(self, rows: dict[str, list[Any]], start: int, network: Any, level: Any, mask: Any) -> None:
        """One row for each station that recorded anything."""
        if not mask.numel():
            return
        middle = level.masked_fill(~mask, float("nan")).nanquantile(0.5, dim=-1)
        share = mask.double().mean(-1)
        for number in mask.any(-1).nonzero()[:, 0].tolist():
            latitude, longitude, depth = network.places[number].tolist()
            values = (
                start, *network.names[number], latitude, longitude, -1000 * depth,
                float(middle[number]) ** 0.5, float(share[number]),
            )  # fmt: skip
            for name, value in zip(COLUMNS, values, strict=True):
                rows[name].append(value)
