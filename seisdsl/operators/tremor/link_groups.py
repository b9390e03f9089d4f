from __future__ import annotations

from seisdsl.data.groups import Groups
from seisdsl.language.types import Length, Ratio, Time
from seisdsl.operator import Operator, param


class LinkGroups(Operator, name="link-groups"):
    """Join the groups of windows that follow one another at about the same place into episodes.

    Fills the column `episode` with the name of the first group of each. `locate` does the same by
    itself where nothing has been linked.
    """

    example = (
        "stream S-net time=2016-08-15T00:00Z..2016-08-15T00:05Z | spectrogram | DiET | GrASP\n"
        "  | link-groups | show"
    )
    tags = ("tremor", "association")

    alike: Ratio = param("30%", "share of the stations of both groups that they have in common", above="0%")
    moves: Length = param("30km", "or how far the middle of the group moves at most", at_least="0m")
    patience: Time = param("90s", "how long a group may be lost from one window to the next", above="0s")

    def apply(self, groups: Groups) -> Groups:
        from seisdsl.methods.tremor.episodes import with_episodes

        return with_episodes(groups, self.patience, self.alike, self.moves / 1000)
