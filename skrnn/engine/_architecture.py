"""The frozen description of a network, and the layout of its parameters.

An :class:`Architecture` says everything that fixes the shape of the computation and
nothing else: no weights, no hyperparameters, no data. Equal architectures share
compiled programs.
"""

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import prod
from typing import NamedTuple

GATES = {"rnn": 1, "lstm": 4, "gru": 3}
ACTIVATIONS = ("tanh", "relu", "logistic", "identity")
STRUCTURES = ("seq2vec", "seq2seq", "vec2seq")


@dataclass(frozen=True)
class Architecture:
    """A stack of recurrent layers with a dense head, as plain hashable data.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"}
        The recurrent cell of every layer.
    units : tuple of int
        Width of each recurrent layer, first layer first.
    n_inputs : int
        Features per time step (for tokens: 1, the token's number).
    n_outputs : int
        Width of the dense head.
    structure : {"seq2vec", "seq2seq", "vec2seq"}
        Whether the head sees the last state, every state, or every state of a
        network that is fed the same vector at each step.
    n_steps_out : int or None
        Length of the output sequence of "vec2seq", else None.
    activation : {"tanh", "relu", "logistic", "identity"}
        Activation of the candidate and the output of a cell; gates are sigmoid.
    bidirectional : bool
        Run a second set of cells backwards in time and concatenate.
    residual : bool
        Add the input of a recurrent layer to its output where the widths agree;
        never for the first layer.
    skip : bool
        Add a linear map of the step's input to the head (only "seq2seq").
    vocabulary_size, embedding_size : int or None
        Where both are given, inputs are tokens that pass an embedding first.
    """

    cell: str
    units: tuple[int, ...]
    n_inputs: int
    n_outputs: int
    structure: str = "seq2vec"
    n_steps_out: int | None = None
    activation: str = "tanh"
    bidirectional: bool = False
    residual: bool = False
    skip: bool = False
    vocabulary_size: int | None = None
    embedding_size: int | None = None

    def to_json(self):
        """Return the architecture as a JSON string."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text):
        """Build the architecture that `to_json` wrote."""
        fields = json.loads(text)
        return cls(**{**fields, "units": tuple(fields["units"])})

    @property
    def directions(self):
        """Number of directions in which each layer runs over time."""
        return 2 if self.bidirectional else 1

    @property
    def embedded(self):
        """Whether the inputs are tokens."""
        return self.vocabulary_size is not None

    def adds_input(self, i):
        """Whether layer `i` adds its input to its output."""
        return self.residual and i > 0 and self.units[i] == self.units[i - 1]


class Parameter(NamedTuple):
    """One weight array of a network and its place in the flat parameter vector."""

    name: str
    shape: tuple[int, ...]
    kind: str
    start: int
    stop: int


@lru_cache(maxsize=256)
def layout(architecture):
    """List the parameters of an architecture in Keras's order of weights."""
    entries, start = [], 0
    for name, shape, kind in _shapes(architecture):
        stop = start + prod(shape)
        entries.append(Parameter(name, shape, kind, start, stop))
        start = stop
    return tuple(entries)


def n_parameters(architecture):
    """Count the weights of one network of this architecture."""
    return layout(architecture)[-1].stop


def _shapes(architecture):
    width = architecture.n_inputs
    if architecture.embedded:
        width = architecture.embedding_size
        yield "embedding", (architecture.vocabulary_size, width), "embedding"
    first_width = width
    gates = GATES[architecture.cell]
    for i, units in enumerate(architecture.units):
        for direction in ("forward", "backward")[: architecture.directions]:
            prefix = f"layer{i}/{direction}"
            columns = gates * units
            bias = (2, columns) if architecture.cell == "gru" else (columns,)
            yield f"{prefix}/kernel", (width, columns), "kernel"
            yield f"{prefix}/recurrent", (units, columns), "recurrent"
            yield f"{prefix}/bias", bias, "bias"
        width = units * architecture.directions
    yield "head/kernel", (width, architecture.n_outputs), "head"
    yield "head/bias", (architecture.n_outputs,), "head_bias"
    if architecture.skip:
        yield "skip/kernel", (first_width, architecture.n_outputs), "skip"
