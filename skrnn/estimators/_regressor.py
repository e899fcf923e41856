"""RNNRegressor."""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.metrics import d2_pinball_score, r2_score
from sklearn.utils.metaestimators import available_if

from skrnn._sklearn import Interval, Real, StrOptions, fit_context
from skrnn.engine._losses import Loss

from ._base import BaseRNN, can_go_on
from ._docstrings import with_shared_text
from ._network import join, network_outputs
from ._regression_loss import check_levels, part_removed, predictions_of
from ._rows import Rows, check_weight
from ._targets import as_samples, check_numbers


@with_shared_text
class RNNRegressor(RegressorMixin, BaseRNN):
    """Recurrent neural network regressor.

    Parameters
    ----------
    <network>

    loss : {"squared_error", "absolute_error", "huber", "quantile", "poisson"}, \
            default="squared_error"
        What is made small: the squared error, whose optimum is the mean; the absolute
        error (the median); Huber's mixture of both; the pinball loss (quantiles); or
        the deviance of counts, with predictions that are always positive.

    quantile : float or list of float, default=0.5
        The quantile or quantiles to predict, between 0 and 1. Only used with
        ``loss="quantile"``. With a list, predictions get one more axis at their end,
        and never cross.

    delta : float, default=1.0
        Error at which Huber's loss goes from quadratic to linear.

    <training>

    Attributes
    ----------
    <attributes>

    n_outputs_ : int
        Number of outputs.

    See Also
    --------
    RNNClassifier : The same network for classes.
    SlidingWindow : Each row of a series with the rows before it.

    Notes
    -----
    <notes>

    With the default `learning_rate`, targets that vary by hundreds or thousandths are
    learned slowly, or hardly at all: bring them to unit size, as the inputs, with
    :class:`~sklearn.compose.TransformedTargetRegressor`. Their level does not matter.

    The score of `early_stopping` is the part of the loss of the best constant that the
    network removes: R² for the squared error.

    References
    ----------
    <references>

    Examples
    --------
    Two of the five numbers of a sequence are marked; the target is their sum:

    >>> from skrnn import RNNRegressor
    >>> from skrnn.datasets import make_adding_problem
    >>> X, y = make_adding_problem(300, n_timesteps=5, random_state=0)
    >>> model = RNNRegressor(8, learning_rate=0.02, epochs=40, random_state=0)
    >>> model.fit(X[:200], y[:200]).score(X[200:], y[200:]) > 0.8
    True

    The first three steps are padding:

    >>> X[0, :3] = float("nan")
    >>> model.predict(X[:1]).shape
    (1,)
    """

    _parameter_constraints = {
        **BaseRNN._parameter_constraints,
        "loss": [
            StrOptions(
                {"squared_error", "absolute_error", "huber", "quantile", "poisson"}
            )
        ],
        "quantile": [Interval(Real, 0, 1, closed="neither"), list, tuple, np.ndarray],
        "delta": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self,
        units=32,
        *,
        cell="lstm",
        structure="seq2vec",
        bidirectional=False,
        residual=False,
        activation="tanh",
        vocabulary_size=None,
        embedding_size=16,
        dropout=0.0,
        recurrent_dropout=0.0,
        loss="squared_error",
        quantile=0.5,
        delta=1.0,
        optimizer="adam",
        learning_rate=1e-3,
        learning_rate_schedule="constant",
        momentum=0.9,
        weight_decay=0.004,
        alpha=0.0,
        clip_norm=1.0,
        batch_size="auto",
        epochs=100,
        shuffle=True,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=10,
        tol=1e-4,
        warm_start=False,
        n_features_per_step=1,
        jit_compile="auto",
        random_state=None,
        verbose=0,
    ):
        self.units = units
        self.cell = cell
        self.structure = structure
        self.bidirectional = bidirectional
        self.residual = residual
        self.activation = activation
        self.vocabulary_size = vocabulary_size
        self.embedding_size = embedding_size
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.loss = loss
        self.quantile = quantile
        self.delta = delta
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.alpha = alpha
        self.clip_norm = clip_norm
        self.batch_size = batch_size
        self.epochs = epochs
        self.shuffle = shuffle
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.warm_start = warm_start
        self.n_features_per_step = n_features_per_step
        self.jit_compile = jit_compile
        self.random_state = random_state
        self.verbose = verbose

    @available_if(can_go_on)
    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None):
        """Train for one epoch, from the weights there are.

        Only available without `early_stopping`.

        Parameters
        ----------
        X : array-like
            As in `fit`.

        y : array-like
            As in `fit`.

        sample_weight : array-like of shape (n_samples,), default=None
            As in `fit`.

        Returns
        -------
        self : RNNRegressor
            The fitted estimator.
        """
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X):
        """Predict the targets.

        Parameters
        ----------
        X : array-like
            As in `fit`.

        Returns
        -------
        y : ndarray of the shape of `y` in `fit`
            The predictions, in float64. With a list of quantiles there is one more
            axis of shape (n_quantiles,) at the end.
        """
        predicted = self._predictions(self._check_sequences(X))
        return predicted.squeeze(self._squeezed_axes)

    def score(self, X, y, sample_weight=None):
        """Compute R², with quantiles the mean D² of their pinball losses.

        Steps of a sequence count as samples, masked ones not at all.

        Parameters
        ----------
        X : array-like
            As in `fit`.

        y : array-like
            As in `fit`.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.

        Returns
        -------
        score : float
            At most 1; 0 is as good as a constant.
        """
        sequences = self._check_sequences(X)
        targets = check_numbers(self.architecture_.structure, y, sequences)
        weight = check_weight(sample_weight, sequences)
        predicted = self._predictions(sequences)
        shape = predicted.shape[:-1]
        if targets.values.shape != shape:
            raise ValueError(
                f"y must have the shape of the predictions, with n_outputs="
                f"{self.n_outputs_}, got {np.shape(y)}."
            )
        y, predicted, weight = as_samples(targets, shape[:-1], predicted, weight)
        if self._loss.name != "quantile":
            return r2_score(y, predicted[..., 0], sample_weight=weight)
        scores = [
            d2_pinball_score(y, predicted[..., i], sample_weight=weight, alpha=level)
            for i, level in enumerate(self._loss.parameter)
        ]
        return float(np.mean(scores))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.target_tags.positive_only = self.loss == "poisson"
        return tags

    def _predictions(self, sequences):
        """Compute predictions with all axes: (n, [T,] n_outputs, n_levels)."""
        outputs = network_outputs(self.architecture_, join(self.weights_), sequences)
        return predictions_of(self._loss, outputs)

    def _check_targets(self, structure, y, sequences):
        targets = check_numbers(structure, y, sequences)
        if self.loss == "poisson" and (targets.values < 0).any():
            raise ValueError(
                f"With loss='poisson', y must not be negative, got "
                f"{targets.values.min()}."
            )
        return targets

    def _encode(self, targets, classes, reset):
        n_outputs = targets.values.shape[-1]
        n_levels = len(self._levels()) if self.loss == "quantile" else 1
        if reset:
            self.n_outputs_ = n_outputs
        elif n_outputs != self.n_outputs_:
            raise ValueError(
                f"y has n_outputs={n_outputs}, but RNNRegressor was fitted with "
                f"n_outputs={self.n_outputs_}."
            )
        return np.repeat(targets.values, n_levels, axis=-1)

    def _axes_without(self, targets):
        one_level = self.loss != "quantile" or np.ndim(self.quantile) == 0
        return (*targets.axes, -1) if one_level else targets.axes

    def _make_rows(self, sequences, targets, values, index, weight):
        rows = Rows(sequences, values, weight, index, targets.counted, values.shape[-1])
        return rows, None

    def _engine_loss(self):
        if self.loss == "quantile":
            return Loss("quantile", tuple(self._levels()))
        return Loss(self.loss, (float(self.delta),) if self.loss == "huber" else ())

    def _levels(self):
        return check_levels(self.quantile)

    def _validation_score(self, rows, constant):
        y, weight = rows.flat()
        return part_removed(self._engine_loss(), y, weight, constant)
