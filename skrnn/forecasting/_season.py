"""The seasonal period, from the index's frequency or else from the data."""

import numpy as np
import pandas as pd

# Longest usual cycle of each base frequency; multiples ("2h") divide it.
PERIODS = {
    "Y": 1, "A": 1, "Q": 4, "M": 12, "ME": 12, "MS": 12, "BM": 12, "BME": 12,
    "BMS": 12, "QE": 4, "QS": 4, "BQE": 4, "BQS": 4, "YE": 1, "YS": 1, "BYE": 1,
    "BYS": 1, "W": 52, "D": 7, "B": 5, "C": 5, "h": 24, "H": 24, "min": 60, "T": 60,
    "s": 60, "S": 60,
}  # fmt: skip
CANDIDATES = (4, 5, 7, 12, 24, 52)
SIGNIFICANCE = 1.645


def seasonal_period(index, values):
    """Find the seasonal period of series that share a frequency.

    Parameters
    ----------
    index : pandas.Index
        Of one of the series.
    values : list of ndarray of shape (n,)

    Returns
    -------
    int
        1 where there is none.
    """
    frequency = _frequency(index)
    if frequency is not None:
        offset = pd.tseries.frequencies.to_offset(frequency)
        period = PERIODS.get(offset.rule_code.split("-")[0], 1)
        return period // offset.n if period % offset.n == 0 else 1
    return detect_period(values)


def _frequency(index):
    if isinstance(index, pd.PeriodIndex):
        return index.freq
    if isinstance(index, pd.DatetimeIndex):
        if index.freq is not None:
            return index.freq
        return pd.infer_freq(index) if len(index) > 2 else None
    return None


def detect_period(values):
    """Find the usual period with the most significant autocorrelation.

    A period counts for a series if the autocorrelation of its first differences at
    that lag is significant (the test of the M4 competition's benchmarks) and exceeds
    that of the lags beside it; it is taken if it counts for most series.
    """
    strengths = np.array([[_strength(y, m) for m in CANDIDATES] for y in values])
    typical = np.median(strengths, axis=0)
    best = int(np.argmax(typical))
    return CANDIDATES[best] if typical[best] > 0 else 1


def _strength(y, period):
    y = y[np.isfinite(y)]
    if len(y) < 3 * period:
        return 0.0
    x = np.diff(y / max(np.abs(y).max(), 1e-300))
    x = x - x.mean()
    power = x @ x
    if power == 0:
        return 0.0
    r = np.array([x[k:] @ x[:-k] for k in range(1, period + 2)]) / power
    limit = SIGNIFICANCE * np.sqrt((1 + 2 * np.sum(r[: period - 1] ** 2)) / len(x))
    at, beside = r[period - 1], max(r[period - 2], r[period])
    return at - limit if at > max(limit, beside) else 0.0
