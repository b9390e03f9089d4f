"""The operator `site-terms`."""

from __future__ import annotations

from seisdsl.data.table import Table
from seisdsl.language.types import INTEGER, NUMBER, TEXT
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operator import Facts, Operator, Unsuitable, param
from seisdsl.operators.tremor._measured import nothing
from seisdsl.operators.tremor.station_amplitudes import COLUMNS as ASKED

COLUMNS = {
    "network": Column(TEXT),
    "station": Column(TEXT),
    "gain_log": Column(
        NUMBER, help="natural logarithm of how much stronger the station moves than the others"
    ),
    "error": Column(NUMBER, help="one standard deviation of it"),
    "number": Column(INTEGER, help="events that it comes from"),
    "linked": Column(TEXT, help="the first of the stations that it can be compared with"),
}


class SiteTerms(Operator, name="site-terms"):
    """How much the ground under each station enlarges waves, from the amplitudes of many events.

    Each amplitude of `station-amplitudes` is the size of its event and the term of its station, by
    least squares in which outliers count little. Terms are relative: their sum is zero, so what all
    stations have in common is in the sizes of events. Stations that no event links with the others
    have a sum of their own, told by `linked`. `locate` and `energy` take the table as `sites=`.
    """

    cite = (
        "Andrews 1986, in Earthquake Source Mechanics, AGU Geophysical Monograph 37, 259-267",
        "Huber 1964, doi:10.1214/aoms/1177703732",
    )
    example = (
        "let wave = simulate two-events\n"
        "wave | envelope-correlation window=60s alike=50% pairs=3 shortest=0s residual=5s\n"
        "  | station-amplitudes waves=wave | site-terms"
    )
    tags = ("amplitude", "site", "energy")

    fewest: int = param(1, "events that a station needs", at_least=1)

    def facts(self, piped: Facts) -> Facts:
        lacking = set(ASKED) - set(ASKED if piped.columns is None else piped.columns)
        if lacking:
            raise Unsuitable(
                f"a table of amplitudes has a column `{min(lacking)}`, and this one has not",
                repair="put `station-amplitudes` before it",
            )
        return piped.but(rate=None, columns=COLUMNS)

    def apply(self, amplitudes: Table) -> Table:
        import torch

        from seisdsl.methods.tremor.site_terms import site_terms

        frame = amplitudes.frame.drop_nulls(["event", "station", "amplitude_log"])
        stations = sorted(set(frame.select("network", "station").rows()))
        events = frame["event"].unique(maintain_order=True).to_list()
        row_of = {event: row for row, event in enumerate(events)}
        place_of = {station: place for place, station in enumerate(stations)}
        values = torch.full((len(events), len(stations)), torch.nan, dtype=torch.float64)
        for event, network, station, amplitude in frame.select(
            "event", "network", "station", "amplitude_log"
        ).rows():
            values[row_of[event], place_of[network, station]] = amplitude
        if not stations:
            return Table.of({}, extra=COLUMNS, simulated=amplitudes.simulated)
        found = site_terms(values)
        names = [".".join(part for part in station if part) for station in stations]
        kept = [n for n, number in enumerate(found.number.tolist()) if number >= self.fewest]
        gains, errors = found.gain.tolist(), nothing(found.error)
        return Table.of(
            {
                "network": [stations[n][0] for n in kept],
                "station": [stations[n][1] for n in kept],
                "gain_log": [gains[n] for n in kept],
                "error": [errors[n] for n in kept],
                "number": [int(found.number[n]) for n in kept],
                "linked": [names[int(found.linked[n])] for n in kept],
            },
            extra=COLUMNS,
            simulated=amplitudes.simulated,
        )
