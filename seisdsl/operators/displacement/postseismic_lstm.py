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

HORIZONTAL = ("east", "north")


class PostseismicLSTM(Learned, name="postseismic-lstm"):
    """Forecast the motion after a great earthquake by a network that has seen other stations.

    A window of 365 days goes in, the next day comes out, and is read for the day after it. One layer of
    32 units, mean absolute error, Adam. `begin=window` forecasts all that follows the first window, of
    stations that the network need not have seen; `begin=share` what follows the training part. Series
    begin the day after the earthquake, without steps: put `residual` of steps before it.

    `scale=window` scales each series by its first window alone, and says nothing of a component that
    moves less in it than five times its scatter. `scale=range` is one reading of the published way: by
    the least and largest value of the training part, which for a station that was not trained on tells
    the network how far it will go. A steady rate that begins later cannot be forecast: it stands out.
    """

    cite = (
        "Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735",
        "Kingma and Ba 2015, arXiv:1412.6980",
    )
    tags = ("GNSS", "displacement", "postseismic", "network", "forecast")
    example = (
        "let data = simulate-displacement stations=8 time=2011-03-12..2012-06-01\n"
        "let model = data | train (postseismic-lstm window=60d epochs=1 each=256)\n"
        "data | model | show"
    )
    by_rows = True
    fixed = ("hidden", "window", "members", "share", "scale")

    begin: Literal["window", "share"] = param("window", "where a forecast begins")
    scale: Literal["window", "range"] = param("window", "what series are scaled by")
    window: Time = param(
        "365d", "how much of a series is read for the next day", at_least="30d", at_most="1000d"
    )
    share: Ratio = param("90%", "of each series that may be learnt from", above="0%", at_most="100%")
    hidden: int = param(32, "units of the one layer", at_least=1)
    members: int = param(
        1, "networks from other seeds, whose spread is the error of the forecast", at_least=1
    )
    epochs: int = param(40, "passes", at_least=1)
    each: int = param(4096, "windows drawn for a pass", at_least=32)
    batch: int = param(64, "windows at once", at_least=1)
    rate: float = param(3e-3, "learning rate at first; it falls as a cosine", above=0)
    patience: int = param(10, "passes without gain on stations held out until it ends", at_least=1)

    def facts(self, piped: Facts) -> Facts:
        return Facts(kind="Series", simulated=piped.simulated)

    @property
    def days(self) -> int:
        return round(self.window / 86400)

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        from torch import nn

        from seisdsl.methods.displacement.lstm import NextDay

        return nn.ModuleList(NextDay(self.hidden) for _ in range(self.members))

    def apply(self, series: Series) -> Series:
        forecast: Series = self.used(series)
        return forecast

    def fit_rows(self, table: Series, valid: Any, seed: int) -> tuple[Weights, list[dict[str, float]]]:
        import torch

        from seisdsl.engine.progress import say
        from seisdsl.methods.displacement.lstm import NextDay, trained, windows_of
        from seisdsl.operators.displacement._scaled import Scaled

        own = Scaled.of(self, table, None)
        other = Scaled.of(self, valid, own.widest) if valid is not None else None
        rows, there = own.learnt()
        places = windows_of(there, self.days)
        if not len(places):
            raise Unsuitable(
                f"no series has {self.days + 1} days on end to learn from", parameter="window",
                notes=["gaps of five days or less are interpolated"],
            )  # fmt: skip
        if other is None:
            held_out = places[:, 0] % 8 == 0
            held, places = places[held_out], places[~held_out] if bool((~held_out).any()) else places
        else:
            more, more_there = other.learnt()
            held = windows_of(more_there, self.days)
            width = max(rows.shape[1], more.shape[1])
            pad = torch.nn.functional.pad
            held[:, 0] += len(rows)
            rows = torch.cat([pad(rows, (0, width - rows.shape[1])), pad(more, (0, width - more.shape[1]))])
        tensors: dict[str, Tensor] = {}
        history: list[dict[str, float]] = []
        for member in range(self.members):
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed * 1000 + member)
                network = NextDay(self.hidden)
            history += trained(
                network, rows.float(), places, held, self.days, epochs=self.epochs, batch=self.batch,
                each=self.each, rate=self.rate, patience=self.patience, seed=seed * 1000 + member, tell=say,
            )  # fmt: skip
            tensors |= {f"{member}.{name}": value for name, value in network.state_dict().items()}
        about = {"widest": own.widest, "components": list(HORIZONTAL)}
        best = min(row.get("valid_loss", row["loss"]) for row in history)
        told = {
            "examples": len(places), "by_class": {"next": len(places)}, "validation": len(held),
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

        scaled = Scaled.of(self, value, float(weights.about["widest"]))
        return scaled.forecast(self.loaded(weights, value.values.device))
