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


def test_the_end_of_a_small_integer_type_is_not_the_end_of_time():
    y = pd.Series(np.arange(30.0), pd.Index(np.arange(226, 256).astype("uint8")))
    assert list(forecaster().fit(y, fh=[1, 2]).predict().index) == [256, 257]


@pytest.mark.parametrize("unit", ["s", "us"])
def test_times_of_every_unit_come_back_in_it(unit):
    days = pd.date_range("2020-01-01", periods=23, unit=unit)
    y, X = pd.Series(np.arange(23.0), days), pd.DataFrame({"x": np.ones(23)}, days)
    fitted = forecaster().fit(y[:20], X=X[:20], fh=[1, 2])
    assert fitted.predict(X=X[20:]).index.dtype == days.dtype
    in_nanoseconds = y[20:21].set_axis(days[20:21].as_unit("ns"))
    fitted.update(in_nanoseconds, X=X[20:21])
    assert list(fitted.predict(X=X[21:]).index) == list(days[21:])


CLOCK_IS_SET = {
    "h": ("2024-03-28", "2024-10-24"),
    "30min": ("2024-03-30", "2024-10-26"),
    "D": ("2024-02-22", "2024-09-19"),
    "MS": ("2021-02-01", "2021-07-01"),
    "BMS": ("2021-02-01", "2021-07-01"),
}


@pytest.mark.parametrize(
    ("freq", "start"), [(f, start) for f, s in CLOCK_IS_SET.items() for start in s]
)
def test_steps_are_counted_right_where_the_clock_is_set(freq, start):
    times = pd.date_range(start, periods=80, freq=freq, tz="Europe/Berlin")
    y = pd.Series(np.sin(np.arange(80)) + 3, times)
    X = pd.DataFrame({"x": np.cos(np.arange(80))}, times)
    n, coming = 30, slice(30, 70)
    fitted = forecaster(sp=1).fit(y[:n], X=X[:n], fh=range(1, 41))
    plain = forecaster(sp=1).fit(
        y[:n].reset_index(drop=True),
        X=X[:n].reset_index(drop=True),
        fh=range(1, 41),
    )
    expected = plain.predict(X=X[coming].set_axis(range(30, 70)))
    relative = fitted.predict(X=X[coming])
    assert list(relative.index) == list(times[coming])
    np.testing.assert_array_equal(relative, expected)
    absolute = fitted.predict(fh=times[coming], X=X[coming])
    pd.testing.assert_series_equal(absolute, relative, check_freq=False)
    back = fitted.predict(fh=[-9, 0])
    assert list(back.index) == [times[n - 10], times[n - 1]]
    pd.testing.assert_series_equal(fitted.predict(fh=back.index), back)
    fitted.update(y[n:60], X=X[n:60], update_params=False)
    assert list(fitted.predict(fh=[1, 9], X=X[60:]).index) == [times[60], times[68]]


def test_a_time_ages_ahead_is_refused_without_a_list_of_all_before_it():
    seconds = pd.date_range("2020-01-01", periods=30, freq="s")
    fitted = forecaster().fit(pd.Series(np.arange(30.0), seconds), fh=[1])
    with pytest.raises(ValueError, match=r"1 steps ahead, got 7258118371"):
        fitted.predict(fh=pd.DatetimeIndex(["2250-01-01"]))
    with pytest.raises(ValueError, match=r"one every s .*, got 2020-01-01 00:00:30\.5"):
        fitted.predict(fh=pd.DatetimeIndex(["2020-01-01 00:00:30.5"]))


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


def test_errors_name_numbered_instances_without_their_type():
    days = pd.date_range("2020-01-01", periods=6)
    y = pd.concat({n: panel(a=days).loc["a"] for n in (7, 8)}, names=["shop", "time"])
    y.loc[8] = np.nan
    with pytest.raises(ValueError, match=r"got none of instance 8\."):
        forecaster().fit(y, fh=[1])


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


def test_a_lone_row_must_be_at_a_step_of_the_others():
    months = pd.date_range("2020-01-01", periods=12, freq="MS")
    stray = pd.DatetimeIndex(["2020-03-15"])
    message = r"step \(MS\) leads to, got 2020-03-15 00:00:00 of instance 'b'"
    with pytest.raises(ValueError, match=message):
        forecaster().fit(panel(a=months, b=stray), fh=[1])
    fitted = forecaster().fit(panel(a=months), fh=[1])
    with pytest.raises(ValueError, match=message):
        fitted.update(panel(b=stray))
    fitted.update(panel(b=months[2:3]))
    assert fitted.predict().loc["b"].index[0] == months[3]
