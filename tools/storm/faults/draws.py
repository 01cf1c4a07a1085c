"""What a fault's parameters are drawn from: numbers of a range, or words of a list."""

from __future__ import annotations

import math
import random
from typing import NamedTuple

Setting = float | str
"""A drawn parameter: a number or a word, as JSON holds it."""


class Span(NamedTuple):
    """A number between the two, both positive; small ones as often as large ones (log-uniform)."""

    least: float
    most: float

    def draw(self, rng: random.Random) -> Setting:
        """A number of three significant digits."""
        drawn = math.exp(rng.uniform(math.log(self.least), math.log(self.most)))
        return float(f"{drawn:.3g}")

    def words(self) -> str:
        """The range, for people."""
        return f"{self.least:,.6g} to {self.most:,.6g}"


class Level(NamedTuple):
    """A number between the two, each as likely; negative ones allowed."""

    least: float
    most: float

    def draw(self, rng: random.Random) -> Setting:
        """A number of four significant digits."""
        return float(f"{rng.uniform(self.least, self.most):.4g}")

    def words(self) -> str:
        """The range, for people."""
        return f"{self.least:,.6g} to {self.most:,.6g}"


class Whole(NamedTuple):
    """A whole number from the one to the other, both included."""

    least: int
    most: int

    def draw(self, rng: random.Random) -> Setting:
        """One of them, each as likely."""
        return rng.randint(self.least, self.most)

    def words(self) -> str:
        """The range, for people."""
        return f"{self.least} to {self.most}"


class Pick:
    """One of several values, each as likely; name one twice to make it likelier."""

    def __init__(self, *values: Setting) -> None:
        self.values = values

    def draw(self, rng: random.Random) -> Setting:
        """One of them."""
        return rng.choice(self.values)

    def words(self) -> str:
        """The values, for people."""
        return ", ".join(
            str(value) if value != "" else "any" for value in dict.fromkeys(self.values)
        )


Draw = Span | Level | Whole | Pick
