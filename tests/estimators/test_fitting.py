"""Going on, stopping early, and what is told on the way."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import r2_score

from skrnn import RNNClassifier, RNNRegressor
from skrnn.estimators._rows import Rows, split
from skrnn.estimators._sequences import Sequences

FAST = {"units": 4, "cell": "rnn", "epochs": 3, "random_state": 0}


def weights(model):
    return np.concatenate([w.ravel() for w in model.weights_])


class TestPartialFit:
    def test_equals_a_fit_of_so_many_epochs(self, sequences, numbers):
        """In one batch, without anything random, nothing tells them apart."""
        model = RNNRegressor(**FAST | {"batch_size": 20})
        fitted = clone(model).fit(sequences, numbers)
        for _ in range(3):
            model.partial_fit(sequences, numbers)
        assert_allclose(weights(model), weights(fitted), rtol=1e-12)
        assert_allclose(model.loss_curve_, fitted.loss_curve_)
        assert (model.n_iter_, fitted.n_iter_) == (1, 3)

    @pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd", "rmsprop"])
    def test_goes_on_after_a_fit(self, sequences, numbers, optimizer):
        model = RNNRegressor(**FAST, optimizer=optimizer).fit(sequences, numbers)
        before = weights(model)
        model.partial_fit(sequences, numbers)
        assert len(model.loss_curve_) == 4
        assert 0 < np.abs(weights(model) - before).max() < 0.1

    def test_draws_anew_at_each_call(self, sequences, numbers):
        model = RNNRegressor(**FAST, dropout=0.5, learning_rate=1e-9)
        for _ in range(3):
            model.partial_fit(sequences, numbers)
        assert len(set(np.round(model.loss_curve_, 6))) == 3

    def test_on_other_samples(self, sequences, numbers):
        model = RNNRegressor(**FAST)
        for rows in (slice(0, 5), slice(5, 6), slice(6, 20)):
            model.partial_fit(sequences[rows], numbers[rows])
        assert len(model.loss_curve_) == 3

    def test_not_with_early_stopping(self, sequences, numbers):
        model = RNNRegressor(early_stopping=True)
        assert not hasattr(model, "partial_fit")
        with pytest.raises(AttributeError, match="partial_fit") as caught:
            model.partial_fit(sequences, numbers)
        assert "early_stopping=False" in str(caught.value.__cause__)

    def test_of_another_network(self, sequences, numbers):
        model = RNNRegressor(**FAST).partial_fit(sequences, numbers)
        model.set_params(units=5)
        message = (
            r"only go on with the network that was fitted, with units=\(4,\), but the "
            r"parameters and the data now ask for units=\(5,\)\."
        )
        with pytest.raises(ValueError, match=message):
            model.partial_fit(sequences, numbers)

    def test_with_another_optimizer(self, sequences, numbers):
        """What one remembers of the gradients, the other does not take for its own."""
        model = RNNRegressor(**FAST, optimizer="rmsprop")
        model.partial_fit(sequences, numbers)
        first = weights(model)
        model.set_params(optimizer="sgd", learning_rate=1e-12)
        model.partial_fit(sequences, numbers)
        assert len(model.loss_curve_) == 2
        assert_allclose(weights(model), first, rtol=0, atol=1e-9)

    def test_of_another_loss(self, sequences, numbers):
        model = RNNRegressor(**FAST, loss="poisson")
        model.partial_fit(sequences, abs(numbers))
        model.set_params(loss="squared_error")
        with pytest.raises(ValueError, match="only go on with the loss that was"):
            model.partial_fit(sequences, abs(numbers))


class TestWarmStart:
    def test_goes_on(self, sequences, numbers):
        model = RNNRegressor(**FAST, warm_start=True).fit(sequences, numbers)
        first = weights(model)
        model.fit(sequences, numbers)
        assert model.n_iter_ == 3
        assert len(model.loss_curve_) == 6
        assert model.loss_curve_[3] < model.loss_curve_[0]
        assert (weights(model) != first).any()

    def test_predictions_have_the_form_of_the_last_targets(self, sequences, numbers):
        model = RNNRegressor(**FAST, warm_start=True).fit(sequences, numbers)
        one = model.fit(sequences, numbers[:, None]).predict(sequences)
        assert one.shape == (20, 1)
        model.set_params(loss="quantile", warm_start=False).fit(sequences, numbers)
        model.set_params(quantile=[0.5], warm_start=True).fit(sequences, numbers)
        assert model.predict(sequences).shape == (20, 1)
        vectors = RNNRegressor(**FAST, structure="vec2seq")
        vectors.fit(sequences[:, 0], numbers)
        with pytest.raises(ValueError, match="n_steps_out=1"):
            vectors.partial_fit(sequences[:, 0], sequences[:, :, 0])
        assert vectors.predict(sequences[:, 0]).shape == (20,)

    @pytest.mark.parametrize("method", ["fit", "partial_fit"])
    def test_that_fails_changes_nothing(self, sequences, numbers, method):
        model = RNNRegressor(**FAST, warm_start=True).fit(sequences, numbers)
        predicted = model.predict(sequences)
        model.set_params(learning_rate=1e200, clip_norm=None)
        before = dict(vars(model))
        with pytest.raises(ValueError, match="no longer finite"):
            getattr(model, method)(sequences, numbers[:, None])
        assert vars(model).keys() == before.keys()
        assert all(vars(model)[name] is value for name, value in before.items())
        assert_array_equal(model.predict(sequences), predicted)

    def test_from_given_weights(self, sequences, numbers):
        model = RNNRegressor(**FAST, warm_start=True, learning_rate=1e-12)
        model.fit(sequences, numbers)
        model.weights_ = [np.full_like(w, 0.1) for w in model.weights_]
        assert_allclose(weights(model.fit(sequences, numbers)), 0.1, rtol=1e-9)

    def test_off(self, sequences, numbers):
        model = RNNRegressor(**FAST).fit(sequences, numbers)
        first = weights(model)
        assert_array_equal(weights(model.fit(sequences, numbers)), first)
        assert len(model.loss_curve_) == 3


class TestEarlyStopping:
    SLOW = FAST | {
        "epochs": 500,
        "learning_rate": 0.02,
        "early_stopping": True,
        "jit_compile": False,
    }

    def test_stops_and_keeps_the_best_weights(self, rng):
        X, noise = rng.normal(size=(60, 4)), rng.normal(size=60)
        model = RNNRegressor(**self.SLOW).fit(X, X[:, 0] + noise)
        assert model.n_iter_ < 500
        assert len(model.validation_scores_) == len(model.loss_curve_) == model.n_iter_
        best = int(np.argmax(model.validation_scores_))
        assert model.best_validation_score_ == model.validation_scores_[best]
        # the same fit, stopped by hand in its best epoch
        until = RNNRegressor(**self.SLOW | {"epochs": best + 1}).fit(X, X[:, 0] + noise)
        assert_array_equal(weights(model), weights(until))

    def test_patience(self, sequences):
        """A target that nothing tells anything of never gets better."""
        y = np.tile([0.0, 1.0], 10)
        for patience in (2, 5):
            model = RNNRegressor(**self.SLOW, n_iter_no_change=patience, tol=10.0)
            assert model.fit(sequences, y).n_iter_ == patience + 2

    def test_last_samples_validate_data_in_order(self, rng):
        """The tail has other numbers: its score says that it was taken."""
        X = rng.normal(size=(40, 5))
        y = X[:, 0].copy()
        y[-10:] = 100 + rng.normal(size=10)
        model = RNNRegressor(
            **self.SLOW | {"epochs": 1}, shuffle=False, validation_fraction=0.25
        )
        model.fit(X, y)
        assert_allclose(model.weights_[-1], y[:-10].mean(), atol=0.5)
        loss = np.square(y[-10:] - model.predict(X[-10:])).mean()
        baseline = np.square(y[-10:] - y[:-10].mean()).mean()
        assert_allclose(model.validation_scores_[0], 1 - loss / baseline)

    def test_random_samples_validate_others(self, rng):
        X, y = rng.normal(size=(300, 4)), np.arange(300.0)
        model = RNNRegressor(**self.SLOW | {"epochs": 1}).fit(X, y)
        # of ordered targets a random part leaves the mean where it was
        assert abs(model.weights_[-1][0] - y.mean()) < 10

    def test_score_of_a_classifier_is_accuracy(self, sequences, labels):
        model = RNNClassifier(**self.SLOW, validation_fraction=0.5)
        model.fit(sequences, labels)
        assert {round(10 * s, 9) % 1 for s in model.validation_scores_} == {0}

    def test_classes_have_their_share_of_the_validation_part(self, rng):
        """With a third class of 1 in 10, a random part would often have none of it."""
        labels = np.repeat([0, 1, 2], [90, 90, 20])
        sequences = Sequences(rng.normal(size=(200, 3, 1)), None)
        rows = Rows(sequences, np.eye(3)[labels], np.ones(200), np.arange(200))
        training, validation = split(rows, 0.1, rng, labels)
        assert np.bincount(labels[validation.index]).tolist() == [9, 9, 2]
        both = np.concatenate([training.index, validation.index])
        assert_array_equal(np.sort(both), np.arange(200))

    @pytest.mark.parametrize("loss", ["absolute_error", "huber", "quantile", "poisson"])
    def test_other_losses(self, rng, loss):
        X = rng.normal(size=(100, 4))
        y = rng.poisson(np.exp(X[:, -1]))
        model = RNNRegressor(**self.SLOW, loss=loss, n_iter_no_change=30).fit(X, y)
        assert 0 < model.best_validation_score_ < 1

    def test_score_of_the_squared_error_is_that_of_score(self, rng):
        X = rng.normal(size=(50, 4))
        y = np.concatenate([X[:25, 0], X[:25, 0]])
        X[25:] = X[:25]
        model = RNNRegressor(
            **self.SLOW | {"epochs": 1}, shuffle=False, validation_fraction=0.5
        )
        expected = r2_score(y[25:], model.fit(X, y).predict(X[25:]))
        assert_allclose(model.validation_scores_, expected)

    @pytest.mark.parametrize("structure", ["seq2seq", "vec2seq"])
    def test_of_sequences(self, rng, structure):
        X = rng.normal(size=(30, 4, 2))
        X[:3, :2] = np.nan
        x = np.nan_to_num(X[:, 0]) if structure == "vec2seq" else X
        y = rng.normal(size=(30, 4))
        model = RNNRegressor(**self.SLOW | {"epochs": 2}, structure=structure)
        assert len(model.fit(x, y).validation_scores_) == 2
        model = RNNClassifier(**self.SLOW | {"epochs": 2}, structure=structure)
        assert len(model.fit(x, y > 0).validation_scores_) == 2

    def test_too_few_samples(self, sequences, numbers):
        with pytest.raises(
            ValueError, match="leaves none for training, with n_samples"
        ):
            RNNRegressor(**self.SLOW).fit(sequences[:1], numbers[:1])

    def test_without_it_there_is_no_score(self, sequences, numbers):
        model = RNNRegressor(**FAST).fit(sequences, numbers)
        assert model.validation_scores_ is None
        assert model.best_validation_score_ is None
        assert model.best_loss_ == min(model.loss_curve_)


def test_verbose(sequences, numbers, capsys):
    RNNRegressor(**FAST, verbose=1).fit(sequences, numbers)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("Epoch 1/3, loss = ")
    RNNRegressor(**FAST, verbose=1, early_stopping=True).fit(sequences, numbers)
    assert "validation score = " in capsys.readouterr().out
    RNNRegressor(**FAST).fit(sequences, numbers)
    assert capsys.readouterr().out == ""


class Recorder:
    """A callback that notes what it is told."""

    def __init__(self, stop_after=None, interrupt_after=None):
        self.events = []
        self.models = []
        self.stop_after, self.interrupt_after = stop_after, interrupt_after

    def setup(self, estimator, context):
        self.events.append("setup")

    def teardown(self, estimator, context):
        self.events.append("teardown")

    def on_fit_task_begin(self, estimator, context):
        self.events.append(f"begin {context.task_name} {context.task_id}")

    def on_fit_task_end(
        self,
        estimator,
        context,
        *,
        X=None,
        y=None,
        metadata=None,
        fitted_estimator=None,
    ):
        self.events.append(f"end {context.task_name} {context.task_id}")
        if context.task_name == "epoch" and fitted_estimator is not None:
            self.models.append((fitted_estimator, X, y, metadata))
            if len(self.models) == self.interrupt_after:
                raise KeyboardInterrupt
            return len(self.models) == self.stop_after
        return None


def assert_all_that_begins_ends(recorder):
    begun = [e[6:] for e in recorder.events if e.startswith("begin")]
    ended = [e[4:] for e in recorder.events if e.startswith("end")]
    assert sorted(begun) == sorted(ended)


class TestCallbacks:
    def test_order_of_events(self, sequences, numbers):
        recorder = Recorder()
        model = RNNRegressor(**FAST | {"epochs": 2}).set_callbacks(recorder)
        model.fit(sequences, numbers)
        assert recorder.events == [
            "setup", "begin fit 0", "begin epoch 0", "end epoch 0", "begin epoch 1",
            "end epoch 1", "end fit 0", "teardown",
        ]  # fmt: skip

    def test_every_task_that_begins_ends(self, sequences, numbers):
        recorder = Recorder()
        model = RNNRegressor(
            **FAST | {"epochs": 50}, early_stopping=True, n_iter_no_change=1, tol=10.0
        )
        model.set_callbacks(recorder).fit(sequences, numbers)
        assert model.n_iter_ == len(recorder.models) == 3
        assert_all_that_begins_ends(recorder)

    def test_fitted_estimator_of_an_epoch(self, sequences, numbers):
        recorder = Recorder()
        weight = np.ones(20)
        model = RNNRegressor(**FAST).set_callbacks(recorder)
        model.fit(sequences, numbers, weight)
        for epochs, (fitted, X, y, metadata) in enumerate(recorder.models, start=1):
            assert X is sequences
            assert y is numbers
            assert metadata == {"sample_weight": weight}
            expected = RNNRegressor(**FAST | {"epochs": epochs}).fit(sequences, numbers)
            assert_array_equal(fitted.predict(X), expected.predict(X))
            assert fitted.loss_curve_ == expected.loss_curve_

    def test_a_callback_can_stop(self, sequences, numbers):
        recorder = Recorder(stop_after=2)
        model = RNNRegressor(**FAST | {"epochs": 50}).set_callbacks(recorder)
        assert model.fit(sequences, numbers).n_iter_ == 2
        assert recorder.events[-2:] == ["end fit 0", "teardown"]

    def test_scoring_monitor(self, sequences, labels):
        monitor = ScoringMonitor(scoring="accuracy")
        model = RNNClassifier(**FAST).set_callbacks(monitor).fit(sequences, labels)
        log = [
            row["accuracy"]
            for row in monitor.get_logs().data
            if "epoch" in row.values()
        ]
        assert len(log) == 3
        assert log[-1] == model.score(sequences, labels)

    def test_progress_bar(self, sequences, numbers, capsys):
        pytest.importorskip("rich", reason="ProgressBar draws with it")
        model = RNNRegressor(**FAST).set_callbacks(ProgressBar())
        model.fit(sequences, numbers)
        assert "RNNRegressor - fit" in capsys.readouterr().out

    @pytest.mark.parametrize("fails", ["epoch 1", "fit 0"])
    def test_an_error_is_told_as_by_scikit_learn(self, sequences, numbers, fails):
        """Callbacks are torn down; what did not come to its end does not end."""

        class Failing(Recorder):
            def on_fit_task_begin(self, estimator, context):
                name = context.task_name.replace("lbfgs-iter", "epoch")
                self.events.append(f"begin {name} {context.task_id}")
                if self.events[-1] == f"begin {fails}":
                    raise ValueError("no more")

        events = []
        table, above = sequences.reshape(len(sequences), -1), numbers > numbers.mean()
        for model, X, y in (
            (RNNRegressor(**FAST), sequences, numbers),
            (LogisticRegression(), table, above),
        ):
            recorder = Failing()
            with pytest.raises(ValueError, match="no more"):
                model.set_callbacks(recorder).fit(X, y)
            events.append([e.replace("lbfgs-iter", "epoch") for e in recorder.events])
            assert not hasattr(model, "_callback_fit_ctx")
        assert events[0] == events[1]
        assert events[0][-2:] == [f"begin {fails}", "teardown"]

    def test_partial_fit(self, sequences, numbers):
        recorder = Recorder()
        model = RNNRegressor(**FAST).set_callbacks(recorder)
        model.partial_fit(sequences, numbers).partial_fit(sequences, numbers)
        assert len(recorder.models) == 2


class TestInterruption:
    def test_keeps_the_weights_so_far(self, sequences, numbers):
        recorder = Recorder(interrupt_after=2)
        model = RNNRegressor(**FAST | {"epochs": 50}).set_callbacks(recorder)
        with pytest.warns(
            ConvergenceWarning, match="interrupted after 2 epoch"
        ) as caught:
            model.fit(sequences, numbers)
        assert caught[0].filename == __file__
        assert model.n_iter_ == 2
        expected = RNNRegressor(**FAST | {"epochs": 2}).fit(sequences, numbers)
        assert_array_equal(weights(model), weights(expected))
        assert_all_that_begins_ends(recorder)
        assert recorder.events[-1] == "teardown"

    def test_keeps_the_best_weights_with_early_stopping(self, sequences, numbers):
        recorder = Recorder(interrupt_after=3)
        model = RNNRegressor(**FAST | {"epochs": 50}, early_stopping=True)
        with pytest.warns(ConvergenceWarning):
            model.set_callbacks(recorder).fit(sequences, numbers)
        assert len(model.validation_scores_) == 3
        assert np.isfinite(model.predict(sequences)).all()

    def test_before_the_first_epoch_is_over(self, sequences, numbers, monkeypatch):
        """There is nothing to keep then but what was there before."""
        take = Rows.take

        def interrupted(self, positions):
            if len(positions) > 1:
                raise KeyboardInterrupt
            return take(self, positions)

        fitted = RNNRegressor(**FAST, warm_start=True).fit(sequences, numbers)
        before, losses = weights(fitted), list(fitted.loss_curve_)
        monkeypatch.setattr(Rows, "take", interrupted)
        recorder = Recorder()
        # it would score what was not fitted
        monitor = ScoringMonitor(scoring="r2")
        model = RNNRegressor(**FAST).set_callbacks(recorder, monitor)
        with pytest.raises(KeyboardInterrupt, match="in its first epoch"):
            model.fit(sequences, numbers)
        assert recorder.events[-2:] == ["begin epoch 0", "teardown"]
        with pytest.raises(NotFittedError):
            model.predict(sequences)
        for go_on in (fitted.fit, fitted.partial_fit):
            with pytest.raises(KeyboardInterrupt):
                go_on(sequences, numbers)
        assert_array_equal(weights(fitted), before)
        assert fitted.loss_curve_ == losses


def test_scores_of_an_earlier_fit_do_not_stay(sequences, numbers):
    params = FAST | {"warm_start": True}
    model = RNNRegressor(**params, early_stopping=True).fit(sequences, numbers)
    first = list(model.validation_scores_)
    model.fit(sequences, numbers)
    assert model.validation_scores_[: len(first)] == first
    assert len(model.validation_scores_) == len(model.loss_curve_)
    model.set_params(early_stopping=False).fit(sequences, numbers)
    assert model.validation_scores_ is None
    assert model.best_validation_score_ is None
    model.set_params(early_stopping=True).fit(sequences, numbers)
    assert len(model.validation_scores_) == model.n_iter_


@pytest.mark.parametrize("jit_compile", [False, True])
def test_thousands_of_steps_raise_no_underflow(sequences, numbers, jit_compile):
    params = FAST | {"epochs": 900, "batch_size": 2, "jit_compile": jit_compile}
    with np.errstate(all="raise"):
        model = RNNRegressor(**params).fit(sequences, numbers)
    assert model.n_iter_ * len(numbers) / 2 > 7100  # 0.9 to this power is no number


def test_no_warning_from_a_plain_fit(sequences, numbers):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        RNNRegressor(**FAST).fit(sequences, numbers)


@pytest.mark.parametrize("units", [4, 64])  # in double and in single precision
@pytest.mark.parametrize("exponent", [-150, 150, 600])
def test_the_unit_of_weights_does_not_matter(sequences, numbers, units, exponent):
    weight = np.linspace(0.5, 2, len(numbers))
    fits = [
        RNNRegressor(**FAST | {"units": units}, alpha=0).fit(
            sequences, numbers, sample_weight=weight * unit
        )
        for unit in (1, 2.0**exponent)
    ]
    assert_array_equal(weights(fits[1]), weights(fits[0]))


class TestRowsWithoutWeight:
    """They are never all there is to train on, or to validate with."""

    def test_masked_sequences_at_the_end(self, sequences):
        X = sequences.copy()
        X[10:] = np.nan
        for y, Estimator in [
            (sequences[:, :, 0], RNNRegressor),
            (sequences[:, :, 0] > 0, RNNClassifier),
        ]:
            kept, dropped = (
                Estimator(
                    **FAST, structure="seq2seq", shuffle=False, early_stopping=True
                ).fit(X[:n], y[:n])
                for n in (10, 20)
            )
            assert dropped.validation_scores_ == kept.validation_scores_
            assert_array_equal(weights(dropped), weights(kept))

    def test_masked_sequences_before(self, sequences):
        X = sequences.copy()
        X[:18] = np.nan
        model = RNNRegressor(
            **FAST, structure="seq2seq", shuffle=False, early_stopping=True
        )
        model.fit(X, sequences[:, :, 0])
        assert np.isfinite(model.predict(X)).all()

    def test_a_class_without_weight(self, sequences):
        y = np.repeat([0, 1, 2], [9, 9, 2])
        model = RNNClassifier(
            **FAST, shuffle=False, early_stopping=True, class_weight={2: 0}
        )
        model.fit(sequences, y)
        assert np.isfinite(model.validation_scores_).all()
        with pytest.raises(ValueError, match="'class_weight'"):
            model.set_params(class_weight={0: 0, 1: 0, 2: 0}).fit(sequences, y)

    def test_nothing_to_score(self, sequences):
        y = sequences[:, :, 0]
        nothing = np.full_like(sequences, np.nan)
        for model in (
            RNNRegressor(**FAST, structure="seq2seq").fit(sequences, y),
            RNNClassifier(**FAST, structure="seq2seq").fit(sequences, y > 0),
        ):
            with pytest.raises(ValueError, match="a time step that is not masked"):
                model.score(nothing, y > 0)


def test_no_outputs(sequences):
    model = RNNRegressor(structure="seq2seq")
    with pytest.raises(
        ValueError, match=r"at least one output, got shape \(20, 6, 0\)"
    ):
        model.fit(sequences, sequences[:, :, :0])
