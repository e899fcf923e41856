"""The generated data sets are what their papers say."""

import numpy as np
import pytest

from skrnn.datasets import (
    make_adding_problem,
    make_noisy_sine,
    make_number_words,
    make_temporal_order,
)

GENERATORS = [
    lambda seed: make_adding_problem(20, 30, random_state=seed),
    lambda seed: make_temporal_order(20, 30, random_state=seed),
    lambda seed: make_noisy_sine(50, random_state=seed),
    lambda seed: make_number_words(20, return_X_y=True, random_state=seed),
]


@pytest.mark.parametrize("generate", GENERATORS)
def test_the_seed_alone_decides(generate):
    for one, same, other in zip(*map(generate, [0, 0, 1]), strict=True):
        np.testing.assert_array_equal(one, same)
        assert np.any(one != other)


@pytest.mark.parametrize("n_timesteps", [2, 3, 100])
def test_adding_problem(n_timesteps):
    X, y = make_adding_problem(20_000, n_timesteps, random_state=0)
    values, markers = X[:, :, 0], X[:, :, 1]
    assert X.shape == (20_000, n_timesteps, 2)
    assert set(np.unique(markers)) <= {0.0, 1.0}
    half = n_timesteps // 2
    np.testing.assert_array_equal(markers[:, :half].sum(axis=1), 1)
    np.testing.assert_array_equal(markers[:, half:].sum(axis=1), 1)
    # each step of a half is marked equally often
    assert np.ptp(markers[:, :half].mean(axis=0)) < 0.02
    assert np.ptp(markers[:, half:].mean(axis=0)) < 0.02
    np.testing.assert_allclose((values * markers).sum(axis=1), y)
    assert values.min() >= 0
    assert values.max() < 1
    assert abs(y.mean() - 1) < 0.01
    assert abs(y.var() - 1 / 6) < 0.005


@pytest.mark.parametrize("n_timesteps", [10, 57, 100])
def test_temporal_order(n_timesteps):
    X, y = make_temporal_order(4000, n_timesteps, random_state=0)
    assert X.shape == (4000, n_timesteps, 8)
    np.testing.assert_array_equal(np.sort(X, axis=2)[:, :, :-1], 0)
    np.testing.assert_array_equal(X.sum(axis=2), 1)
    symbols = X.argmax(axis=2)
    np.testing.assert_array_equal(symbols[:, 0], 0)
    np.testing.assert_array_equal(symbols[:, -1], 1)
    inside = symbols[:, 1:-1]
    np.testing.assert_array_equal(np.unique(inside), [2, 3, 4, 5, 6, 7])

    samples, steps = np.nonzero(symbols >= 6)
    np.testing.assert_array_equal(samples, np.repeat(np.arange(4000), 2))
    first, second = steps.reshape(-1, 2).T
    bounds = [n_timesteps // 10, n_timesteps // 5]
    np.testing.assert_array_equal([first.min(), first.max()], bounds)
    bounds = [n_timesteps // 2, n_timesteps * 3 // 5]
    np.testing.assert_array_equal([second.min(), second.max()], bounds)

    is_y = symbols[samples, steps].reshape(-1, 2) == 7
    np.testing.assert_array_equal(y, is_y @ [2, 1])
    assert np.all(np.abs(np.bincount(y) / 4000 - 0.25) < 0.03)


def test_noisy_sine():
    clean = make_noisy_sine(100, period=20, noise=0.0)
    np.testing.assert_allclose(clean[:80], clean[20:], atol=1e-12)
    np.testing.assert_allclose(clean[5], 1.0)
    noise = make_noisy_sine(20_000, noise=0.3, random_state=0)
    noise -= make_noisy_sine(20_000, noise=0.0)
    assert abs(noise.std() - 0.3) < 0.01
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.03


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (0, "zero"),
        (7, "seven"),
        (13, "thirteen"),
        (40, "forty"),
        (99, "ninety-nine"),
        (100, "one hundred"),
        (518, "five hundred eighteen"),
        (1000, "one thousand"),
        (3373, "three thousand three hundred seventy-three"),
        (9020, "nine thousand twenty"),
    ],
)
def test_names_of_numbers(number, name):
    spelling = make_number_words()
    assert spelling.names[number] == name
    assert "".join(spelling.alphabet[spelling.target[number]]) == name


@pytest.mark.parametrize("n_digits", [1, 2, 3, 4])
def test_number_words(n_digits):
    spelling = make_number_words(n_digits=n_digits)
    n_numbers = 10**n_digits
    np.testing.assert_array_equal(spelling.numbers, np.arange(n_numbers))
    assert len(set(spelling.names)) == n_numbers
    digits = spelling.data.reshape(n_numbers, n_digits, 10)
    np.testing.assert_array_equal(digits.sum(axis=2), 1)
    weights = 10 ** np.arange(n_digits)[::-1]
    np.testing.assert_array_equal(digits.argmax(axis=2) @ weights, spelling.numbers)
    # filled up at the end only, and no longer than the longest name
    is_text = spelling.target > 0
    np.testing.assert_array_equal(is_text[:, :-1] >= is_text[:, 1:], True)
    np.testing.assert_array_equal(is_text.sum(axis=1), np.char.str_len(spelling.names))
    assert is_text[:, -1].any()
    assert spelling.target.max() == len(spelling.alphabet) - 1


def test_a_part_of_the_numbers():
    spelling = make_number_words(50, random_state=0)
    every = make_number_words()
    assert len(set(spelling.numbers)) == 50
    for key in ("data", "target", "names"):
        np.testing.assert_array_equal(spelling[key], every[key][spelling.numbers])
    np.testing.assert_array_equal(spelling.alphabet, every.alphabet)
    X, y = make_number_words(50, random_state=0, return_X_y=True)
    np.testing.assert_array_equal(X, spelling.data)
    np.testing.assert_array_equal(y, spelling.target)


@pytest.mark.parametrize(
    ("generate", "message"),
    [
        (lambda: make_adding_problem(0), "n_samples == 0, must be >= 1"),
        (lambda: make_adding_problem(1, 1), "n_timesteps == 1, must be >= 2"),
        (lambda: make_temporal_order(1, 9), "n_timesteps == 9, must be >= 10"),
        (lambda: make_noisy_sine(period=0), "period == 0, must be > 0"),
        (lambda: make_noisy_sine(period=np.nan), "period == nan, must be finite"),
        (lambda: make_noisy_sine(period=np.inf), "period == inf, must be finite"),
        (lambda: make_noisy_sine(noise=-1), "noise == -1, must be >= 0"),
        (lambda: make_noisy_sine(noise=np.nan), "noise == nan, must be finite"),
        (lambda: make_noisy_sine(noise=np.inf), "noise == inf, must be finite"),
        (lambda: make_number_words(101, n_digits=2), "n_samples == 101, must be <="),
        (lambda: make_number_words(n_digits=5), "n_digits == 5, must be <= 4"),
    ],
)
def test_bad_parameters_are_refused(generate, message):
    with pytest.raises(ValueError, match=message):
        generate()


@pytest.mark.parametrize(
    ("generate", "message"),
    [
        (lambda: make_noisy_sine(True), "n_timesteps must be an integer, got True"),
        (lambda: make_noisy_sine(noise=False), "noise must be a number, got False"),
        (lambda: make_noisy_sine(2.0), "n_timesteps must be an instance of"),
        (lambda: make_noisy_sine(period="1"), "period must be an instance of"),
        (lambda: make_adding_problem(True), "n_samples must be an integer, got True"),
        (lambda: make_temporal_order(True), "n_samples must be an integer, got True"),
        (lambda: make_number_words(True), "n_samples must be an integer, got True"),
    ],
)
def test_parameters_of_another_type_are_refused(generate, message):
    with pytest.raises(TypeError, match=message):
        generate()
