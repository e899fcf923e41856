"""LSTMForecaster."""

from skrnn.forecasting._documentation import documented
from skrnn.forecasting._fixed_cell import FixedCellForecaster


@documented
class LSTMForecaster(FixedCellForecaster):
    """Forecaster with a long short-term memory (LSTM) network.

    Series are brought to one scale, seasonally adjusted, and compared with a simple
    baseline; an ensemble of networks learns what the baseline misses, at every time of
    every series.

    Parameters
    ----------
    {parameters}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    GRUForecaster : The same with a GRU cell.
    RNNForecaster : The same with a cell of choice.

    References
    ----------
    .. [1] Hochreiter, S. & Schmidhuber, J. (1997). Long short-term memory. Neural
           Computation, 9(8).
    .. [2] Hewamalage, H., Bergmeir, C. & Bandara, K. (2021). Recurrent neural networks
           for time series forecasting: current status and future directions.
           International Journal of Forecasting, 37(1).

    Examples
    --------
    >>> from skrnn import LSTMForecaster
    >>> from sktime.datasets import load_airline
    >>> y = load_airline()
    >>> forecaster = LSTMForecaster(random_state=0).fit(y, fh=range(1, 13))
    >>> forecaster.predict().shape
    (12,)
    >>> forecaster.predict_interval(coverage=0.9).shape
    (12, 2)
    """

    _cell = "lstm"
