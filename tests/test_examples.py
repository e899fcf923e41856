"""The examples run without a warning, and show what they say they show."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
NUMBER = r"\s+(-?[\d.]+(?:e[-+]?\d+)?)"


def numbers_after(text, output):
    """All numbers that follow `text` directly."""
    found = re.findall(re.escape(text) + NUMBER, output)
    assert found, f"{text!r} has no number after it in:\n{output}"
    return [float(number) for number in found]


def check_adding_problem(output):
    (plain,) = numbers_after("simple RNN mean squared error", output)
    (lstm,) = numbers_after("LSTM       mean squared error", output)
    assert 0.15 < plain < 0.18
    assert lstm < 0.01
    (accuracy,) = numbers_after("temporal order: test accuracy", output)
    assert accuracy > 0.99


def check_forecasting_benchmark(output):
    three = NUMBER * 3
    others = ("naive", "seasonal naive", "ridge on lags")
    scores = {
        name: [float(x) for x in re.search(rf"\n{name}{three}", output).groups()]
        for name in ("LSTM", "GRU", "simple RNN", *others)
    }
    # what the example says of the networks
    for network in ("LSTM", "GRU", "simple RNN"):
        for other in others[:2]:
            pairs = zip(scores[network], scores[other], strict=True)
            assert all(a < b for a, b in pairs)
        pairs = zip(scores["ridge on lags"], scores[network], strict=True)
        assert all(a <= b for a, b in pairs)


def check_japanese_vowels(output):
    (accuracy,) = numbers_after("test accuracy", output)
    assert accuracy >= 0.95


def check_lstm_cell(output):
    (error,) = numbers_after("mean squared error", output)
    assert error < 0.005
    for state in ("h", "C"):
        (difference,) = numbers_after(f"largest difference of {state}:", output)
        assert difference < 1e-10


def check_neuron(output):
    (difference,) = numbers_after("largest difference of the states:", output)
    assert difference < 1e-10
    (difference,) = numbers_after("difference of the predictions:", output)
    assert difference < 1e-10
    one, stack = [float(r2) for r2 in re.findall(r"R² =\s+(\S+) on new", output)]
    assert one < 0.5
    assert stack > 0.9


def check_number_words(output):
    (exact,) = re.findall(r"([\d.]+)% of 3000 held-out numbers", output)
    assert float(exact) >= 95


def check_quickstart(output):
    lstm, naive = (numbers_after(name, output) for name in ("LSTM", "seasonal naive"))
    assert lstm[0] < 9
    assert naive[0] == 13.2
    (score,) = numbers_after("mean of three folds:", output)
    assert score > 0.5
    # what the example says of the window
    assert "'window__window_length': 12}" in output
    mean_lstm, mean_naive = map(
        float, re.search(rf"mean{NUMBER}{NUMBER}", output).groups()
    )
    assert mean_lstm < mean_naive


def check_sentiment(output):
    network, words = (
        re.search(rf"{name}{NUMBER}{NUMBER}", output).groups()
        for name in ("network", "bag of words")
    )
    (always_negative, _) = re.search(
        rf"always negative{NUMBER}{NUMBER}", output
    ).groups()
    assert float(network[0]) > float(always_negative) + 0.08
    # what the example says of the two
    assert 0 <= float(words[0]) - float(network[0]) < 0.02
    assert 0 <= float(words[1]) - float(network[1]) < 0.03
    (weights,) = re.findall(r"(\d+) weights in the network", output)
    assert 48000 / int(weights) > 0.9  # 3000 words, 16 numbers each


def check_sequence_to_sequence(output):
    for cell in ("SimpleRNN", f"{'LSTM':9}", f"{'GRU':9}"):
        (times,) = re.findall(rf"{cell}.*, ([\d.]+) times the noise floor", output)
        assert 0.8 < float(times) < 1.25
        (distance,) = numbers_after(
            f"{cell} distance from the sine without noise", output
        )
        assert distance < 0.1


def check_vanishing_gradient(output):
    _, plain = numbers_after("simple RNN first step / last step:", output)
    assert plain < 1e-4
    for cell in ("LSTM", "GRU"):
        _, gated = numbers_after(f"{cell:10} first step / last step:", output)
        assert gated > 1e-2


CHECKS = {
    name.removeprefix("check_"): check
    for name, check in globals().items()
    if name.startswith("check_")
}


def test_every_example_is_checked():
    names = {path.stem.removeprefix("plot_") for path in EXAMPLES.glob("*.py")}
    assert names == set(CHECKS)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CHECKS))
def test_example_shows_what_it_says(name, tmp_path):
    result = subprocess.run(
        [
            *(sys.executable, "-W", "error"),
            # a script for people to see; here nobody looks
            *("-W", "ignore:FigureCanvasAgg is non-interactive"),
            str(EXAMPLES / f"plot_{name}.py"),
        ],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=600,
    )
    assert result.returncode == 0, result.stderr
    assert "Warning" not in result.stderr
    CHECKS[name](result.stdout)
    saved = [path.name for path in tmp_path.iterdir()]
    assert saved == (["airline_forecast.png"] if name == "quickstart" else [])
