"""RNNClassifier."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils.metaestimators import available_if

from skrnn._sklearn import StrOptions, fit_context
from skrnn.engine._losses import Loss

from ._base import BaseRNN, can_go_on
from ._class_weight import class_weights
from ._docstrings import with_shared_text
from ._network import join, network_outputs
from ._rows import Rows, check_weight
from ._targets import as_samples, check_classes, check_labels, label_index


@with_shared_text
class RNNClassifier(ClassifierMixin, BaseRNN):
    """Recurrent neural network classifier.

    Parameters
    ----------
    <network>

    loss : {"log_loss"}, default="log_loss"
        What is made small: the cross-entropy of the classes.

    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, by label; classes that are not named have 1.
        `"balanced"` makes all classes count the same. Multiplied with `sample_weight`.

    <training>

    Attributes
    ----------
    <attributes>

    classes_ : ndarray of shape (n_classes,)
        The class labels, sorted.

    See Also
    --------
    RNNRegressor : The same network for numbers.
    SequenceTokenizer : Texts as sequences of integers, for `vocabulary_size`.

    Notes
    -----
    <notes>

    The score of `early_stopping` is the accuracy, and the validation part has the
    classes in their shares, unless they are labels of sequences.

    References
    ----------
    <references>

    Examples
    --------
    Does a sequence rise or fall, whatever its length?

    >>> import numpy as np
    >>> from skrnn import RNNClassifier
    >>> rng = np.random.default_rng(0)
    >>> slope = rng.choice([-1, 1], size=200)
    >>> X = slope[:, None] * np.linspace(-1, 1, 8) + rng.normal(size=(200, 8)) / 2
    >>> y = np.where(slope > 0, "rises", "falls")
    >>> model = RNNClassifier(8, learning_rate=0.02, epochs=20, random_state=0)
    >>> model.fit(X[:100], y[:100]).score(X[100:], y[100:]) > 0.9
    True
    >>> model.predict([[np.nan, np.nan, -0.4, -0.1, 0.1, 0.4, 0.7, 1.0]])
    array(['rises'], dtype='<U5')
    """

    _parameter_constraints = {
        **BaseRNN._parameter_constraints,
        "loss": [StrOptions({"log_loss"})],
        "class_weight": [StrOptions({"balanced"}), dict, None],
    }

    def __init__(
        self,
        units=32,
        *,
        cell="lstm",
        structure="seq2vec",
        bidirectional=False,
        residual=False,
        activation="tanh",
        vocabulary_size=None,
        embedding_size=16,
        dropout=0.0,
        recurrent_dropout=0.0,
        loss="log_loss",
        class_weight=None,
        optimizer="adam",
        learning_rate=1e-3,
        learning_rate_schedule="constant",
        momentum=0.9,
        weight_decay=0.004,
        alpha=0.0,
        clip_norm=1.0,
        batch_size="auto",
        epochs=100,
        shuffle=True,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=10,
        tol=1e-4,
        warm_start=False,
        n_features_per_step=1,
        jit_compile="auto",
        random_state=None,
        verbose=0,
    ):
        self.units = units
        self.cell = cell
        self.structure = structure
        self.bidirectional = bidirectional
        self.residual = residual
        self.activation = activation
        self.vocabulary_size = vocabulary_size
        self.embedding_size = embedding_size
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.loss = loss
        self.class_weight = class_weight
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.alpha = alpha
        self.clip_norm = clip_norm
        self.batch_size = batch_size
        self.epochs = epochs
        self.shuffle = shuffle
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.warm_start = warm_start
        self.n_features_per_step = n_features_per_step
        self.jit_compile = jit_compile
        self.random_state = random_state
        self.verbose = verbose

    @available_if(can_go_on)
    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Train for one epoch, from the weights there are.

        Only available without `early_stopping`, and without
        ``class_weight="balanced"``, which needs all samples at once.

        Parameters
        ----------
        X : array-like
            As in `fit`.

        y : array-like
            As in `fit`.

        classes : array-like of shape (n_classes,), default=None
            All labels that will come up. Needed at the first call.

        sample_weight : array-like of shape (n_samples,), default=None
            As in `fit`.

        Returns
        -------
        self : RNNClassifier
            The fitted estimator.
        """
        if classes is None and not hasattr(self, "weights_"):
            raise ValueError("classes must be passed on the first call to partial_fit.")
        return self._fit(X, y, sample_weight, incremental=True, classes=classes)

    def predict(self, X):
        """Predict the most probable classes.

        Parameters
        ----------
        X : array-like
            As in `fit`.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_timesteps)
            The labels.
        """
        best = _best(self._logits(self._check_sequences(X)))
        return self.classes_[best.squeeze(self._squeezed_axes)]

    def predict_proba(self, X):
        """Predict the probability of each class.

        Parameters
        ----------
        X : array-like
            As in `fit`.

        Returns
        -------
        probability : ndarray of shape (n_samples, n_classes) or \
                (n_samples, n_timesteps, n_classes)
            The probabilities, in the order of `classes_`.
        """
        return np.exp(self.predict_log_proba(X))

    def predict_log_proba(self, X):
        """Predict the logarithm of the probability of each class.

        Parameters
        ----------
        X : array-like
            As in `fit`.

        Returns
        -------
        log_probability : ndarray of shape (n_samples, n_classes) or \
                (n_samples, n_timesteps, n_classes)
            The logarithms, in the order of `classes_`.
        """
        logits = self._logits(self._check_sequences(X)).squeeze(self._squeezed_axes)
        if logits.shape[-1] == 1:
            return -np.logaddexp(0, np.concatenate([logits, -logits], axis=-1))
        return logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)

    def score(self, X, y, sample_weight=None):
        """Compute the accuracy.

        Steps of a sequence count as samples, masked ones not at all.

        Parameters
        ----------
        X : array-like
            As in `fit`.

        y : array-like
            As in `fit`.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.

        Returns
        -------
        score : float
            The part of the labels that is predicted right.
        """
        sequences = self._check_sequences(X)
        targets = self._check_known_targets(y, sequences)
        weight = check_weight(sample_weight, sequences)
        predicted = self.classes_[_best(self._logits(sequences))]
        shape = targets.values.shape
        y, predicted, weight = as_samples(targets, shape, predicted, weight)
        return accuracy_score(y, predicted, sample_weight=weight)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # a sequence of labels is not one label
        tags.target_tags.single_output = self.structure == "seq2vec"
        return tags

    def _logits(self, sequences):
        return network_outputs(self.architecture_, join(self.weights_), sequences)

    def _check_targets(self, structure, y, sequences):
        return check_labels(structure, y, sequences)

    def _encode(self, targets, classes, reset):
        labels, counted = targets.values, targets.counted
        present = np.unique(labels if counted is None else labels[counted])
        if reset:
            self.classes_ = check_classes(present, classes)
        elif classes is not None and not np.array_equal(
            np.unique(classes), self.classes_
        ):
            raise ValueError(
                f"`classes` must be the same as at the first call, "
                f"{self.classes_.tolist()}, got {np.unique(classes).tolist()}."
            )
        index = label_index(labels, self.classes_, counted)
        if len(self.classes_) == 2:
            return index[..., None].astype(np.float64)
        return np.eye(len(self.classes_))[index]

    def _axes_without(self, targets):
        return targets.axes

    def _make_rows(self, sequences, targets, values, index, weight):
        labels = np.argmax(values, axis=-1) if values.shape[-1] > 1 else values[..., 0]
        labels = labels.astype(np.intp)
        steps = targets.counted
        if self.class_weight is not None:
            by_class = self._class_weights(labels[index], weight, steps, index)
            if labels.ndim == 1:
                weight = weight * by_class[labels[index]]
            else:
                steps = by_class[labels] * (1.0 if steps is None else steps)
        rows = Rows(sequences, values, weight, index, steps)
        return rows, labels[index] if labels.ndim == 1 else None

    def _class_weights(self, labels, weight, counted, index):
        """Give the weight of every class: (n_classes,)."""
        if labels.ndim == 2:
            weight = np.broadcast_to(weight[:, None], labels.shape)
            if counted is not None:
                labels, weight = labels[counted[index]], weight[counted[index]]
        return class_weights(
            self.class_weight, self.classes_, labels.ravel(), weight.ravel()
        )

    def _engine_loss(self):
        two = len(self.classes_) == 2
        return Loss("binary_log_loss" if two else "categorical_log_loss")

    def _validation_score(self, rows, constant):
        y, weight = rows.flat()
        labels = _best(2 * y - 1 if y.shape[1] == 1 else y)

        def accuracy(outputs):
            right = _best(outputs.reshape(y.shape)) == labels
            return float(np.average(right, weights=weight))

        return accuracy


def _best(logits):
    """Number of the most probable class."""
    if logits.shape[-1] == 1:
        return (logits[..., 0] > 0).astype(np.intp)
    return np.argmax(logits, axis=-1)
