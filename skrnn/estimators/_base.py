"""The base of the estimators: parameters, fitting, and looking inside."""

from abc import ABC, abstractmethod

from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin

from skrnn._sklearn import check_is_fitted, fit_context
from skrnn._stored import Stored

from ._constraints import CONSTRAINTS
from ._fitting import fit_network
from ._inspection import gradient_norms, hidden_states
from ._network import join, make_recipe
from ._sequences import check_sequences
from ._targets import require_steps


def can_go_on(estimator):
    """Whether `partial_fit` makes sense: it sees some of the samples, for one epoch."""
    name = type(estimator).__name__
    if estimator.early_stopping:
        raise AttributeError(
            f"{name} has no partial_fit with early_stopping=True, since it runs one "
            f"epoch at each call. Set early_stopping=False."
        )
    if getattr(estimator, "class_weight", None) == "balanced":
        raise AttributeError(
            f"{name} has no partial_fit with class_weight='balanced', which needs all "
            f"samples at once. Pass the weights of the classes as a dict."
        )
    return True


class BaseRNN(Stored, CallbackSupportMixin, BaseEstimator, ABC):
    """What the regressor and the classifier share; not to be used itself."""

    _parameter_constraints: dict = CONSTRAINTS

    @abstractmethod
    def _check_targets(self, structure, y, sequences):
        """Check `y` and bring it into one form: `Targets`."""

    @abstractmethod
    def _encode(self, targets, classes, reset):
        """Give targets as what the loss compares outputs with: (n, [T,] K)."""

    @abstractmethod
    def _axes_without(self, targets):
        """Give the axes that outputs have beyond those of the targets."""

    @abstractmethod
    def _make_rows(self, sequences, targets, values, index, weight):
        """Give the training rows with all their weights, and labels or None.

        Of the labels, a validation part gets its share.
        """

    @abstractmethod
    def _engine_loss(self):
        """Give the loss and its parameter."""

    @abstractmethod
    def _validation_score(self, rows, constant):
        """Give a function that scores the outputs for the rows."""

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps, n_features) or \
                (n_samples, n_timesteps * n_features_per_step)
            The sequences; time steps that are all NaN are masked. Tokens have shape
            (n_samples, n_timesteps), and the vectors of ``structure="vec2seq"``
            (n_samples, n_features).

        y : array-like of shape (n_samples,) or (n_samples, n_timesteps)
            The targets, with a time axis if `structure` makes sequences. Numbers may
            have one more axis of shape (n_outputs,) at the end.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative. By default all are 1.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If a parameter is out of its range; if `X` or `y` has the wrong shape, is
            infinite, or has NaN elsewhere than in whole masked steps; or if the loss
            is no longer finite.
        """
        return self._fit(X, y, sample_weight)

    def _fit(self, X, y, sample_weight, *, incremental=False, classes=None):
        fit_network(self, X, y, sample_weight, incremental, classes)
        return self

    def __sklearn_is_fitted__(self):
        return hasattr(self, "weights_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        sequences = self.structure != "vec2seq" and self.vocabulary_size is None
        tags.input_tags.three_d_array = sequences
        tags.input_tags.allow_nan = sequences
        tags.target_tags.required = True
        return tags

    def hidden_states(self, X):
        """Compute the state of every layer at every time step.

        Parameters
        ----------
        X : array-like
            As in `fit`.

        Returns
        -------
        states : list of HiddenStates
            For each layer, first layer first, a named tuple `(h, c)` of arrays of shape
            (n_samples, n_timesteps, units), with the states of a backward direction
            behind those of the forward one. `c` is the cell state of an LSTM, None for
            other cells. Masked steps carry the state of the step before.

        Examples
        --------
        >>> from skrnn import RNNRegressor
        >>> from skrnn.datasets import make_adding_problem
        >>> X, y = make_adding_problem(20, n_timesteps=5, random_state=0)
        >>> model = RNNRegressor((4, 3), epochs=1, random_state=0).fit(X, y)
        >>> first, second = model.hidden_states(X)
        >>> first.h.shape, second.c.shape
        ((20, 5, 4), (20, 5, 3))
        """
        sequences = self._check_sequences(X)
        return hidden_states(self.architecture_, join(self.weights_), sequences)

    def gradient_norms(self, X, y):
        """Measure how the gradient reaches every time step.

        Parameters
        ----------
        X : array-like
            As in `fit`.

        y : array-like
            As in `fit`.

        Returns
        -------
        norms : ndarray of shape (n_layers, n_timesteps)
            The norm of the gradient of a sample's loss with respect to the hidden state
            h of a layer after a step, averaged over the samples. A vanishing gradient
            falls exponentially from the last step to the first [1]_.

        Raises
        ------
        ValueError
            If `X` or `y` are not as in `fit`, or so large that a gradient is not
            finite; or if the loss was changed since.

        References
        ----------
        .. [1] Bengio, Y., Simard, P. & Frasconi, P. (1994). Learning long-term
               dependencies with gradient descent is difficult. IEEE Transactions on
               Neural Networks, 5(2).

        Examples
        --------
        >>> from skrnn import RNNRegressor
        >>> from skrnn.datasets import make_adding_problem
        >>> X, y = make_adding_problem(20, n_timesteps=50, random_state=0)
        >>> model = RNNRegressor(8, cell="rnn", epochs=1, random_state=0).fit(X, y)
        >>> norms = model.gradient_norms(X, y)
        >>> norms.shape
        (1, 50)
        >>> bool(norms[0, 0] < norms[0, -1])
        True
        """
        sequences = self._check_sequences(X)
        recipe = make_recipe(self, self.architecture_)
        if recipe.loss != self._loss:
            raise ValueError(
                f"The parameters must say which loss was fitted, {self._loss}, for "
                f"`gradient_norms`; they now say {recipe.loss}. Set them back, or fit "
                "again."
            )
        targets = self._check_known_targets(y, sequences)
        values = self._encode(targets, None, reset=False)
        return gradient_norms(
            recipe,
            join(self.weights_),
            sequences,
            values,
            targets.counted,
        )

    def to_keras(self):
        """Make an equivalent Keras model.

        It has the same weights and puts out what the network does: for "poisson" the
        logarithm of the prediction, for classes the logits. It masks steps that are all
        NaN, or for tokens 0, as far as Keras can.

        Returns
        -------
        model : keras.Model
            Its weights are copies of `weights_`, in float32.
        """
        self._check_is_fitted()
        from skrnn.engine._keras import to_keras

        return to_keras(self.architecture_, join(self.weights_))

    def _check_is_fitted(self):
        # asking first saves scikit-learn's look-up of tags in every prediction
        if not hasattr(self, "weights_"):
            check_is_fitted(self)

    def _check_sequences(self, X):
        self._check_is_fitted()
        return check_sequences(self, X, reset=False)

    def _check_known_targets(self, y, sequences):
        """Check targets of the network that was fitted, whatever parameters say now."""
        fitted = self.architecture_
        targets = self._check_targets(fitted.structure, y, sequences)
        require_steps(targets, fitted.n_steps_out)
        return targets
