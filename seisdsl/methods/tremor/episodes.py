"""Tables of groups whose episodes are told."""

from __future__ import annotations

from functools import lru_cache

import polars

from seisdsl.data.groups import Groups
from seisdsl.methods.tremor.graph import local
from seisdsl.methods.tremor.linking import Seen, linked

SHARP = 0.7  # how a station's weight in the middle of a group grows with its score


@lru_cache(maxsize=2)  # `locate` asks for the same table chunk after chunk
def with_episodes(groups: Groups, patience: float = 90.0, alike: float = 0.3, moves: float = 30.0) -> Groups:
    """The same groups, each with the name of the first that it goes on from; seconds and km."""
    frame = groups.frame
    if not len(frame):
        return groups
    km = local(frame["latitude"].to_numpy(), frame["longitude"].to_numpy())
    weight = (SHARP * (polars.col("score") - polars.col("score").max().over("group"))).exp()
    frame = frame.with_columns(
        id=polars.concat_str(polars.col("network").fill_null(""), polars.lit("."), "station"),
        x=polars.Series(km[:, 0]),
        y=polars.Series(km[:, 1]),
        weight=weight,
    )
    middle = ((polars.col(name) * polars.col("weight")).sum() / polars.col("weight").sum() for name in "xy")
    rows = frame.group_by("group").agg(polars.col("time").first().dt.timestamp("ns"), "id", *middle)
    seen = [Seen(name, time, frozenset(ids), (x, y)) for name, time, ids, x, y in rows.iter_rows()]
    episode = linked(seen, round(patience * 1e9), alike, moves)
    named = polars.col("group").replace_strict(episode, return_dtype=polars.String)
    return groups.with_frame(groups.frame.with_columns(episode=named))
