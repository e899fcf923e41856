"""LagsToSequences: a table of lags as sequences, and back."""

from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_array

from .._sklearn import (
    Integral,
    Interval,
    StrOptions,
    check_is_fitted,
    fit_context,
    validate_data,
)
from ._containers import set_output
from ._values import check_values


class LagsToSequences(  # type: ignore[call-arg]  # the keyword is that of TransformerMixin
    TransformerMixin, BaseEstimator, auto_wrap_output_keys=None
):
    """Turn a table of lags into sequences, and back.

    Many tools pass the past of a series as a flat table: sktime's `make_reduction`
    gives all lags of the first variable, then all of the second. Recurrent networks
    read one step after the other. Standing right before the network, this transformer
    leaves room for scalers and imputers, which want two dimensions.

    Parameters
    ----------
    n_features_per_step : int, default=1
        Number of variables, the features of one time step.

    order : {"variable", "time"}, default="variable"
        Order of the columns.

        - `"variable"`: all lags of one variable stand together, as sktime's
          `make_reduction` has them.
        - `"time"`: all variables of one time step stand together, as
          :class:`SlidingWindow` with `output="2d"` and the estimators of skrnn have
          them.

    newest_first : bool, default=False
        Whether the columns go back in time. The steps of a sequence never do: they
        are always returned oldest first.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns of the table.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Only there if all of them are strings.

    n_features_per_step_ : int
        Number of features of a time step: `n_features_per_step` as it was in `fit`.

    n_timesteps_ : int
        Number of steps of a sequence.

    See Also
    --------
    SlidingWindow : Sequences from the series itself.

    Notes
    -----
    The sequences are a read-only view of the table. Copy them before you write to
    them. NaN is passed on, and stands for masked values of a masked array.

    Examples
    --------
    Two variables with three lags each:

    >>> import numpy as np
    >>> from skrnn.windowing import LagsToSequences
    >>> table = np.array([[1.0, 2.0, 3.0, 10.0, 20.0, 30.0]])
    >>> to_sequences = LagsToSequences(n_features_per_step=2)
    >>> sequences = to_sequences.fit_transform(table)
    >>> sequences
    array([[[ 1., 10.],
            [ 2., 20.],
            [ 3., 30.]]])
    >>> to_sequences.inverse_transform(sequences)
    array([[ 1.,  2.,  3., 10., 20., 30.]])
    """

    _parameter_constraints = {
        "n_features_per_step": [Interval(Integral, 1, None, closed="left")],
        "order": [StrOptions({"variable", "time"})],
        "newest_first": ["boolean"],
    }

    def __init__(self, n_features_per_step=1, order="variable", newest_first=False):
        self.n_features_per_step = n_features_per_step
        self.order = order
        self.newest_first = newest_first

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Find the number of time steps.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps * n_features_per_step)
            The table of lags.

        y : None
            Ignored.

        Returns
        -------
        self : LagsToSequences
            Fitted transformer.

        Raises
        ------
        ValueError
            If a parameter is out of its range, if the number of columns is no
            multiple of `n_features_per_step`, or if a column holds dates or times.
        """
        n_columns = self._validate(X, reset=True).shape[1]
        self.n_timesteps_, rest = divmod(n_columns, self.n_features_per_step)
        if rest:
            raise ValueError(
                f"The number of columns of X must be a multiple of "
                f"n_features_per_step={self.n_features_per_step}, got {n_columns}. "
                f"Pass every lag of every variable, or correct n_features_per_step."
            )
        self.n_features_per_step_ = self.n_features_per_step
        return self

    def transform(self, X):
        """Turn rows of the table into sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps * n_features_per_step)
            The table of lags.

        Returns
        -------
        sequences : ndarray of shape (n_samples, n_timesteps, n_features_per_step)
            The sequences, oldest step first.
        """
        check_is_fitted(self)
        X = self._validate(X, reset=False)
        if self.order == "time":
            sequences = X.reshape(len(X), self.n_timesteps_, self.n_features_per_step_)
        else:
            variables = X.reshape(len(X), self.n_features_per_step_, self.n_timesteps_)
            sequences = variables.transpose(0, 2, 1)
        sequences = sequences[:, :: self._direction]
        sequences.flags.writeable = False
        return sequences

    def inverse_transform(self, X):
        """Turn sequences back into rows of the table.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps, n_features_per_step)
            The sequences, oldest step first.

        Returns
        -------
        table : ndarray of shape (n_samples, n_timesteps * n_features_per_step)
            The table of lags.
        """
        check_is_fitted(self)
        X = check_values(X)
        X = check_array(X, allow_nd=True, ensure_all_finite="allow-nan")
        expected = (self.n_timesteps_, self.n_features_per_step_)
        if X.shape[1:] != expected:
            raise ValueError(
                f"X must be sequences of shape (n_samples, {expected[0]}, "
                f"{expected[1]}), as transform returns them, got {X.shape}."
            )
        sequences = X[:, :: self._direction]
        if self.order == "variable":
            sequences = sequences.transpose(0, 2, 1)
        return sequences.reshape(len(X), -1)

    set_output = set_output

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    @property
    def _direction(self):
        return -1 if self.newest_first else 1

    def _validate(self, X, reset):
        X = check_values(X)
        return validate_data(self, X, reset=reset, ensure_all_finite="allow-nan")
