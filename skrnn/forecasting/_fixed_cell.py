"""The constructor of the forecasters whose cell is in their name."""

from skrnn.forecasting._updating import UpdatingForecaster


class FixedCellForecaster(UpdatingForecaster):
    """Base of the forecasters without a `cell` parameter."""

    def __init__(
        self,
        window_length="auto",
        *,
        units="auto",
        activation="tanh",
        residual=True,
        dropout=0.0,
        recurrent_dropout=0.0,
        strategy="direct",
        sp="auto",
        log="auto",
        deseasonalize=True,
        baseline="theta",
        combine="auto",
        regress_exogenous=True,
        n_estimators=5,
        loss="absolute_error",
        quantiles=(0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95),
        optimizer="adamw",
        learning_rate="auto",
        learning_rate_schedule="one_cycle",
        alpha=0.0,
        weight_decay="auto",
        clip_norm=1.0,
        batch_size=32,
        epochs="auto",
        shuffle=True,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=10,
        tol=1e-4,
        max_train_size=32_768,
        calibrate="auto",
        fine_tune_epochs=0,
        random_state=None,
        verbose=0,
    ):
        self.window_length = window_length
        self.units = units
        self.activation = activation
        self.residual = residual
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.strategy = strategy
        self.sp = sp
        self.log = log
        self.deseasonalize = deseasonalize
        self.baseline = baseline
        self.combine = combine
        self.regress_exogenous = regress_exogenous
        self.n_estimators = n_estimators
        self.loss = loss
        self.quantiles = quantiles
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.alpha = alpha
        self.weight_decay = weight_decay
        self.clip_norm = clip_norm
        self.batch_size = batch_size
        self.epochs = epochs
        self.shuffle = shuffle
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.max_train_size = max_train_size
        self.calibrate = calibrate
        self.fine_tune_epochs = fine_tune_epochs
        self.random_state = random_state
        self.verbose = verbose
        super().__init__()
