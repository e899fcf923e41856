"""Generated data sets, most of them from the literature on recurrent networks."""

from ._adding_problem import make_adding_problem
from ._noisy_sine import make_noisy_sine
from ._number_words import make_number_words
from ._temporal_order import make_temporal_order

__all__ = [
    "make_adding_problem",
    "make_noisy_sine",
    "make_number_words",
    "make_temporal_order",
]
