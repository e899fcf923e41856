"""The seasonal period, from the index's frequency or else from the data.

References
----------
.. [1] Rüger, B. (1978). Das maximale Signifikanzniveau des Tests: "Lehne H0 ab, wenn k
       unter n gegebenen Tests zur Ablehnung führen". Metrika, 25. (Combining tests that
       may depend on each other in any way.)
.. [2] Hannan, E. J. & Quinn, B. G. (1979). The determination of the order of an
       autoregression. Journal of the Royal Statistical Society B, 41(2).
"""

import numpy as np
import pandas as pd
from scipy.stats import f as f_distribution

# Usual cycles of each base frequency, the longest first; multiples ("2h") divide them.
YEAR, HOUR = (1,), (1440, 60)
CYCLES = {
    "Y": YEAR, "A": YEAR, "YE": YEAR, "YS": YEAR, "BYE": YEAR, "BYS": YEAR,
    "Q": (4,), "QE": (4,), "QS": (4,), "BQE": (4,), "BQS": (4,),
    "M": (12,), "ME": (12,), "MS": (12,), "BM": (12,), "BME": (12,), "BMS": (12,),
    "W": (52,), "D": (7,), "B": (5,), "C": (5,), "h": (24,), "H": (24,),
    "min": HOUR, "T": HOUR, "s": (3600, 60), "S": (3600, 60),
}  # fmt: skip
SPANS = {
    "W": pd.Timedelta(days=7), "D": pd.Timedelta(days=1), "h": pd.Timedelta(hours=1),
    "min": pd.Timedelta(minutes=1), "s": pd.Timedelta(seconds=1),
}  # fmt: skip
# An hour of two or three values is no season.
SHORTEST_OF_SEVERAL = 4
# Periods that are looked for where the index tells nothing.
CANDIDATES = (4, 5, 7, 12, 24, 52)
SIGNIFICANCE = 0.05
PERIODS_NEEDED, LAGS, LONGEST = 2.5, 2, 2048


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
    if frequency is None:
        return detect_period(values)
    offset = pd.tseries.frequencies.to_offset(frequency)
    unit, step = _in_largest_unit(offset)
    return _period_of(CYCLES.get(unit, YEAR), step, max(map(len, values)))


def _in_largest_unit(offset):
    """Take 24 hours for a day and 7 days for a week, as pandas does without a freq."""
    if isinstance(offset, pd.offsets.Day):  # in pandas 3, no number of hours
        offset = pd.offsets.Hour(24 * offset.n)
    if isinstance(offset, pd.offsets.Tick):
        for unit, span in SPANS.items():
            if not offset.nanos % span.value:
                return unit, offset.nanos // span.value
    return offset.rule_code.split("-")[0], offset.n


def _frequency(index):
    if isinstance(index, pd.PeriodIndex):
        return index.freq
    if isinstance(index, pd.DatetimeIndex):
        if index.freq is not None:
            return index.freq
        return pd.infer_freq(index) if len(index) > 2 else None
    return None


def _period_of(cycles, step, longest):
    """Choose the longest cycle that the longest series has twice."""
    periods = [cycle // step if cycle % step == 0 else 1 for cycle in cycles]
    if len(cycles) == 1:
        return periods[0]
    usable = (p for p in periods if SHORTEST_OF_SEVERAL <= p <= longest // 2)
    return next(usable, 1)


def detect_period(values):
    """Find the usual period that explains most, if it is significant.

    The tests of all series are combined: a tenth of them has to be significant, at a
    level that allows for the number of periods and series that are tried. It need not
    be more: a season that is not found costs the series that have it much, and one that
    others have not, these little. Series at rest have no say.
    """
    values = [y for y in values if len(np.unique(y[np.isfinite(y)])) > 1] or values
    tests = np.array([[_test(y, m) for m in CANDIDATES] for y in values])
    p, gain = np.sort(tests[..., 0], axis=0), tests[..., 1].sum(axis=0)
    rank = -(-len(values) // 10)
    significant = p[rank - 1] * len(values) / rank < SIGNIFICANCE / len(CANDIDATES)
    if not significant.any():
        return 1
    return CANDIDATES[int(np.argmax(np.where(significant, gain, -np.inf)))]


def _test(y, period):
    """Compare a line with autoregressive errors with the same and a season.

    Returns
    -------
    p : float
        Of the F-test.
    gain : float
        Twice the gain of the log-likelihood, minus Hannan and Quinn's penalty, which is
        larger the fewer degrees of freedom are left.
    """
    y = _complete(y)
    n, freedom = len(y) - LAGS, len(y) - 2 * LAGS - period - 1
    if len(y) < PERIODS_NEEDED * period or freedom < 1:
        return 1.0, 0.0
    past = _lags(_residual(y, period))
    products = past.T @ past
    weights = np.linalg.lstsq(products[1:, 1:], products[1:, 0])[0]
    # Of whitened values, as the errors are then: a season stays one, a line a line.
    white = _lags(y) @ np.concatenate([[1.0], -weights])
    without, within = (np.sum(_residual(white, m) ** 2) for m in (1, period))
    within = max(within, 1e-20 * without)
    if without <= 1e-20 * np.sum(y**2) or within >= without:
        return 1.0, 0.0
    statistic = (without - within) / (period - 1) / (within / freedom)
    penalty = 2 * np.log(np.log(n)) * (period - 1) * n / freedom
    gain = n * np.log(without / within) - penalty
    return float(f_distribution.sf(statistic, period - 1, freedom)), float(gain)


def _complete(y):
    """Cut the end of a series, without gaps; its logarithm where it is positive."""
    y = y[-LONGEST:]
    known = np.flatnonzero(np.isfinite(y))
    if not len(known):
        return y[:0]
    place = np.arange(known[0], known[-1] + 1)
    y = np.interp(place, known, y[known])
    return np.log(y) if (y > 0).all() else y / max(np.abs(y).max(), 1e-300)


def _residual(y, period):
    """Subtract what a line and a season explain; a period of 1 is a line alone."""
    phase = np.arange(len(y)) % period
    count = np.bincount(phase)
    centered = [
        a - (np.bincount(phase, a) / count)[phase] for a in (np.arange(len(y)), y)
    ]
    time, value = centered
    return value - time * (time @ value) / (time @ time)


def _lags(a):
    """Give each value and the `LAGS` before it along a new last axis."""
    n = len(a)
    return np.stack([a[LAGS - k : n - k] for k in range(LAGS + 1)], axis=-1)
