"""SlidingWindow: each row with the rows before it."""

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.metaestimators import available_if

from .._sklearn import (
    Integral,
    Interval,
    StrOptions,
    check_is_fitted,
    fit_context,
    validate_data,
)
from ._containers import check_container
from ._history import next_positions, rows_before
from ._values import check_one_series, check_values
from ._windows import causal_windows


def _is_2d(transformer):
    """Tell whether windows are flat: only then they have names, and a data frame."""
    return transformer.output == "2d"


class SlidingWindow(TransformerMixin, BaseEstimator):
    """Replace each row of a series by the window of rows that ends there.

    The transformer is causal, row ``i`` of its output depends on no row after ``i``,
    and it returns as many rows as it gets. So `y` needs no change, and it works as a
    step of a :class:`~sklearn.pipeline.Pipeline` under
    :class:`~sklearn.model_selection.GridSearchCV`.

    Parameters
    ----------
    window_length : int, default=24
        Number of rows in a window.

    gap : int, default=0
        Number of rows left out between a row and the end of its window. Row ``i`` of
        the output holds the rows ``i - gap - window_length + 1`` to ``i - gap``: with
        0 a window ends with the row itself, with 1 it ends with the row before.

    output : {"3d", "2d"}, default="3d"
        - `"3d"`: sequences of shape (n_timepoints, window_length, n_features).
        - `"2d"`: the same numbers with one row for a window, oldest step first, of
          shape (n_timepoints, window_length * n_features). The columns have names
          (`get_feature_names_out`), and `set_output` can make it a data frame.

    history : {"auto"} or None, default="auto"
        Where the rows before the first one come from.

        - `"auto"`: if the series comes as a pandas data frame, the last rows seen in
          `fit` are kept and stand before the first row of `transform`, at their
          place in time. See Notes.
        - `None`: there are none.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns of the series.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Only there if all of them are strings.

    See Also
    --------
    make_windows : The windows of a series with the values that follow them.
    LagsToSequences : Sequences from a table of lags that is there already.

    Notes
    -----
    What lies before the first known row is NaN, which the estimators of skrnn mask. So
    a series shorter than the window is no error: its windows are short sequences,
    padded in front. NaN in the series itself is passed on, and stands for masked values
    of a masked array.

    Windows follow the order of the rows alone, whatever the index says. So give the
    rows in order and without holes, and split them into consecutive ones, with
    :class:`~sklearn.model_selection.TimeSeriesSplit` or ``shuffle=False``: neighbours
    in a shuffled fold are strangers in time.

    The windows are a read-only view of one copy of the series, so memory does not
    grow with `window_length`. Copy them before you write to them.

    With `history="auto"`, kept rows are only used where the index says how far back
    they lie:

    - If `transform` starts at the position that follows `fit`, the kept rows are the
      preceding ones.
    - If it starts some positions later, as after ``TimeSeriesSplit(gap=...)``, the
      rows in between are NaN.
    - If it starts anywhere else, on training rows for instance, or if either index
      has duplicates or is not in order, there is no history.

    The following position is known for a period index, for a time index with a
    frequency, set or inferred from all rows of `fit`, and for integers with a constant
    step. Integers with holes are followed by the next integer alone. An irregular
    time index tells nothing: give such rows an integer index. A numpy array has no
    index and gets no history; let the transformers before this one pass the index on
    with ``set_output(transform="pandas")``.

    Examples
    --------
    >>> import pandas as pd
    >>> from skrnn.windowing import SlidingWindow
    >>> load = pd.DataFrame({"load": [1.0, 2.0, 3.0, 4.0, 5.0]})
    >>> window = SlidingWindow(window_length=3, output="2d")
    >>> window.set_output(transform="pandas").fit_transform(load[:3])
       load_lag2  load_lag1  load_lag0
    0        NaN        NaN        1.0
    1        NaN        1.0        2.0
    2        1.0        2.0        3.0

    The rows that follow have their past in the rows of `fit`:

    >>> window.transform(load[3:])
       load_lag2  load_lag1  load_lag0
    3        2.0        3.0        4.0
    4        3.0        4.0        5.0

    As sequences:

    >>> window.set_params(output="3d").transform(load[3:]).shape
    (2, 3, 1)
    """

    _parameter_constraints = {
        "window_length": [Interval(Integral, 1, None, closed="left")],
        "gap": [Interval(Integral, 0, None, closed="left")],
        "output": [StrOptions({"3d", "2d"})],
        "history": [StrOptions({"auto"}), None],
    }

    def __init__(self, window_length=24, *, gap=0, output="3d", history="auto"):
        self.window_length = window_length
        self.gap = gap
        self.output = output
        self.history = history

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Check the series and keep its last rows.

        Parameters
        ----------
        X : array-like of shape (n_timepoints, n_features)
            The series, oldest row first.

        y : None
            Ignored.

        Returns
        -------
        self : SlidingWindow
            Fitted transformer.

        Raises
        ------
        ValueError
            If a parameter is out of its range, if the series has no more than
            `gap` rows, so that no window holds any of it, if a column holds dates or
            times, or if the index has several levels: cut the windows of each series
            by itself then.
        """
        index = self._index(X)
        X = self._validate(X, reset=True)
        if len(X) <= self.gap:
            raise ValueError(
                f"X must have more than gap={self.gap} rows, or no window holds any of "
                f"them, got n_samples={len(X)}. Pass a longer series or lower gap."
            )
        self._next_positions = next_positions(index, self._n_past)
        n_kept = 0 if self._next_positions is None else self._n_past
        self._kept = X[max(0, len(X) - n_kept) :].copy()
        return self

    def transform(self, X):
        """Cut the window of each row.

        Parameters
        ----------
        X : array-like of shape (n_timepoints, n_features)
            The series, oldest row first.

        Returns
        -------
        windows : ndarray of shape (n_timepoints, window_length, n_features) or \
                (n_timepoints, window_length * n_features)
            The windows, with the oldest step first; NaN where no row is known.
        """
        check_is_fitted(self)
        index = self._index(X)
        X = self._validate(X, reset=False)
        past = rows_before(index, self._n_past, self._kept, self._next_positions)
        past = past.astype(X.dtype, copy=False)
        windows = causal_windows(X, past, self.window_length)
        return windows.reshape(len(X), -1) if _is_2d(self) else windows

    @available_if(_is_2d)
    def get_feature_names_out(self, input_features=None):
        """Names of the columns of flat windows: ``load_lag3`` is `load` 3 rows before.

        Only available with `output="2d"`.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns of the series. By default `feature_names_in_`, or
            "x0", "x1" and so on.

        Returns
        -------
        feature_names_out : ndarray of str objects
            Names of the columns, oldest step first.
        """
        check_is_fitted(self)
        names = OneToOneFeatureMixin.get_feature_names_out(self, input_features)
        lags = range(self.gap + self.window_length - 1, self.gap - 1, -1)
        return np.array(
            [f"{name}_lag{lag}" for lag in lags for name in names], dtype=object
        )

    def set_output(self, *, transform=None):
        """Set the container of flat windows.

        Sequences have no data frame and stay an array: with `output="3d"` the call
        only counts once that is changed, so that it can be made for a whole pipeline.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"}, default=None
            Output of `transform` and `fit_transform`; None leaves it as it is.

        Returns
        -------
        self : SlidingWindow
            The transformer.

        Raises
        ------
        ValueError
            If `transform` is none of these.
        """
        check_container(transform)
        output = self.output
        # scikit-learn remembers a container only where there are names of columns
        self.output = "2d"
        try:
            return super().set_output(transform=transform)
        finally:
            self.output = output

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    @property
    def _n_past(self):
        """Number of rows needed before the first to fill its window."""
        return self.window_length + self.gap - 1

    def _index(self, X):
        if self.history is None or not hasattr(X, "iloc"):
            return None
        # that of a data frame of dask is computed, as its values are
        return X.index.compute() if hasattr(X.index, "compute") else X.index

    def _validate(self, X, reset):
        check_one_series(X)
        X = check_values(X)
        floats = [np.float64, np.float32]
        return validate_data(
            self, X, reset=reset, dtype=floats, ensure_all_finite="allow-nan"
        )
