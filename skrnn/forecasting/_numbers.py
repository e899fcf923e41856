"""A number for each of S series: a float of one, an array of several.

What is estimated step after step is many operations on a number. Python takes 15
nanoseconds for one on a float, numpy 200 and more to be called; both understand the
same operators.
"""

import numpy as np


def number(array):
    """Take a number out of an array, (S,)."""
    return array.item() if len(array) == 1 else array


def numbers(array):
    """Take n numbers out of an array, (n, S)."""
    return array[:, 0].tolist() if array.shape[1] == 1 else list(array)


def column(array):
    """Drop the axis of series from an array, (..., S), if there is only one of them."""
    return array[..., 0] if array.shape[-1] == 1 else array


def larger_of(n_series):
    """Give the function that takes the larger of two numbers, NaN if the first is."""
    return max if n_series == 1 else np.maximum


def smaller_of(n_series):
    """Give the function that takes the smaller of two numbers, NaN if the first is."""
    return min if n_series == 1 else np.minimum
