"""Forecasters and other estimators for sktime: the only room that imports sktime."""

from ._gru import GRUForecaster
from ._lstm import LSTMForecaster
from ._rnn import RNNForecaster
from ._time_series_classifier import RNNTimeSeriesClassifier
from ._time_series_regressor import RNNTimeSeriesRegressor

__all__ = [
    "GRUForecaster",
    "LSTMForecaster",
    "RNNForecaster",
    "RNNTimeSeriesClassifier",
    "RNNTimeSeriesRegressor",
]
