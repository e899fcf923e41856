"""Recurrent networks as scikit-learn estimators."""

from ._classifier import RNNClassifier
from ._inspection import HiddenStates
from ._regressor import RNNRegressor

__all__ = ["HiddenStates", "RNNClassifier", "RNNRegressor"]
