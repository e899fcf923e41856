"""The training rows: weights, equal rows, and the part set aside for validation."""

import numpy as np

from skrnn._sklearn import Real, check_sample_weight
from skrnn.windowing._values import check_values

# Up to so many rows, a row of weight 2 trains exactly as the row twice.
MERGED_ROWS = 200


class Rows:
    """Rows for training or validation, cut out of the data as late as possible.

    Stands in for `skrnn.engine._training.Arrays`.

    Parameters
    ----------
    sequences : Sequences
    y : (n, K) or (n, T, K)
    weight : (n_rows,)
        Weight of each row.
    index : (n_rows,)
        Where the rows stand in `sequences` and `y`.
    step_weight : (n, T) or None
        Weight of each step of sequences.
    n_terms : int
        Number of losses in the last axis, of which the mean is taken.
    """

    def __init__(self, sequences, y, weight, index, step_weight=None, n_terms=1):
        self.sequences, self.y, self.weight, self.index = sequences, y, weight, index
        self.step_weight, self.n_terms = step_weight, n_terms
        self.n_rows = len(index)
        # Losses are divided by the sum of weights. That both are divided by a power of
        # two changes no bit, and keeps weights of any size within single precision.
        self.unit = 2.0 ** (np.frexp(weight.max())[1] - 1)
        self.weight_per_row = float(weight.mean())
        self.norm_per_row = n_terms * float((self._row_totals() / self.unit).mean())

    def weighted(self):
        """Find the rows that have a weight, their steps included."""
        return np.flatnonzero(self._row_totals())

    def _row_totals(self):
        if self.y.ndim == 2:
            return self.weight
        if self.step_weight is None:
            return self.weight * self.y.shape[1]
        return self.weight * self.step_weight[self.index].sum(axis=1)

    def take(self, positions):
        """Return x, y, weight and mask of rows."""
        index = self.index[positions]
        x, mask = self.sequences.take(index)
        return x, self.y[index], self._weights(positions, index), mask

    def _weights(self, positions, index):
        weight = self.weight[positions] / self.unit
        if self.y.ndim == 2:
            return weight[:, None]
        steps = 1.0 if self.step_weight is None else self.step_weight[index]
        shape = (len(index), self.y.shape[1])
        return np.broadcast_to(weight[:, None] * steps, shape)[:, :, None]

    def part(self, positions):
        """Give some of the rows."""
        return Rows(
            self.sequences,
            self.y,
            self.weight[positions],
            self.index[positions],
            self.step_weight,
            self.n_terms,
        )

    def flat(self):
        """Give all targets and their weights, steps as rows: (N, K) and (N,)."""
        everything = np.arange(self.n_rows)
        y = self.y[self.index].reshape(-1, self.y.shape[-1])
        return y, self._weights(everything, self.index).ravel()


def check_weight(sample_weight, sequences, **options):
    """Check the weights of samples: (n,)."""
    if sample_weight is not None and not isinstance(sample_weight, Real):
        sample_weight = check_values(sample_weight, "sample_weight")
    return check_sample_weight(
        sample_weight, sequences.values, dtype=np.float64, **options
    )


def distinct(sequences, y, weight):
    """Join equal rows into one with their total weight.

    The order of what is left depends on its values alone, so that neither repetition
    nor order of the samples leaves a trace in what is drawn for them.

    Returns
    -------
    index, weight : (n_distinct,)
    """
    x, mask = sequences.take(slice(None))
    parts = [x, y] if mask is None else [x, y, mask]
    # adding zero makes -0.0 equal to 0.0, as the bytes are compared
    table = np.hstack([np.reshape(a, (len(y), -1)) + 0.0 for a in parts])
    table = np.ascontiguousarray(table, dtype=np.float64)
    keys = table.view(np.dtype((np.void, table.itemsize * table.shape[1]))).ravel()
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return first, np.bincount(inverse, weight)


def split(rows, fraction, rng, labels=None):
    """Set rows aside for validation.

    Parameters
    ----------
    rows : Rows
    fraction : float
    rng : numpy.random.Generator or None
        None takes the last rows.
    labels : (n_rows,) of int or None
        Classes that both parts get their share of.

    Returns
    -------
    training, validation : Rows
    """
    n = rows.n_rows
    n_validation = max(1, round(fraction * n))
    if n_validation >= n:
        raise ValueError(
            f"early_stopping=True sets {n_validation} sample(s) aside for validation "
            f"(validation_fraction={fraction}), which leaves none for training, with "
            f"n_samples={n}. Set early_stopping=False, or pass more samples."
        )
    order = np.arange(n)[::-1] if rng is None else rng.permutation(n)
    if labels is not None and rng is not None:
        order = order[np.argsort(_shares(labels[order]), kind="stable")]
    return rows.part(np.sort(order[n_validation:])), rows.part(
        np.sort(order[:n_validation])
    )


def _shares(labels):
    """Give the place of each row among those of its class, from 0 to 1."""
    shares = np.empty(len(labels))
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        shares[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
    return shares
