"""The step between times, and which series an error is about."""

import numpy as np
import pandas as pd
import pytest

from skrnn import LSTMForecaster

SMALL = {"units": 4, "n_estimators": 2, "epochs": 3, "random_state": 0}


def forecaster(**kwargs):
    return LSTMForecaster(**SMALL, **kwargs)


def panel(**times):
    keys = [(name, time) for name, own in times.items() for time in own]
    index = pd.MultiIndex.from_tuples(keys, names=["shop", "time"])
    return pd.DataFrame({"sales": 1.0 + np.arange(len(keys))}, index=index)


@pytest.mark.parametrize(
    "times",
    [
        ("2020-01-01", "2020-02-01"),
        ("2020-01-31", "2020-02-29"),
        ("2020-01-03", "2020-01-06"),  # a Friday and a Monday
        ("2020-01-01", "2021-01-01"),
    ],
)
def test_two_dates_that_only_a_calendar_explains_need_a_freq(times):
    index = pd.DatetimeIndex(times)
    y = pd.Series([1.0, 2.0], index)
    message = f"got {index[0]} and {index[1]} alone, without a freq"
    with pytest.raises(ValueError, match=message):
        forecaster().fit(y, fh=[1])
    with pytest.raises(ValueError, match="alone of instance 'a', without a freq"):
        forecaster().fit(panel(a=index, b=index), fh=[1])


@pytest.mark.parametrize("step", ["15min", "1D", "7D"])
def test_two_dates_tell_a_short_step(step):
    start, step = pd.Timestamp("2020-01-01"), pd.Timedelta(step)
    y = pd.Series([1.0, 2.0], pd.DatetimeIndex([start, start + step]))
    assert forecaster().fit(y, fh=[1]).predict().index[0] == start + 2 * step


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("2020-01-06", 5), ("2020-01-10", 3)),
        (("2020-01-06", 5), ("2020-01-13", 5)),
        (("2020-01-06", 5), ("2020-01-13", 1)),
        (("2020-01-08", 2), ("2020-01-10", 2)),
    ],
)
def test_a_week_of_business_days_is_known_by_the_other_series(first, second):
    days = [pd.bdate_range(start, periods=n) for start, n in (first, second)]
    fitted = forecaster().fit(panel(a=days[0], b=days[1]), fh=[1])
    assert fitted.sp_ == 5 or max(map(len, days)) < 3
    for name, own in zip("ab", days, strict=True):
        following = fitted.predict().loc[name].index[0]
        assert following == own[-1] + pd.offsets.BDay()


def test_series_that_alternate_keep_their_own_step():
    even = pd.date_range("2020-01-01", periods=8, freq="2D")
    fitted = forecaster().fit(panel(a=even, b=even + pd.Timedelta(days=1)), fh=[1])
    assert fitted.predict().loc["a"].index[0] == even[-1] + pd.Timedelta(days=2)


def test_errors_name_the_instance():
    days = pd.date_range("2020-01-01", periods=6)
    y = panel(north=days, south=days)
    gap = y.drop(("south", days[2]))
    with pytest.raises(
        ValueError, match=r"one step \(D\).* of instance 'south'\. Give"
    ):
        forecaster().fit(gap, fh=[1])
    for value, message in ((np.inf, "inf"), (-np.inf, "-inf")):
        infinite = y.copy()
        infinite.loc[("south", days[3]), "sales"] = value
        where = f"got {message} in column 'sales' of instance 'south' at {days[3]}"
        with pytest.raises(ValueError, match=where):
            forecaster().fit(infinite, fh=[1])
    unknown = y.copy()
    unknown.loc["south"] = np.nan
    with pytest.raises(ValueError, match="got none of instance 'south'"):
        forecaster().fit(unknown, fh=[1])
    negative = y - 8
    with pytest.raises(ValueError, match=r"got -7\.0 of instance 'north'"):
        forecaster(log=True).fit(negative, fh=[1])


def test_errors_name_the_instance_of_a_hierarchy():
    days = pd.date_range("2020-01-01", periods=6)
    y = pd.concat({"x": panel(a=days), "z": panel(a=days)}, names=["region"])
    y.loc[("z", "a")] = np.nan
    with pytest.raises(ValueError, match=r"got none of instance \('z', 'a'\)"):
        forecaster().fit(y, fh=[1])


def test_errors_name_the_column():
    y = pd.DataFrame({"rain": np.arange(1.0, 9), "snow": -np.arange(8.0)})
    with pytest.raises(ValueError, match=r"got -7\.0 in column 'snow'\."):
        forecaster(log=True).fit(y, fh=[1])
    with pytest.raises(ValueError, match=r"got none in column 'snow'\."):
        forecaster().fit(y.assign(snow=np.nan), fh=[1])
