"""Recurrent neural networks as scikit-learn and sktime estimators."""

from importlib import import_module

__version__ = "0.1.0"

# Where each public name lives; a room is imported when a name of it is first used, so
# that `import skrnn` stays fast and imports neither TensorFlow, sktime nor matplotlib.
_HOMES = {
    "RNNRegressor": "estimators",
    "RNNClassifier": "estimators",
    "SlidingWindow": "windowing",
    "LagsToSequences": "windowing",
    "SequencePadder": "windowing",
    "SequenceTokenizer": "windowing",
    "make_windows": "windowing",
    "LSTMForecaster": "forecasting",
    "GRUForecaster": "forecasting",
    "RNNForecaster": "forecasting",
    "RNNTimeSeriesClassifier": "forecasting",
    "RNNTimeSeriesRegressor": "forecasting",
    "LossCurveDisplay": "plotting",
    "ForecastDisplay": "plotting",
    "HiddenStatesDisplay": "plotting",
    "GradientFlowDisplay": "plotting",
}

__all__ = sorted([*_HOMES, "datasets"])


def __getattr__(name):
    if name in _HOMES:
        return getattr(import_module(f"skrnn.{_HOMES[name]}"), name)
    if name == "datasets":
        return import_module("skrnn.datasets")
    raise AttributeError(f"module 'skrnn' has no attribute {name!r}")


def __dir__():
    return [*__all__, "__version__"]
