"""Displays: what a network learned, does and forecasts, as pictures."""

from ._forecast import ForecastDisplay
from ._gradient_flow import GradientFlowDisplay
from ._hidden_states import HiddenStatesDisplay
from ._loss_curve import LossCurveDisplay

__all__ = [
    "ForecastDisplay",
    "GradientFlowDisplay",
    "HiddenStatesDisplay",
    "LossCurveDisplay",
]
