"""The operator `slow-slip`."""

from __future__ import annotations

from typing import Literal

from seisdsl.data.series import Series
from seisdsl.data.table import Catalog
from seisdsl.language.types import Angle, Length, Probability, Time
from seisdsl.operator import Facts, Operator, Unsuitable, param


class SlowSlip(Operator, name="slow-slip"):
    """Find slow slip in daily positions by l1 trend filtering, and say how sure each event is.

    Sites are stacked by their noise, and lines with few kinks are fitted to the stack. Where the plate's
    motion slows down, a line with a ramp back says when an event began and ended and how far each site
    was set back. Noise without events, white and flicker as these sites have it, says how often as much
    comes of itself: `confidence` is the chance that two months of it have nothing as sure, so that 0.95
    is one false event in three years. Put `outliers`, `seasonal`, known `steps` with `residual`, and
    `common-mode` over a larger network before it; residuals have no steady motion, so name its `azimuth`.

    `test=slope` asks instead how much slower sites move after a kink than before it, and with `by=master`
    is the published form: the kinks of one site, its chances combined by their harmonic mean, which is
    no probability. `by=group` bends all sites on the same days. `by=aic` looks for steps by Akaike's
    criterion, added up over sites. Events closer than some ten days run together, longer ones than
    `half` are cut, and slip that dies away slowly is taken for steady motion in part. Afterslip, steps and
    a common error of the network look like slow slip.
    """

    cite = (
        "Yano and Kano 2022, doi:10.1029/2021JB023258",
        "Kim, Koh, Boyd and Gorinevsky 2009, doi:10.1137/070690274",
        "Nishimura, Matsuzawa and Obara 2013, doi:10.1002/jgrb.50222",
    )
    example = "simulate-displacement slow-slip | slow-slip azimuth=305deg | show"
    tags = ("GNSS", "displacement", "slow slip", "detection")
    version = 2

    by: Literal["stack", "master", "group", "aic"] = param("stack", "what kinks are looked for in")
    azimuth: Angle | None = param(None, "of the steady motion; that of the mean of all sites where not given")
    penalty: float | None = param(
        12.0, "of kinks, in units of the noise (of master: mm); none: the one with the least Cp", above=0
    )
    test: Literal["step", "slope"] = param(
        "step", "how far an event sets the sites back; of the published form how much they slow down"
    )
    confidence: Probability = param(0.95, "of the events that are told", at_least=0, below=1)
    neighbours: Length | None = param(
        None, "how far sites of one stack are apart; all sites where not given", above="0km"
    )
    master: str | None = param(None, "of by=master: its site; the first where none is named")
    threshold: float = param(8.0, "of by=aic: by how much the criterion falls, added up", above=0)
    combine: Literal["stouffer", "cauchy", "harmonic"] = param(
        "stouffer", "how the chances of the sites are put together before noise says what they are worth"
    )
    half: Time = param(
        "30d", "how long an event and the lines before and after it are, at most", at_least="5d"
    )
    merge: Time = param("4d", "kinks, and events, that are nearer than this are one", at_least="1d")
    fewest: int = param(1, "sites that an event must be judged by", at_least=1)
    noise: Literal["measured", "white"] = param(
        "measured", "event-free noise: with flicker as measured, or white"
    )
    rounds: int | None = param(
        None,
        "times the record is simulated without events; forty years of it where not given",
        at_least=1,
        at_most=1000,
    )
    seed: int = param(1, "of the simulated noise", at_least=0)

    def facts(self, piped: Facts) -> Facts:
        return Facts(simulated=piped.simulated)

    def apply(self, series: Series) -> Catalog:
        from seisdsl.operators.displacement._days import refuse_empty, refuse_not_daily, refuse_not_mm
        from seisdsl.operators.displacement._slow_slip import catalog_of, found_in

        refuse_empty(series, self.word, 20)
        refuse_not_daily(series, self.word)
        refuse_not_mm(series, self.word)
        if not {"east", "north"} <= set(series.components):
            raise Unsuitable(f"`{self.word}` reads motion east and north")
        names = [site.name for site in series.sites]
        if self.master is not None and self.master not in names:
            raise Unsuitable(
                f"there is no site {self.master}",
                parameter="master",
                notes=["there are " + ", ".join(names[:10])],
            )
        if len(series.sites) < self.fewest:
            raise Unsuitable(
                f"events are to be judged by {self.fewest} sites, and there are {len(names)}",
                parameter="fewest",
            )
        return catalog_of(found_in(self, series), series)
