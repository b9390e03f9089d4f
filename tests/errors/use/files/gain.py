"""Two operators of one's own, one of which breaks."""

from seisdsl.data.waves import Waves
from seisdsl.operator import Operator, param


class Amplify(Operator, name="amplify"):
    """Make waves larger."""

    factor: float = param(2.0, "how many times", above=0)

    def apply(self, waves: Waves) -> Waves:
        return waves


class Break(Operator, name="break"):
    """Fail as a method with a mistake in it fails."""

    def apply(self, waves: Waves) -> Waves:
        raise KeyError("no response for S1N01")
