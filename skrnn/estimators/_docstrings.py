"""The text on parameters and attributes that both estimators share."""

NETWORK = """\
units : int or tuple of int, default=32
        Width of the recurrent layer, or of each layer of a stack, first layer first.

    cell : {"rnn", "lstm", "gru"}, default="lstm"
        The recurrent cell: the simple one, long short-term memory, or the gated
        recurrent unit.

    structure : {"seq2vec", "seq2seq", "vec2seq"}, default="seq2vec"
        What goes in and what comes out.

        - `"seq2vec"`: a sequence, and what is said of it after its last step.
        - `"seq2seq"`: a sequence, and an output at every step of it.
        - `"vec2seq"`: a vector, which the network sees at every step, and a sequence
          as long as those of `y`.

    bidirectional : bool, default=False
        Whether each layer also reads the sequence from its end. The states of both
        directions are joined.

    residual : bool, default=False
        Whether to add the input of a layer to its output where both have the same
        width; never for the first layer. Makes deep stacks easier to train.

    activation : {"tanh", "relu", "logistic", "identity"}, default="tanh"
        Activation of the cell's candidate and output. The gates are always logistic.

    vocabulary_size : int or None, default=None
        Number of different tokens. If given, X holds integers below it, 0 being
        padding, that pass an embedding first.

    embedding_size : int, default=16
        Width of the embedding. Only used with `vocabulary_size`.

    dropout : float, default=0.0
        Part of the inputs of each layer that is left out in training, the same ones
        at all steps of a sequence [1]_.

    recurrent_dropout : float, default=0.0
        Part of the hidden state that is left out in training, likewise."""

TRAINING = """\
optimizer : {"adam", "adamw", "sgd", "rmsprop"}, default="adam"
        The optimizer, with the constants of Keras. `"adamw"` has decoupled weight
        decay, `"sgd"` Nesterov's momentum.

    learning_rate : float, default=1e-3
        Learning rate, with a schedule the largest one.

    learning_rate_schedule : {"constant", "cosine", "one_cycle"}, default="constant"
        Course of the learning rate over the `epochs`: constant; falling along half a
        cosine; rising for the first 30 % and falling after that.

    momentum : float, default=0.9
        Momentum of `"sgd"`.

    weight_decay : float, default=0.004
        Weight decay of `"adamw"`.

    alpha : float, default=0.0
        Strength of the L2 penalty on all weights but the biases, divided by the number
        of samples in a batch as in :class:`~sklearn.neural_network.MLPRegressor`; where
        samples have weights, by their sum.

    clip_norm : float or None, default=1.0
        Largest norm of the gradient of all weights together; a longer one is scaled
        down. None turns clipping off.

    batch_size : int or "auto", default="auto"
        Samples in a batch; all of them if they are fewer. `"auto"` takes 32, and from
        few samples fewer, so that an epoch has enough steps to learn from: 16 below
        800 samples, 8 below 400.

    epochs : int, default=100
        Number of passes over the samples: the exact number, unless `early_stopping`
        ends training before.

    shuffle : bool, default=True
        Whether the order of the samples means nothing. They are then shuffled in each
        epoch, and the part for `early_stopping` is drawn at random. Otherwise they
        keep their order, and that part is their tail.

    early_stopping : bool, default=False
        Whether to set a part of the samples aside for validation, to end training when
        its score no longer improves, and to keep the weights that scored best in this
        call of `fit`.

    validation_fraction : float, default=0.1
        The part of the samples set aside. Only used with `early_stopping`.

    n_iter_no_change : int, default=10
        Number of epochs in a row that may pass without improvement; training ends after
        the next one. Only used with `early_stopping`.

    tol : float, default=1e-4
        Smallest gain of the score that counts as an improvement. Only used with
        `early_stopping`.

    warm_start : bool, default=False
        Whether `fit` goes on from the weights of the fit before.

    n_features_per_step : int, default=1
        Number of features of a time step, if X is 2-D.

    jit_compile : "auto" or bool, default="auto"
        Whether XLA compiles the training. `"auto"` compiles what would take longer
        than about a second in numpy, as judged by the shapes alone.

    random_state : int, RandomState instance or None, default=None
        Determines the initial weights, the order of the samples, dropout and the
        validation part. Pass an int for the same results at every call. None is new
        randomness each time; numpy's global seed has no part in it.

    verbose : int, default=0
        Whether to print the loss after every epoch."""

ATTRIBUTES = """\
weights_ : list of ndarray
        The weights in the order of Keras: the embedding if there is one; kernel,
        recurrent kernel and bias of each layer, and of the backward direction behind
        the forward one; kernel and bias of the head. In the precision in which they
        were trained: float32 if compiled or wide, else float64; the bias of the head
        always in float64.

    architecture_ : Architecture
        The frozen description of the network.

    n_iter_ : int
        Number of epochs of the last call of `fit` or `partial_fit`.

    loss_curve_ : list of float
        The loss, penalty included, averaged over the batches of each epoch. With
        `warm_start` and `partial_fit` of all calls, one after the other.

    best_loss_ : float
        The smallest value of `loss_curve_`.

    validation_scores_ : list of float or None
        Score of the validation part after each epoch; None if the last call was without
        `early_stopping`.

    best_validation_score_ : float or None
        The largest value of `validation_scores_`.

    n_features_in_ : int
        Number of columns of a 2-D X, or of features per time step of a 3-D X.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns. Only there if X has names that are all strings."""

NOTES = """\
Training starts from Keras's initial weights (orthogonal recurrent kernels, a
    forget-gate bias of one), save for the bias of the head, which starts at the
    constant that is best for the loss.

    With at most 200 samples, equal samples are joined to one with the sum of their
    weights, and their order is fixed by their values. So a sample of weight 2 is the
    same as the sample twice, and the order of the samples does not matter, to the last
    bit and in every configuration; except that ``shuffle=False`` keeps the samples and
    their order if there is more than one batch, or a tail for `early_stopping`.

    Predictions are computed in float64; where that would take longer than a fraction of
    a second, in float32, with the bias of the head, which holds the level of `y`, in
    float64."""

REFERENCES = """\
.. [1] Gal, Y. & Ghahramani, Z. (2016). A theoretically grounded application of
           dropout in recurrent neural networks. NeurIPS."""

SHARED = {
    "network": NETWORK,
    "training": TRAINING,
    "attributes": ATTRIBUTES,
    "notes": NOTES,
    "references": REFERENCES,
}


def with_shared_text(cls):
    """Fill the shared text into the docstring of a class."""
    if cls.__doc__:  # there is none under `python -OO`
        for name, text in SHARED.items():
            cls.__doc__ = cls.__doc__.replace(f"<{name}>", text)
    return cls
