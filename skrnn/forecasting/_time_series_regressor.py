"""RNNTimeSeriesRegressor."""

import numpy as np
from sktime.regression.base import BaseRegressor

from skrnn.estimators import RNNRegressor
from skrnn.forecasting._collections import (
    AS_IT_IS,
    CollectionEncoder,
    fresh,
    standard_of,
)


class RNNTimeSeriesRegressor(BaseRegressor):
    """Predict a number from a whole series, as an estimator of sktime.

    Wraps :class:`~skrnn.RNNRegressor`: takes sktime's collections of series, of one or
    several variables and of unequal length, and standardises them.

    Parameters
    ----------
    estimator : RNNRegressor or None, default=None
        The network, which is cloned. By default a :class:`~skrnn.RNNRegressor` whose
        learning rate rises to 0.01 and falls, with ``alpha=1.0``: a penalty on the
        weights that counts where series are few.

    standardize : bool, default=True
        Whether variables and the target are brought to mean 0 and deviation 1. The
        target of ``loss="poisson"`` stays as it is.

    random_state : int, RandomState instance or None, default=None
        If given, takes the place of that of `estimator`.

    Attributes
    ----------
    estimator_ : RNNRegressor
        The fitted network.

    See Also
    --------
    RNNTimeSeriesClassifier : The same for classes.
    RNNRegressor : For arrays, as an estimator of scikit-learn.

    Notes
    -----
    Shorter series are padded in front with steps that the network does not see, and so
    are steps at which all variables are missing. A value that is missing beside others
    is taken as the variable's mean in `fit`.

    Variables are matched by the names of columns, whatever their order. Arrays have no
    names: theirs are matched by position.

    Examples
    --------
    >>> from skrnn import RNNRegressor, RNNTimeSeriesRegressor
    >>> from sktime.datasets import load_unit_test
    >>> X, y = load_unit_test(split="train")
    >>> model = RNNTimeSeriesRegressor(RNNRegressor(4, epochs=5), random_state=0)
    >>> model.fit(X, y.astype(float)).predict(X).shape
    (20,)
    """

    _tags = {
        "authors": ["skrnn developers"],
        "maintainers": ["skrnn developers"],
        "X_inner_mtype": "df-list",
        "y_inner_mtype": "numpy1D",
        "capability:multivariate": True,
        "capability:unequal_length": True,
        "capability:missing_values": True,
        "capability:categorical_in_X": False,
        "capability:random_state": True,
        "property:randomness": "derandomized",
    }

    def __init__(self, estimator=None, *, standardize=True, random_state=None):
        self.estimator = estimator
        self.standardize = standardize
        self.random_state = random_state
        super().__init__()

    def _fit(self, X, y):
        estimator = fresh(self, _default())
        _check_one_output(estimator)
        y = y.astype(float)
        as_it_is = not self.standardize or estimator.loss == "poisson"
        self._y_standard = AS_IT_IS if as_it_is else standard_of(y)
        self._encoder = CollectionEncoder(self.standardize)
        x = self._encoder.fit_transform(X)
        self.estimator_ = estimator.fit(x, self._y_standard.to(y))
        return self

    def _predict(self, X):
        predicted = self.estimator_.predict(self._encoder.transform(X))
        return self._y_standard.back(predicted)

    @classmethod
    def get_test_params(cls, parameter_set="default"):
        """Return parameters for sktime's conformance suite.

        Parameters
        ----------
        parameter_set : str, default="default"
            Not used: there is only one.

        Returns
        -------
        list of dict
        """
        return [
            {"estimator": RNNRegressor(3, epochs=3), "random_state": 0},
            {
                "estimator": RNNRegressor((2, 2), cell="gru", epochs=2),
                "standardize": False,
                "random_state": 1,
            },
        ]


def _default():
    return RNNRegressor(
        learning_rate=0.01, learning_rate_schedule="one_cycle", alpha=1.0
    )


def _check_one_output(estimator):
    if estimator.loss == "quantile" and np.ndim(estimator.quantile) > 0:
        raise ValueError(
            "The 'estimator' parameter of RNNTimeSeriesRegressor must have one number "
            f"as its quantile. Got quantile={estimator.quantile!r}. Fit a regressor "
            "for each quantile, or use RNNRegressor itself, with arrays."
        )
