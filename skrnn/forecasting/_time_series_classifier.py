"""RNNTimeSeriesClassifier."""

from sktime.classification.base import BaseClassifier

from skrnn.estimators import RNNClassifier
from skrnn.forecasting._collections import CollectionEncoder, fresh


class RNNTimeSeriesClassifier(BaseClassifier):
    """Predict the class of a whole series, as an estimator of sktime.

    Wraps :class:`~skrnn.RNNClassifier`: takes sktime's collections of series, of one or
    several variables and of unequal length, and standardises them.

    Parameters
    ----------
    estimator : RNNClassifier or None, default=None
        The network, which is cloned. By default a :class:`~skrnn.RNNClassifier` whose
        learning rate rises to 0.01 and falls.

    standardize : bool, default=True
        Whether variables are brought to mean 0 and deviation 1.

    random_state : int, RandomState instance or None, default=None
        If given, takes the place of that of `estimator`.

    Attributes
    ----------
    estimator_ : RNNClassifier
        The fitted network.

    See Also
    --------
    RNNTimeSeriesRegressor : The same for numbers.
    RNNClassifier : For arrays, as an estimator of scikit-learn.

    Notes
    -----
    Shorter series are padded in front with steps that the network does not see, and so
    are steps at which all variables are missing. A value that is missing beside others
    is taken as the variable's mean in `fit`.

    Variables are matched by the names of columns, whatever their order. Arrays have no
    names: theirs are matched by position.

    Examples
    --------
    Which of nine speakers said a vowel? Recordings have different lengths:

    >>> from skrnn import RNNClassifier, RNNTimeSeriesClassifier
    >>> from sktime.datasets import load_japanese_vowels
    >>> X, y = load_japanese_vowels(split="train", return_type="df-list")
    >>> network = RNNClassifier(8, learning_rate=0.02, epochs=5)
    >>> model = RNNTimeSeriesClassifier(network, random_state=0)
    >>> model.fit(X[::2], y[::2]).score(X[1::2], y[1::2]) > 0.8
    True
    """

    _tags = {
        "authors": ["skrnn developers"],
        "maintainers": ["skrnn developers"],
        "X_inner_mtype": "df-list",
        "y_inner_mtype": "numpy1D",
        "capability:multivariate": True,
        "capability:unequal_length": True,
        "capability:missing_values": True,
        "capability:predict_proba": True,
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
        self._encoder = CollectionEncoder(self.standardize)
        self.estimator_ = estimator.fit(self._encoder.fit_transform(X), y)
        return self

    def _predict(self, X):
        return self.estimator_.predict(self._encoder.transform(X))

    def _predict_proba(self, X):
        return self.estimator_.predict_proba(self._encoder.transform(X))

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
            {"estimator": RNNClassifier(3, epochs=3), "random_state": 0},
            {
                "estimator": RNNClassifier((2, 2), cell="gru", epochs=2),
                "standardize": False,
                "random_state": 1,
            },
        ]


def _default():
    return RNNClassifier(learning_rate=0.01, learning_rate_schedule="one_cycle")
