"""The operator `postseismic-lstm`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from seisdsl.data.series import Series
from seisdsl.data.weights import Weights
from seisdsl.language.types import Ratio, Time
from seisdsl.learning import Learned
from seisdsl.operator import Facts, Unsuitable, param

if TYPE_CHECKING:
    from torch import Tensor, nn

    from seisdsl.methods.displacement.lstm import Next

HORIZONTAL = ("east", "north")


class PostseismicLSTM(Learned, name="postseismic-lstm"):
    """Forecast the motion after a great earthquake by a network that has seen other stations.

    A window of 365 days goes in, what follows it comes out, and is read for the step after. One layer of
    32 units, mean absolute error, Adam. `begin=window` forecasts all that follows the first window, of
    stations that the network need not have seen; `begin=share` what follows the training part. Series
    begin the day after the earthquake, without steps: put `residual` of steps before it.

    It reads east and north at once, means of ten days, as changes from the last of them, all stations on
    one scale. The published form reads each component by itself, day by day, from 0.1 to 0.9:
    `step=1d form=level together=false scale=range`. That scale is the least and largest value of the training
    part, which of a station that was not trained on tells the network how far it will go; `scale=window`
    is by the first window alone. Nothing is said of a component that moves less than twice its scatter in
    the first window. A steady rate that begins later cannot be forecast: it stands out.
    """

    version = 2
    cite = (
        "Yamaga and Mitsui 2019, Geophysical Research Letters 46",
        "Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735",
        "Kingma and Ba 2015, arXiv:1412.6980",
    )
    tags = ("GNSS", "displacement", "postseismic", "network", "forecast")
    example = (
        "let data = simulate-displacement stations=8 time=2011-03-12..2012-06-01\n"
        "let model = data | train (postseismic-lstm window=60d epochs=2 each=1024)\n"
        "data | model | show"
    )
    by_rows = True
    fixed = ("hidden", "window", "step", "form", "together", "members", "share", "scale")

    begin: Literal["window", "share"] = param("window", "where a forecast begins")
    scale: Literal["network", "window", "range"] = param(
        "network", "what series are scaled by: all alike, by their first window, or by their range"
    )
    together: bool = param(True, "east and north are read at once, or each by itself")
    window: Time = param("365d", "how much of a series is read", at_least="30d", at_most="1000d")
    step: Time = param("10d", "means of so many days are read and forecast", at_least="1d", at_most="30d")
    form: Literal["change", "level"] = param(
        "change", "what the network reads: values about the last of them, or as they are, from 0.1 to 0.9"
    )
    share: Ratio = param("90%", "of each series that may be learnt from", above="0%", at_most="100%")
    hidden: int = param(32, "units of the one layer", at_least=1)
    members: int = param(
        1, "networks from other seeds, whose spread is the error of the forecast", at_least=1
    )
    epochs: int = param(40, "passes; the one that forecasts stations held out best is kept", at_least=1)
    each: int = param(32768, "windows drawn for a pass", at_least=32)
    batch: int = param(256, "windows at once", at_least=1)
    rate: float = param(3e-3, "learning rate at first; it falls as a cosine", above=0)

    def facts(self, piped: Facts) -> Facts:
        return Facts(kind="Series", simulated=piped.simulated)

    @property
    def days(self) -> int:
        return round(self.window / 86400)

    @property
    def every(self) -> int:
        return round(self.step / 86400)

    @property
    def steps(self) -> int:
        return self.days // self.every

    def learnt_of(self, days: int) -> int:
        """Days of a record that may be learnt from."""
        return max(self.days + self.every, int(self.share * days))

    def one(self) -> Next:
        from seisdsl.methods.displacement.lstm import Next

        return Next(self.hidden, len(HORIZONTAL) if self.together else 1, self.form == "change")

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        from torch import nn

        return nn.ModuleList(self.one() for _ in range(self.members))

    def apply(self, series: Series) -> Series:
        forecast: Series = self.used(series)
        return forecast

    def fit_rows(self, table: Series, valid: Any, seed: int) -> tuple[Weights, list[dict[str, float]]]:
        import torch

        from seisdsl.engine.progress import say
        from seisdsl.methods.displacement.lstm import Judge, trained
        from seisdsl.operators.displacement._scaled import Scaled

        own = Scaled.learning(self, table)
        windows = own.learnt()
        places = windows.whole()
        if not len(places):
            raise Unsuitable(
                f"no series has {(self.steps + 1) * self.every} days on end to learn from",
                parameter="window", notes=["gaps of five days or less are interpolated"],
            )  # fmt: skip
        if valid is None:
            held = places[:, 0] * len(table.sites) // len(windows.rows) % 8 == 7
            judge = Judge.of(windows, torch.unique(places[held, 0]), own.unit())
            places = places[~held] if bool((~held).any()) else places
        else:
            other = Scaled.learning(self, valid, own.widest)
            more = other.learnt()
            judge = Judge.of(more, torch.arange(len(more.rows), device=places.device), other.unit())
        tensors: dict[str, Tensor] = {}
        history: list[dict[str, float]] = []
        for member in range(self.members):
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed * 1000 + member)
                network = self.one().to(places.device)
            history += trained(
                network, windows, places, judge, epochs=self.epochs, batch=self.batch, each=self.each,
                rate=self.rate, seed=seed * 1000 + member, tell=say,
            )  # fmt: skip
            tensors |= {f"{member}.{name}": value for name, value in network.state_dict().items()}
        about = {"widest": own.widest, "components": list(HORIZONTAL)}
        best = min(row.get("valid_loss", row["loss"]) for row in history)
        told = {
            "examples": len(places), "by_class": {"next": len(places)}, "validation": len(judge.rows),
            "stations": len(table.sites), "seed": seed, "passes": len(history), "best": {"valid_loss": round(best, 6)},
        }  # fmt: skip
        weights = Weights(
            self.word,
            ("next",),
            (self.days,),
            tensors,
            self.said(),
            about,
            trained=told,
            simulated=table.simulated,
        )
        return weights, history

    def judged(self, value: Series, weights: Weights) -> Series:
        from seisdsl.operators.displacement._scaled import Scaled

        scaled = Scaled.forecasting(self, value, float(weights.about["widest"]))
        return scaled.forecast(self.loaded(weights, value.values.device))
