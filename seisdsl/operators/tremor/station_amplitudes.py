"""The operator `station-amplitudes`."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from typing import Any

from seisdsl.data.table import Catalog, Table
from seisdsl.data.waves import Waves
from seisdsl.language.types import DATE, NUMBER, TEXT, Frequency, Length, Range, Time, Type, Velocity
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operator import Context, Facts, Operator, Unsuitable, Upstream, param
from seisdsl.operators.locate._velocity import ByVelocity
from seisdsl.operators.tremor._measured import Looked, events_of, measured

COLUMNS = {
    "time": Column(DATE, help="of the event"),
    "event": Column(TEXT, help="the same for all stations"),
    "network": Column(TEXT),
    "station": Column(TEXT),
    "distance": Column(Type("Length"), "km", "from the hypocentre"),
    "amplitude_log": Column(NUMBER, help="natural logarithm, with distance and attenuation taken off"),
}


class StationAmplitudes(ByVelocity, Operator, name="station-amplitudes"):
    """How strongly each station moved in each event of a catalogue, whatever its distance.

    For `site-terms`. The root of the squared ground velocity of the S waves and their coda, less
    noise, all components together, with spreading and attenuation taken off: what is left is the size
    of the event and the gain of the station. Earthquakes within the network and well above the noise
    serve best. Radiation patterns are not taken off; they average out over many events.
    """

    cite = "Andrews 1986, in Earthquake Source Mechanics, AGU Geophysical Monograph 37, 259-267"
    example = (
        "let wave = simulate two-events\n"
        "wave | envelope-correlation window=60s alike=50% pairs=3 shortest=0s residual=5s\n"
        "  | station-amplitudes waves=wave | site-terms"
    )
    tags = ("amplitude", "site", "energy")
    streams = "waves"

    band: Range[Frequency] = param("2..8Hz", "in which amplitudes are measured")
    speed: Velocity = param("3500m/s", "of S waves", above="0m/s")
    q: float = param(200.0, "quality factor of S waves at 1 Hz", above=0)
    q_grows: float = param(0.0, "Q grows with this power of frequency", at_least=0, at_most=1.5)
    near: Length = param("10km", "the nearest station that counts, from the source", at_least="0km")
    far: Length = param("120km", "the farthest", above="near")
    margin: Time = param("5s", "of record that counts before the duration and after it", at_least="0s")
    longest: Time = param("120s", "duration", at_least="10s", at_most="3600s")
    depth: Length = param("15km", "of an event of which none is known", at_least="0km")
    velocity: str = param("forearc", "a model of the standard library, or a file: a model or travel times")

    @property
    def _how(self) -> Looked:
        band = (self.band.low, self.band.high)
        far = self.far / 1000
        return Looked(band, self.velocity, self.depth / 1000, self.margin, self.longest, far)

    def context(self, piped: Facts) -> Context:
        return Context(*self._how.around)

    def facts(self, piped: Facts) -> Facts:
        if not 0 < self.band.low < self.band.high:
            raise Unsuitable("a band begins above 0 Hz and ends above where it begins", parameter="band")
        return piped.but(columns=COLUMNS)

    def apply(self, catalog: Catalog, *, waves: Upstream[Waves]) -> Table:
        from seisdsl.methods.tremor.energy import Medium, energies

        catalog, events = events_of(catalog, waves, self.depth / 1000)
        rows: dict[str, list[Any]] = defaultdict(list)
        if events.rows and waves.channels:
            network, power, found = measured(events, waves, None, self._how)
            medium = Medium(speed=self.speed, q=self.q, q_grows=self.q_grows)
            named = catalog.frame.select("time", "latitude", "longitude").rows()
            times = catalog.frame["time"].to_physical().to_list()
            for some in found:
                told = energies(
                    some.motion, 1000 * some.distance, network.sites.to(power.values.device), power.middles,
                    medium, near=self.near, far=self.far, fewest=1,
                )  # fmt: skip
                for row, number in told.each.isfinite().nonzero().tolist():
                    event = some.rows[row]
                    rows["time"].append(times[event])
                    rows["event"].append(_name(*named[event]))
                    rows["network"].append(network.names[number][0])
                    rows["station"].append(network.names[number][1])
                    rows["distance"].append(float(some.distance[row, number]))
                    rows["amplitude_log"].append(math.log(10) / 2 * float(told.each[row, number]))
        simulated = catalog.simulated or waves.simulated
        return Table.of(rows, extra=COLUMNS, simulated=simulated)


def _name(time: dt.datetime, latitude: float, longitude: float) -> str:
    """From time and place, so that it is the same in every part of a record."""
    return f"{time.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z {latitude:.3f} {longitude:.3f}"
