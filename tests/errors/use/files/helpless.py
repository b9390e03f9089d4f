"""An operator without a docstring."""

from seisdsl.data.waves import Waves
from seisdsl.operator import Operator


class Amplify(Operator, name="amplify"):
    def apply(self, waves: Waves) -> Waves:
        return waves
