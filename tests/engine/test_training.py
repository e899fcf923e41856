"""Training: whole runs against Keras, and what `train` promises beside."""

import numpy as np
import pytest

from skrnn.engine import _inference
from skrnn.engine._architecture import Architecture, layout, n_parameters
from skrnn.engine._losses import Loss
from skrnn.engine._optimizers import Optimizer
from skrnn.engine._settings import Settings
from skrnn.engine._step import Recipe
from skrnn.engine._training import Arrays, fresh_state, start, train

BOTH_WAYS_TO_RUN = pytest.mark.parametrize("jit_compile", [False, True])


def recipe_of(architecture, optimizer="adam", loss="squared_error"):
    return Recipe(architecture, Loss(loss), Optimizer(optimizer))


def data_of(case, weight=None):
    x, y, w, mask, _ = case.batch
    return Arrays(x, y, w if weight is None else weight, mask)


def fit(recipe, data, settings, seed=0, **options):
    """Train from a fresh start, everything drawn from one seed."""
    rng = np.random.default_rng(seed)
    n_networks = options.pop("n_networks", 1)
    return train(recipe, start(recipe, rng, n_networks), data, settings, rng, **options)


def keras_run(keras, model, optimizer, data, batch_size, epochs):
    """A training loop in plain TensorFlow, in the order of the rows."""
    import tensorflow as tf

    for _ in range(epochs):
        for first in range(0, data.n_rows, batch_size):
            rows = slice(first, first + batch_size)
            x, y, w, _ = data.take(rows)
            with tf.GradientTape() as tape:
                error = model(x.astype(np.float32)) - y.astype(np.float32)
                share = w.astype(np.float32) / len(x) / data.norm_per_row
                loss = tf.reduce_sum(share * error**2)
            gradient = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(
                zip(gradient, model.trainable_variables, strict=True)
            )


def optimizer_of_keras(keras, name, rate, clip_norm):
    options = {"learning_rate": rate, "global_clipnorm": clip_norm}
    if name == "adam":
        return keras.optimizers.Adam(**options)
    if name == "adamw":
        made = keras.optimizers.AdamW(weight_decay=0.1, **options)
        made.exclude_from_weight_decay(var_names=["bias"])
        return made
    if name == "sgd":
        return keras.optimizers.SGD(momentum=0.9, nesterov=True, **options)
    return keras.optimizers.RMSprop(**options)


@BOTH_WAYS_TO_RUN
@pytest.mark.parametrize("clip_norm", [None, 0.1])
@pytest.mark.parametrize("name", ["adam", "adamw", "sgd", "rmsprop"])
def test_training_run_equals_keras(
    keras, make, flat_from_keras, name, clip_norm, jit_compile
):
    from skrnn.engine._keras import to_keras

    architecture = Architecture("lstm", (4,), 2, 2)
    case = make(architecture)
    # Six rows, four in a batch: the last of an epoch is not full.
    settings = Settings(
        learning_rate=0.01,
        weight_decay=0.1 if name == "adamw" else 0.0,
        clip_norm=clip_norm,
        batch_size=4,
        epochs=4,
        shuffle=False,
        jit_compile=jit_compile,
    )
    data = Arrays(case.raw, *case.batch[1:4])
    model = to_keras(architecture, case.params)
    optimizer = optimizer_of_keras(keras, name, 0.01, clip_norm)
    keras_run(keras, model, optimizer, data, 4, 4)
    expected = flat_from_keras(
        model, architecture, [v.value for v in model.trainable_variables]
    )

    recipe = recipe_of(architecture, name)
    result = train(
        recipe,
        fresh_state(recipe, case.params),
        data_of(case),
        settings,
        np.random.default_rng(0),
    )
    moved = np.abs(result.state.params - case.params).max()
    assert moved > 0.005
    np.testing.assert_allclose(result.state.params[0], expected, atol=1e-4)
    assert result.state.n_steps == 8


def test_both_ways_to_run_agree(make, cell):
    """With everything on that draws nothing: schedule, penalties, a last batch."""
    case = make(Architecture(cell, (3,), 2, 1, bidirectional=True), n_rows=11)
    results = [
        fit(
            recipe_of(case.architecture, "adamw"),
            data_of(case),
            Settings(
                learning_rate=0.003,
                schedule="one_cycle",
                alpha=0.1,
                weight_decay=0.01,
                clip_norm=1.0,
                batch_size=4,
                epochs=3,
                jit_compile=jit_compile,
            ),
            n_networks=2,
        )
        for jit_compile in (False, True)
    ]
    np.testing.assert_allclose(
        results[1].state.params, results[0].state.params, atol=1e-4
    )
    np.testing.assert_allclose(results[1].loss_curve, results[0].loss_curve, rtol=1e-4)


@BOTH_WAYS_TO_RUN
def test_same_seed_same_bits(make, jit_compile):
    case = make(Architecture("gru", (3,), 2, 1), n_rows=9)
    settings = Settings(
        dropout=0.3,
        recurrent_dropout=0.2,
        batch_size=4,
        epochs=3,
        jit_compile=jit_compile,
    )
    recipe = recipe_of(case.architecture)
    first, second, other = (
        fit(recipe, data_of(case), settings, seed).state.params for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, second)
    assert not np.allclose(first, other)


def test_penalty_is_that_of_a_ridge(make):
    """Half alpha times the squared kernels, over the rows; biases go free."""
    case = make(Architecture("lstm", (3,), 2, 2))
    recipe, data = recipe_of(case.architecture), data_of(case, np.ones((6, 1)))
    curves = [
        train(
            recipe,
            fresh_state(recipe, case.params),
            data,
            Settings(alpha=alpha, epochs=1, jit_compile=False),
            np.random.default_rng(0),
        ).loss_curve
        for alpha in (0.0, 0.3)
    ]
    kernels = np.concatenate(
        [
            case.params[0, p.start : p.stop]
            for p in layout(case.architecture)
            if not p.name.endswith("bias")
        ]
    )
    expected = 0.5 * 0.3 * (kernels**2).sum() / 6
    assert (curves[1] - curves[0])[0, 0] == pytest.approx(expected)


@BOTH_WAYS_TO_RUN
def test_weight_two_is_a_repeated_row(make, jit_compile):
    case = make(Architecture("lstm", (4,), 2, 2), n_rows=8)
    x, y, _, mask, _ = case.batch
    counts = np.array([2, 1, 0, 1, 3, 1, 1, 1])
    repeated = np.repeat(np.arange(8), counts)
    settings = Settings(
        learning_rate=0.01, batch_size=32, epochs=5, alpha=0.1, jit_compile=jit_compile
    )
    recipe = recipe_of(case.architecture)
    weighted = fit(recipe, Arrays(x, y, counts[:, None] * 1.0, mask), settings)
    data = Arrays(x[repeated], y[repeated], np.ones((10, 1)), mask[repeated])
    plain = fit(recipe, data, settings)
    tolerance = 1e-5 if jit_compile else 1e-12
    np.testing.assert_allclose(
        weighted.state.params, plain.state.params, atol=tolerance
    )
    np.testing.assert_allclose(weighted.loss_curve, plain.loss_curve, rtol=1e-5)


def test_order_of_the_rows_is_no_matter_in_a_full_batch(make):
    case = make(Architecture("lstm", (4,), 2, 2), n_rows=20)
    order = np.random.default_rng(1).permutation(20)
    recipe, settings = recipe_of(case.architecture), Settings(batch_size=32, epochs=5)
    first = fit(recipe, data_of(case), settings)
    second = fit(recipe, Arrays(*(a[order] for a in case.batch[:4])), settings)
    np.testing.assert_allclose(first.state.params, second.state.params, atol=1e-12)


class Recorder(Arrays):
    """Arrays that write down which rows were asked for."""

    def __init__(self, *arrays):
        super().__init__(*arrays)
        self.taken = []

    def take(self, index):
        self.taken.extend(index)
        return super().take(index)


@pytest.mark.parametrize("shuffle", [False, True])
def test_every_epoch_sees_every_row_once(make, shuffle):
    case = make(Architecture("rnn", (2,), 1, 1), n_rows=10)
    data = Recorder(*case.batch[:4])
    settings = Settings(batch_size=4, epochs=2, shuffle=shuffle, jit_compile=False)
    fit(recipe_of(case.architecture), data, settings)
    epochs = np.reshape(data.taken, (2, 10))
    np.testing.assert_array_equal(np.sort(epochs), [np.arange(10)] * 2)
    in_order = (epochs == np.arange(10)).all(axis=1)
    assert not in_order.any() if shuffle else in_order.all()
    assert (epochs[0] != epochs[1]).any() == shuffle


@BOTH_WAYS_TO_RUN
def test_networks_side_by_side_are_independent(make, jit_compile):
    case = make(Architecture("lstm", (3,), 2, 1), n_networks=3, n_rows=9)
    settings = Settings(
        batch_size=4, epochs=2, shuffle=False, clip_norm=0.5, jit_compile=jit_compile
    )
    recipe = recipe_of(case.architecture)
    rng = np.random.default_rng(0)
    together = train(
        recipe, fresh_state(recipe, case.params), data_of(case), settings, rng
    )
    for k in range(3):
        alone = train(
            recipe,
            fresh_state(recipe, case.params[k : k + 1]),
            data_of(case),
            settings,
            rng,
        )
        np.testing.assert_allclose(
            together.state.params[k], alone.state.params[0], atol=1e-6
        )
        np.testing.assert_allclose(
            together.loss_curve[:, k], alone.loss_curve[:, 0], rtol=1e-5
        )


def test_early_stopping_keeps_the_best_weights_of_each_network(make):
    case = make(Architecture("rnn", (2,), 2, 1), n_networks=2)
    recipe, seen = recipe_of(case.architecture), []
    course = {0: (1, 1), 1: (3, 2), 2: (2, 5), 3: (2.5, 4), 4: (1, 3)}

    def score(params):
        seen.append(params.copy())
        return np.array(course[len(seen) - 1])

    settings = Settings(epochs=50, n_iter_no_change=1, jit_compile=False)
    rng = np.random.default_rng(0)
    state = fresh_state(recipe, case.params)
    result = train(recipe, state, data_of(case), settings, rng, score=score)
    assert result.n_epochs == len(seen) == 5
    np.testing.assert_array_equal(result.scores, [course[k] for k in range(5)])
    np.testing.assert_array_equal(result.state.params[0], seen[1][0])
    np.testing.assert_array_equal(result.state.params[1], seen[2][1])


def test_progress_below_the_tolerance_does_not_count(make):
    case = make(Architecture("rnn", (2,), 2, 1))
    scores = iter(np.arange(50) * 1e-3)
    settings = Settings(epochs=50, n_iter_no_change=3, tol=0.01, jit_compile=False)
    result = fit(
        recipe_of(case.architecture),
        data_of(case),
        settings,
        score=lambda params: np.array([next(scores)]),
    )
    # 0.000 counts, 0.001 to 0.010 do not: the fourth of them ends it.
    assert result.n_epochs == 5


@BOTH_WAYS_TO_RUN
def test_a_loss_that_is_not_finite_says_what_to_do(make, jit_compile):
    case = make(Architecture("rnn", (4,), 2, 1, activation="relu"))
    case.batch = case.batch._replace(y=case.batch.y * 1e200)
    settings = Settings(learning_rate=1.5, epochs=200, jit_compile=jit_compile)
    with (
        np.errstate(all="ignore"),
        pytest.raises(ValueError, match="no longer finite") as caught,
    ):
        fit(recipe_of(case.architecture, "sgd"), data_of(case), settings)
    for advice in ("'learning_rate' (it is 1.5)", "'clip_norm'", "StandardScaler"):
        assert advice in str(caught.value)


def test_interruption_keeps_the_weights_so_far(make):
    case = make(Architecture("rnn", (2,), 2, 1))
    recipe = recipe_of(case.architecture)

    def interrupt(epoch, params, loss, score):
        if epoch == 2:
            raise KeyboardInterrupt

    settings = Settings(epochs=10, jit_compile=False)
    result = fit(recipe, data_of(case), settings, on_epoch=interrupt)
    assert result.interrupted
    assert result.n_epochs == 3
    whole = fit(recipe, data_of(case), Settings(epochs=3, jit_compile=False))
    assert not whole.interrupted
    np.testing.assert_array_equal(result.state.params, whole.state.params)


def test_a_callback_can_end_the_training(make):
    case = make(Architecture("rnn", (2,), 2, 1))
    seen = []

    def end(epoch, params, loss, score):
        seen.append((epoch, params.shape, loss.shape, score))
        return epoch == 1

    result = fit(
        recipe_of(case.architecture),
        data_of(case),
        Settings(epochs=10, jit_compile=False),
        on_epoch=end,
    )
    shape = (1, n_parameters(case.architecture))
    assert seen == [(0, shape, (1,), None), (1, shape, (1,), None)]
    assert result.n_epochs == 2


@BOTH_WAYS_TO_RUN
def test_going_on_is_as_good_as_not_stopping(make, jit_compile):
    """Two runs of two epochs, handed on, are one run of four."""
    case = make(Architecture("gru", (3,), 2, 1), n_rows=9)
    recipe, data = recipe_of(case.architecture), data_of(case)
    settings = {"batch_size": 4, "jit_compile": jit_compile}
    rng = np.random.default_rng(0)
    whole = train(recipe, start(recipe, rng), data, Settings(epochs=4, **settings), rng)
    rng = np.random.default_rng(0)
    half = train(recipe, start(recipe, rng), data, Settings(epochs=2, **settings), rng)
    rest = train(recipe, half.state, data, Settings(epochs=2, **settings), rng)
    np.testing.assert_array_equal(rest.state.params, whole.state.params)
    assert rest.state.n_steps == whole.state.n_steps == 12


def test_recurrent_networks_learn_what_is_far_back(make):
    """The value of the first step, seven steps later: a gradient through time."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (200, 8, 1))
    recipe = recipe_of(Architecture("lstm", (8,), 1, 1))
    data = Arrays(x, x[:, 0], np.ones((200, 1)))
    settings = Settings(learning_rate=0.02, epochs=60, jit_compile=False)
    state = fit(recipe, data, settings).state
    x = rng.uniform(-1, 1, (200, 8, 1))
    error = _inference.predict(recipe.architecture, state.params, x)[0] - x[:, 0]
    assert (error**2).mean() < 0.05 * x.var()
