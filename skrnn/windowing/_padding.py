"""Sequences of unequal length in one array."""

import numpy as np


def check_samples(X, kind):
    """The samples of an iterable as a list with at least one of them."""
    try:
        samples = list(X)
    except TypeError as error:
        raise TypeError(
            f"X must be an iterable of {kind}, got {type(X).__name__}."
        ) from error
    if not samples:
        raise ValueError(
            f"X must hold at least one of its {kind}, got none. Pass a list: a "
            f"generator can be read only once."
        )
    return samples


def pad_sequences(sequences, max_length, *, padding, truncation, fill_value, dtype):
    """Put sequences of shape (n_timesteps, ...) into (n_samples, max_length, ...).

    Sequences that are too short are filled at the side named by `padding`; those that
    are too long lose steps at the side named by `truncation`.
    """
    shape = (len(sequences), max_length, *sequences[0].shape[1:])
    padded = np.full(shape, fill_value, dtype=dtype)
    for row, sequence in zip(padded, sequences, strict=True):
        kept = sequence[-max_length:] if truncation == "pre" else sequence[:max_length]
        first = max_length - len(kept) if padding == "pre" else 0
        row[first : first + len(kept)] = kept
    return padded
