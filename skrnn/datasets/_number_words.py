"""Numbers and their English names."""

import numpy as np
from sklearn.utils import Bunch, check_random_state

from ._parameters import check_integer

ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def make_number_words(
    n_samples=None, *, n_digits=4, return_X_y=False, random_state=None
):
    """Numbers as digits, to be spelled out in English: a vector to a sequence.

    Parameters
    ----------
    n_samples : int or None, default=None
        How many of the numbers to draw, without repetition. By default all of them, in
        order.

    n_digits : int, default=4
        Number of digits, from 1 to 4: the numbers run from 0 to
        ``10 ** n_digits - 1``.

    return_X_y : bool, default=False
        Whether to return `data` and `target` alone.

    random_state : int, RandomState instance or None, default=None
        Determines which numbers are drawn, and their order. Pass an int for the same
        ones at every call.

    Returns
    -------
    bunch : :class:`~sklearn.utils.Bunch`
        Dictionary-like object with these attributes:

        - data : ndarray of shape (n_samples, n_digits * 10), the digits of each
          number as one-hot vectors, highest digit first, with leading zeros.
        - target : ndarray of int of shape (n_samples, n_timesteps), the characters of
          each name as positions in `alphabet`, filled up with 0 at the end.
          `n_timesteps` depends on `n_digits` alone.
        - numbers : ndarray of int of shape (n_samples,), the numbers.
        - names : ndarray of str of shape (n_samples,), their names.
        - alphabet : ndarray of str, the characters; the first is the empty string, so
          that ``"".join(alphabet[row])`` is the name spelled by a row of `target`.

    (X, y) : tuple if `return_X_y=True`
        `data` and `target`.

    Examples
    --------
    >>> from skrnn.datasets import make_number_words
    >>> spelling = make_number_words(100, random_state=0)
    >>> spelling.data.shape, spelling.target.shape
    ((100, 40), (100, 42))
    >>> int(spelling.numbers[0]), str(spelling.names[0])
    (9394, 'nine thousand three hundred ninety-four')
    >>> "".join(spelling.alphabet[spelling.target[0]])
    'nine thousand three hundred ninety-four'
    """
    check_integer(n_digits, "n_digits", min_val=1, max_val=4)
    n_numbers = 10**n_digits
    numbers = np.arange(n_numbers)
    if n_samples is not None:
        check_integer(n_samples, "n_samples", min_val=1, max_val=n_numbers)
        rng = check_random_state(random_state)
        numbers = rng.permutation(n_numbers)[:n_samples]
    # all names are made each time: the alphabet and the length of the target must not
    # depend on which numbers are drawn
    names = np.array([_name(number) for number in range(n_numbers)])
    alphabet, codes = _encode(names)
    digits = numbers[:, None] // 10 ** np.arange(n_digits - 1, -1, -1) % 10
    X, y = np.eye(10)[digits].reshape(len(numbers), -1), codes[numbers]
    if return_X_y:
        return X, y
    return Bunch(
        data=X, target=y, numbers=numbers, names=names[numbers], alphabet=alphabet
    )


def _name(number):
    """English name of a number from 0 to 9999."""
    if number < 20:
        return ONES[number]
    if number < 100:
        tens, rest = TENS[number // 10 - 2], number % 10
        return f"{tens}-{ONES[rest]}" if rest else tens
    unit, word = (100, "hundred") if number < 1000 else (1000, "thousand")
    name, rest = f"{ONES[number // unit]} {word}", number % unit
    return f"{name} {_name(rest)}" if rest else name


def _encode(names):
    """The characters of all names, and each name as positions among them."""
    # numpy fills up fixed-width strings with the null character, which sorts first
    characters = names.view("U1").reshape(len(names), -1)
    return np.unique(characters, return_inverse=True)
