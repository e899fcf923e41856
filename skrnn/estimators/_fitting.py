"""Fitting: from checked data to weights, with callbacks and messages on the way."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skrnn._sklearn import check_random_state
from skrnn.engine import _training
from skrnn.engine._settings import Settings

from ._constants import best_constant, training_level
from ._epochs import Epochs
from ._network import (
    join,
    make_architecture,
    make_recipe,
    network_outputs,
    quiet_overflow,
    require_same_network,
    separate,
)
from ._rows import MERGED_ROWS, check_weight, distinct, split
from ._sequences import check_sequences


def fit_network(estimator, X, y, sample_weight, incremental, classes):
    """Train the network of an estimator and store what was learned in it.

    Parameters
    ----------
    estimator : BaseRNN
    X, y, sample_weight
        As given to `fit`.
    incremental : bool
        Go on for one epoch, whatever was before.
    classes : array-like or None
        All labels, for the first of several calls of a classifier.
    """
    anew = not hasattr(estimator, "weights_") or not (
        incremental or estimator.warm_start
    )
    if anew:
        # should this fit fail, nothing may predict with a mixture of two
        estimator.__dict__.pop("weights_", None)
    rows, labels, axes = _make_rows(estimator, X, y, sample_weight, classes, anew)
    recipe = _check_recipe(estimator, rows, anew)
    # predictions get the form of these targets, also where a fit goes on, once it ends
    form = {"architecture_": recipe.architecture, "_squeezed_axes": axes}
    rows, labels = _with_weight(rows, labels)
    rng = _generator(estimator, 0 if anew else len(estimator.loss_curve_))
    validation = None
    if estimator.early_stopping and not incremental:
        order = rng if estimator.shuffle else None
        rows, validation = split(rows, estimator.validation_fraction, order, labels)
    constant = best_constant(recipe.loss, *rows.flat())
    level = training_level(recipe.loss, constant)
    state = _start(estimator, recipe, constant, rng, anew, incremental)
    state.params[:, -len(level) :] -= level
    rows.y = rows.y - level
    score = None
    if validation is not None:
        score = _scorer(estimator, recipe, validation, constant, level)
    if anew:
        estimator.loss_curve_ = []
        estimator.validation_scores_ = None
    settings = _settings(estimator, rows.n_rows, incremental)
    epochs = Epochs(estimator, settings.epochs, level, form, (X, y, sample_weight))
    # what overflows ends in a loss or in weights that are not finite: an error, below
    with quiet_overflow():
        result = _training.train(
            recipe, state, rows, settings, rng, score=score, on_epoch=epochs.end
        )
    if not result.n_epochs:
        # nothing was learned that could be kept: no fit, and no search, should go on
        raise KeyboardInterrupt("Training was interrupted in its first epoch.")
    _store(estimator, recipe, result, level, form, incremental)
    epochs.close()


def _make_rows(estimator, X, y, sample_weight, classes, anew):
    """Check everything: rows, labels to stratify by, axes beyond those of y."""
    if y is None:
        raise ValueError(
            f"{type(estimator).__name__} requires y to be passed, but the target y is "
            f"None."
        )
    sequences = check_sequences(estimator, X, reset=anew)
    targets = estimator._check_targets(estimator.structure, y, sequences)
    weight = check_weight(sample_weight, sequences, ensure_non_negative=True)
    if not weight.all():
        kept = np.flatnonzero(weight)
        sequences, targets = sequences.select(kept), targets.take(kept)
        weight = weight[kept]
    values = estimator._encode(targets, classes, anew)
    index = np.arange(len(weight))
    if len(weight) <= MERGED_ROWS and not _ordered(estimator, len(weight)):
        index, weight = distinct(sequences, values, weight)
    rows, labels = estimator._make_rows(sequences, targets, values, index, weight)
    return rows, labels, estimator._axes_without(targets)


def _with_weight(rows, labels):
    """Leave out rows without weight: no part, validation or batch, may lack it."""
    weighted = rows.weighted()
    if not len(weighted):
        raise ValueError(
            "A sample must have a weight above 0, and a class that has one, or there "
            "is nothing to learn; got none. Correct 'class_weight' or `sample_weight`."
        )
    return rows.part(weighted), None if labels is None else labels[weighted]


def _ordered(estimator, n_rows):
    """Whether the order of the rows matters: they are kept in it, and cut somewhere."""
    one_batch = _batch_size(estimator.batch_size, n_rows) >= n_rows
    return not estimator.shuffle and (estimator.early_stopping or not one_batch)


def _check_recipe(estimator, rows, anew):
    architecture = make_architecture(estimator, rows.sequences, rows.y)
    if not anew:
        require_same_network(estimator.architecture_, architecture)
    recipe = make_recipe(estimator, architecture)
    if not anew and recipe.loss != estimator._loss:
        raise ValueError(
            f"Training can only go on with the loss that was fitted, "
            f"{estimator._loss}, but the parameters now say {recipe.loss}. Call fit "
            f"with warm_start=False to start anew."
        )
    return recipe


def _generator(estimator, n_epochs_before):
    """Make the source of all randomness of a call.

    The number of epochs before is part of its seed: a fit that goes on does not see the
    orders and dropout masks of the epochs before again.
    """
    if estimator.random_state is None:
        return np.random.default_rng()
    words = check_random_state(estimator.random_state).randint(
        2**32, size=4, dtype=np.uint32
    )
    return np.random.default_rng([*words.tolist(), n_epochs_before])


def _batch_size(choice, n_rows):
    """Resolve "auto": at least 25 batches an epoch, of 8 to 32 samples.

    Powers of two, so that few different programs are compiled.
    """
    if choice != "auto":
        return int(choice)
    return next((size for size in (32, 16) if n_rows >= 25 * size), 8)


def _settings(estimator, n_rows, incremental):
    return Settings(
        learning_rate=float(estimator.learning_rate),
        # one epoch is no schedule
        schedule="constant" if incremental else estimator.learning_rate_schedule,
        alpha=float(estimator.alpha),
        weight_decay=float(estimator.weight_decay)
        if estimator.optimizer == "adamw"
        else 0.0,
        clip_norm=estimator.clip_norm,
        dropout=float(estimator.dropout),
        recurrent_dropout=float(estimator.recurrent_dropout),
        batch_size=_batch_size(estimator.batch_size, n_rows),
        epochs=1 if incremental else int(estimator.epochs),
        shuffle=bool(estimator.shuffle),
        n_iter_no_change=estimator.n_iter_no_change,
        tol=float(estimator.tol),
        jit_compile=estimator.jit_compile,
    )


def _start(estimator, recipe, constant, rng, anew, incremental):
    """Give the weights to start from, and the optimizer's state."""
    if anew:
        state = _training.start(recipe, rng)
        state.params[:, -len(constant) :] = constant
        return state
    state = _training.fresh_state(recipe, join(estimator.weights_)[None])
    name, *kept = getattr(estimator, "_optimizer_state", None) or (None,)
    # what one optimizer remembers means nothing to another
    if incremental and name == recipe.optimizer.name:
        state = _training.State(state.params, *kept)
    return state


def _scorer(estimator, recipe, rows, constant, level):
    """Score parameters on the validation rows."""
    architecture = recipe.architecture
    of_outputs = estimator._validation_score(rows, constant)
    sequences = rows.sequences.select(rows.index)

    def score(params):
        weights = [join(separate(architecture, p, level)) for p in params]
        return [
            of_outputs(network_outputs(architecture, w, sequences)) for w in weights
        ]

    return score


def _store(estimator, recipe, result, level, form, incremental):
    if not np.isfinite(result.state.params).all():
        raise ValueError(
            "Training ended with weights that are not finite. Lower the "
            f"'learning_rate' (it is {estimator.learning_rate!r}), set 'clip_norm', or "
            f"scale the data, for instance with StandardScaler."
        )
    vars(estimator).update(form)
    estimator.weights_ = separate(recipe.architecture, result.state.params[0], level)
    # predictions are for this loss, whatever the parameters are by then
    estimator._loss = recipe.loss
    estimator.n_iter_ = result.n_epochs
    estimator.loss_curve_ = estimator.loss_curve_ + result.loss_curve[:, 0].tolist()
    estimator.best_loss_ = min(estimator.loss_curve_)
    scores = None
    if len(result.scores):
        before = estimator.validation_scores_ or []
        scores = before + result.scores[:, 0].tolist()
    estimator.validation_scores_ = scores
    estimator.best_validation_score_ = None if scores is None else max(scores)
    # only partial_fit goes on with the optimizer's state, and a model is its weights
    estimator._optimizer_state = None
    if incremental:
        estimator._optimizer_state = (recipe.optimizer.name, *result.state[1:])
    if result.interrupted:
        warnings.warn(
            f"Training was interrupted after {result.n_epochs} epoch(s). The weights "
            f"so far are kept.",
            ConvergenceWarning,
            stacklevel=6,
        )
