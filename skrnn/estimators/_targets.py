"""What `y` may be, and how it becomes what a loss compares outputs with."""

from functools import partial
from typing import NamedTuple

import numpy as np
from sklearn.utils import check_array, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, unique_labels

from skrnn.windowing._values import check_array_of, to_array, unmasked


class Targets(NamedTuple):
    """Checked targets.

    values : (n,) or (n, T) of int for labels, (n, K) or (n, T, K) of float for numbers
    counted : (n, T) of bool or None
        False where a step of a sequence has no part in the loss.
    axes : tuple of int
        Axes of the network's outputs that `y` has not: predictions lose them.
    """

    values: np.ndarray
    counted: np.ndarray | None
    axes: tuple[int, ...] = ()

    def take(self, index):
        """Give the rows in `index`."""
        counted = None if self.counted is None else self.counted[index]
        return Targets(self.values[index], counted, self.axes)


def check_numbers(structure, y, sequences):
    """Check the targets of a regression."""
    sequential = structure != "seq2vec"
    y = _to_array(y, partial(check_array_of, name="y"), dtype=np.float64, allow_nd=True)
    check_consistent_length(sequences.values, y)
    plain = 2 if sequential else 1
    axes: tuple[int, ...] = ()
    if structure == "vec2seq" and y.ndim == 1:
        values, axes = y[:, None, None], (1, 2)
    elif y.ndim == plain:
        values, axes = y[..., None], (plain,)
    elif y.ndim == plain + 1:
        values = y
    else:
        raise ValueError(
            f"y must have shape {_shapes(sequential)}, got {y.shape}, "
            f"with structure={structure!r}."
        )
    if values.size == 0:
        raise ValueError(f"y must have at least one output, got shape {y.shape}.")
    counted = _counted(structure, values, sequences)
    _require_known(np.isnan(values).any(axis=-1), counted, structure)
    if counted is not None:
        values = np.where(counted[:, :, None], values, 0)
    return Targets(values, counted, axes)


def _to_array(y, check, **options):
    """Make an array of `y`; NaN may stand at masked steps: that is seen later."""
    try:
        return check_array(
            check(y),
            ensure_2d=False,
            ensure_all_finite="allow-nan",
            input_name="y",
            **options,
        )
    except ValueError as error:
        if "setting an array element with a sequence" not in str(error):
            raise
        raise ValueError(
            "y must be an array, got sequences of different lengths, or as objects. "
            "Pad them with NaN first, like X, for instance with skrnn.SequencePadder."
        ) from error


def _without_na(labels):
    """Put NaN for labels that are masked, or missing in any of pandas' types."""
    labels = unmasked(labels)
    return to_array(labels) if hasattr(labels, "iloc") else labels


def _missing(y):
    """Find None and NaN, among objects too."""
    if y.dtype.kind == "O":
        # one by one: NumPy warns of a comparison with NaN on some versions of Python
        return np.array([v is None or v != v for v in y.flat], bool).reshape(y.shape)
    return y != y


def _require_known(missing, counted, structure):
    wrong = missing if counted is None else missing & counted
    if wrong.any():
        sample, *step = (int(i) for i in np.argwhere(wrong)[0])
        if structure != "seq2seq":
            place = f"sample {sample}" + "".join(f", time step {t}" for t in step)
            raise ValueError(f"Input y contains NaN or None: {place}.")
        raise ValueError(
            f"Input y contains NaN at a time step that is not masked in X: sample "
            f"{sample}, time step {step[0]}. Impute it, or mask the step in X."
        )


def check_labels(structure, y, sequences):
    """Check the targets of a classification."""
    if structure == "seq2vec":
        # it does not know masks, and compares labels with pandas' NA
        y = column_or_1d(_without_na(y), warn=True)
    y = _to_array(y, _without_na, dtype=None, allow_nd=True)
    check_consistent_length(sequences.values, y)
    axes: tuple[int, ...] = ()
    if structure == "vec2seq" and y.ndim == 1:
        y, axes = y[:, None], (1,)
    if structure != "seq2vec" and y.ndim != 2:
        raise ValueError(
            f"y must have shape (n_samples, n_timesteps), got {y.shape}, "
            f"with structure={structure!r}."
        )
    counted = _counted(structure, y, sequences)
    _require_known(_missing(y), counted, structure)
    if counted is not None:
        # whatever stands at masked steps, even None among strings, must not be sorted
        y = np.where(counted, y, y[counted][0])
    check_classification_targets(y.ravel())
    return Targets(y, counted, axes)


def _shapes(sequential):
    time = ", n_timesteps" if sequential else ""
    comma = "" if sequential else ","
    return f"(n_samples{time}{comma}) or (n_samples{time}, n_outputs)"


def _counted(structure, y, sequences):
    if structure != "seq2seq":
        return None
    n_timesteps = sequences.values.shape[1]
    if y.shape[1] != n_timesteps:
        raise ValueError(
            f"With structure='seq2seq', y must have the time axis of X, of "
            f"{n_timesteps} steps, got {y.shape[1]}."
        )
    if sequences.mask is not None and not sequences.mask.any():
        raise ValueError(
            "X must have a time step that is not masked, or no value of y counts; all "
            "steps are NaN, or padding. Pass a sequence with at least one step."
        )
    return sequences.mask


def require_steps(targets, n_timesteps):
    """Refuse targets of another number of steps than a network puts out, or None."""
    if n_timesteps is not None and targets.values.shape[1] != n_timesteps:
        raise ValueError(
            f"y must have the {n_timesteps} time steps that it had in fit, got "
            f"{targets.values.shape[1]}."
        )


def check_classes(present, classes):
    """Give all labels, sorted: those that are present, or those that were told."""
    classes = present if classes is None else unique_labels(classes)
    if len(classes) < 2:
        raise ValueError(
            f"RNNClassifier needs samples of at least two classes, got {len(classes)} "
            f"class: {classes.tolist()}."
        )
    return classes


def as_samples(targets, shape, predicted, weight):
    """Make the counted steps of sequences samples.

    Parameters
    ----------
    targets : Targets
    shape : tuple of int
        (n,), or (n, T) of sequences.
    predicted : array of that shape, or with further axes
    weight : (n,)

    Returns
    -------
    y, predicted, weight
        One after the other, with the samples along their first axis.
    """
    y = targets.values
    if len(shape) == 1:
        return y, predicted, weight
    weight = np.broadcast_to(weight[:, None], shape)
    counted = np.ones(shape, bool) if targets.counted is None else targets.counted
    return y[counted], predicted[counted], weight[counted]


def label_index(labels, classes, counted):
    """Number labels by their place in `classes`; what is not counted becomes 0."""
    try:
        index = np.searchsorted(classes, labels)
    except TypeError as error:
        raise ValueError(
            f"`y` must have labels like those in `classes`, {classes.tolist()}, got "
            f"others that cannot be compared with them, such as {labels.flat[0]!r}."
        ) from error
    index = np.minimum(index, len(classes) - 1)
    wrong = classes[index] != labels
    if counted is not None:
        wrong &= counted
        index = np.where(counted, index, 0)
    if wrong.any():
        raise ValueError(
            f"`y` has labels that are not in `classes`. `classes` are "
            f"{classes.tolist()}, `y` has {np.unique(labels[wrong]).tolist()}."
        )
    return index
