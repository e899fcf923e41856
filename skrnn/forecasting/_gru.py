"""GRUForecaster."""

from skrnn.forecasting._documentation import documented
from skrnn.forecasting._fixed_cell import FixedCellForecaster


@documented
class GRUForecaster(FixedCellForecaster):
    """Forecaster with a gated recurrent unit (GRU) network.

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
    LSTMForecaster : The same with an LSTM cell.
    RNNForecaster : The same with a cell of choice.

    References
    ----------
    .. [1] Cho, K. et al. (2014). Learning phrase representations using RNN
           encoder-decoder for statistical machine translation. EMNLP.

    Examples
    --------
    >>> from skrnn import GRUForecaster
    >>> from sktime.datasets import load_airline
    >>> y = load_airline()
    >>> forecaster = GRUForecaster(random_state=0).fit(y, fh=[1, 2, 3])
    >>> forecaster.predict().shape
    (3,)
    """

    _cell = "gru"
