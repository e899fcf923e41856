"""Forecasters for sktime: the only room that imports sktime."""

from ._gru import GRUForecaster
from ._lstm import LSTMForecaster
from ._rnn import RNNForecaster

__all__ = ["GRUForecaster", "LSTMForecaster", "RNNForecaster"]
