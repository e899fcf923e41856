"""TensorFlow comes late, in silence, with its cache, and leaves the environment alone.

What happens once in a process is looked at in processes of their own.
"""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from skrnn.engine import _disk_cache, _tensorflow
from skrnn.engine._disk_cache import CACHE_VARIABLE, compilation_cache_directory
from skrnn.engine._tensorflow import THREADS_VARIABLE

FIT = """
import numpy as np
from skrnn.engine._architecture import Architecture
from skrnn.engine._losses import Loss
from skrnn.engine._optimizers import Optimizer
from skrnn.engine._step import Recipe
from skrnn.engine._settings import Settings
from skrnn.engine._training import Arrays, start, train

def fit(jit_compile, units=2):
    recipe = Recipe(
        Architecture("rnn", (units,), 1, 1), Loss("squared_error"), Optimizer("adam")
    )
    rng = np.random.default_rng(0)
    x = rng.standard_normal((8, 3, 1))
    data = Arrays(x, x[:, 0], np.ones((8, 1)))
    settings = Settings(epochs=2, batch_size=4, jit_compile=jit_compile)
    return train(recipe, start(recipe, rng), data, settings, rng)
"""


def run(code, cache, **environment):
    """Run code in a new process, and return it when it is done."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if k not in ("TF_CPP_MIN_LOG_LEVEL", "TF_XLA_FLAGS")
    }
    return subprocess.run(
        [sys.executable, "-c", FIT + code],
        env={**kept, CACHE_VARIABLE: str(cache), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def programs(cache):
    return sorted(cache.rglob("xla_compile_cache__*.pb"))


def test_first_fits_are_silent_and_leave_the_environment_alone(tmp_path):
    done = run(
        f"""
import os, sys
fit(False)
assert "tensorflow" not in sys.modules
before = dict(os.environ)
fit(True)
assert "tensorflow" in sys.modules
assert before.items() <= os.environ.items()
# TensorFlow itself leaves some variables, if it was never imported before
ours = {{"TF_XLA_FLAGS", "TF_CPP_MIN_LOG_LEVEL", {THREADS_VARIABLE!r}}}
assert not ours & set(os.environ)
sys.stderr.write("what others say")
""",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "what others say"
    assert done.stdout == ""
    assert len(programs(tmp_path)) == 1


@pytest.mark.slow
def test_what_the_user_set_stays_and_is_heeded(tmp_path):
    """A log level and a cache of one's own."""
    (tmp_path / "own").mkdir()
    flags = f"--tf_xla_persistent_cache_directory={tmp_path / 'own'}"
    done = run(
        f"""
import os
fit(True)
assert os.environ["TF_XLA_FLAGS"] == {flags!r}
assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"
""",
        tmp_path / "skrnn",
        TF_XLA_FLAGS=flags,
        TF_CPP_MIN_LOG_LEVEL="0",
    )
    assert done.returncode == 0, done.stderr
    assert "XLA service" in done.stderr
    assert len(programs(tmp_path / "own")) == 1
    assert not (tmp_path / "skrnn").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("units", "n_programs"), [(2, 1), (512, 2)])
def test_cache_serves_another_process(tmp_path, units, n_programs):
    """Also one that does other work first: a program's name holds no numbering.

    Wide networks take two programs: for a part of a batch, and to finish a step.
    """
    params = f"fit(True, units={units}).state.params.tobytes()"
    show = f"import zlib; print(zlib.crc32({params}))"
    once = run(show, tmp_path)
    assert once.returncode == 0, once.stderr
    files = programs(tmp_path)
    assert len(files) == n_programs
    content = [file.read_bytes() for file in files]
    again = run(f"fit(True, units=3); {show}", tmp_path)
    assert again.returncode == 0, again.stderr
    assert again.stdout == once.stdout
    assert [file.read_bytes() for file in files] == content
    assert len(programs(tmp_path)) == n_programs + 1


@pytest.mark.slow
@pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity") or os.cpu_count() < 2,
    reason="needs two cores, and a way to leave one of them",
)
@pytest.mark.parametrize("units", [64, 300])
def test_the_number_of_cores_changes_no_bit(tmp_path, units):
    """Of whole batches as of halves, and of products that two threads would share."""
    code = f"""
import os, zlib
import numpy as np
from skrnn import RNNRegressor
rng = np.random.default_rng(0)
X = rng.standard_normal((256, 24, 1))
options = dict(cell="gru", batch_size=128, epochs=2, random_state=0, jit_compile=True)
os.sched_setaffinity(0, range({{cores}}))
for n in (16, {units}):
    model = RNNRegressor(n, **options).fit(X, X.mean(axis=(1, 2)))
    print(zlib.crc32(b"".join(w.tobytes() for w in model.weights_)))
"""
    done = [run(code.format(cores=cores), tmp_path / str(cores)) for cores in (1, 2)]
    assert done[0].returncode == done[1].returncode == 0, done[0].stderr
    assert len(done[0].stdout.split()) == 2
    assert done[0].stdout == done[1].stdout


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["garbage", "empty", "cut"])
def test_a_damaged_cache_is_emptied(tmp_path, damage):
    assert run("fit(True)", tmp_path).returncode == 0
    (file,) = programs(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(
        {"garbage": b"garbage", "empty": b"", "cut": whole[: len(whole) // 2]}[damage]
    )
    done = run("fit(True)", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert run("fit(True)", tmp_path).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "loss",
    [
        "shutil.rmtree(cache)",
        "shutil.rmtree(cache); os.makedirs(cache)",
    ],
    ids=["gone", "emptied"],
)
def test_a_cache_may_be_deleted_at_any_time(tmp_path, loss):
    done = run(
        f"""
import os, shutil
from skrnn.engine._disk_cache import compilation_cache_directory
from skrnn.engine._tensorflow import tensorflow
tensorflow()
cache = compilation_cache_directory()
fit(True)
{loss}
fit(True)
fit(True, units=3)
""",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert len(programs(tmp_path)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["file", "below_a_file"])
def test_a_folder_that_cannot_be_made(tmp_path, kind):
    (tmp_path / "file").write_text("in the way")
    cache = tmp_path / "file" / ("deeper" if kind == "below_a_file" else "")
    done = run("fit(True)", cache)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


@pytest.mark.slow
def test_a_full_disk_gets_an_error_that_says_what_to_do(tmp_path):
    """No file may grow beyond a kilobyte: XLA can't write its program."""
    done = run(
        """
import resource, signal
from skrnn.engine._tensorflow import tensorflow
tensorflow()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, -1))
try:
    fit(True)
except OSError as error:
    print(error)
""",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert f"can't be kept in {tmp_path}" in done.stdout
    assert f"environment variable {CACHE_VARIABLE}" in done.stdout


@pytest.mark.slow
def test_a_damaged_program_that_can_not_be_removed(tmp_path):
    """As in a folder that is only read: here a folder stands in its place."""
    assert run("fit(True)", tmp_path).returncode == 0
    (file,) = programs(tmp_path)
    file.unlink()
    file.mkdir()
    done = run(
        """
try:
    fit(True)
except OSError as error:
    print(error)
fit(False)
""",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "a damaged one can't be removed" in done.stdout
    assert f"environment variable {CACHE_VARIABLE}" in done.stdout
    assert "set jit_compile=False" in done.stdout


@pytest.mark.slow
def test_two_processes_at_once(tmp_path):
    code = [sys.executable, "-c", FIT + "fit(True)"]
    environment = {**os.environ, CACHE_VARIABLE: str(tmp_path)}
    both = [
        subprocess.Popen(code, env=environment, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in both:
        _, heard = process.communicate(timeout=300)
        assert process.returncode == 0, heard
        assert heard == b""
    assert len(programs(tmp_path)) == 1
    assert run("fit(True)", tmp_path).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "choice", ["{home}/a b -c='d'", '{home}/"\\\\', "below", "~/ü"]
)
def test_folders_of_any_name(tmp_path, choice):
    """A path relative to a working directory that changes, among others."""
    cache = choice.format(home=tmp_path)
    done = run(
        f"""
import os
from skrnn.engine._tensorflow import tensorflow
os.chdir({str(tmp_path)!r})
tensorflow()
os.chdir("/")
fit(True)
""",
        cache,
        HOME=str(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    (program,) = programs(tmp_path)
    name = cache.replace("~", str(tmp_path)).removeprefix(f"{tmp_path}/")
    assert program.parent.parent == tmp_path / name


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before", "after"])
def test_debugging_of_tensorflow_changes_nothing(tmp_path, moment):
    """What it adds to graphs can't be compiled."""
    done = run(
        f"""
expected = fit(True, 3).state.params if {moment == "after"} else None
import tensorflow as tf
tf.debugging.enable_check_numerics()
params = fit(True).state.params
assert expected is None or (fit(True, 3).state.params == expected).all()
tf.debugging.disable_check_numerics()
assert (fit(True).state.params == params).all()
from skrnn.engine._program import PROGRAMS
PROGRAMS._programs.clear()
assert (fit(True).state.params == params).all()
""",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert len(programs(tmp_path)) == 1 + (moment == "after")


@pytest.mark.slow
def test_shapes_of_tensorflow_1_are_refused(tmp_path):
    done = run(
        """
import tensorflow as tf
tf.compat.v1.disable_v2_behavior()
try:
    fit(True)
except RuntimeError as error:
    print(error)
tf.compat.v1.enable_v2_tensorshape()
fit(True)
""",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "enable_v2_tensorshape() after it, or set jit_compile=False" in done.stdout


@pytest.mark.slow
def test_what_users_set_and_enter_changes_nothing(tmp_path):
    done = run(
        """
from contextlib import ExitStack
from skrnn.engine._program import PROGRAMS
expected = [fit(True, units).state.params for units in (3, 512)]
import keras
import tensorflow as tf

def check(*contexts):
    PROGRAMS._programs.clear()
    with ExitStack() as entered:
        for context in contexts:
            entered.enter_context(context)
        for units, params in zip((3, 512), expected, strict=True):
            assert (fit(True, units).state.params == params).all()

check(tf.device("/GPU:0"))
check(tf.distribute.MirroredStrategy().scope())
check(tf.Graph().as_default(), tf.device("/GPU:1"), tf.control_dependencies([]))
check(tf.name_scope("mine"), tf.GradientTape(persistent=True))
tf.config.run_functions_eagerly(True)
tf.config.optimizer.set_jit("autoclustering")
tf.config.set_soft_device_placement(False)
tf.config.experimental.enable_tensor_float_32_execution(False)
tf.config.experimental.enable_op_determinism()
tf.random.set_seed(1)
keras.config.set_floatx("float64")
keras.mixed_precision.set_global_policy("mixed_float16")
check()
tf.experimental.numpy.experimental_enable_numpy_behavior()
check()
""",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_processor_that_the_user_has_hidden(tmp_path):
    done = run(
        """
import tensorflow as tf
tf.config.set_visible_devices([], "CPU")
fit(False)
for _ in range(2):
    try:
        fit(True)
    except RuntimeError as error:
        print(error)
tf.config.set_visible_devices(tf.config.list_physical_devices("CPU"), "CPU")
fit(True)
""",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    advice = "Don't call tf.config.set_visible_devices([], 'CPU'), or set jit"
    assert done.stdout.count(advice) == 2


@pytest.mark.slow
def test_an_interrupt_waits_for_the_import(tmp_path):
    """TensorFlow could not be imported again."""
    done = run(
        """
import signal, sys, threading, time
from skrnn.engine._tensorflow import tensorflow

def interrupt():
    while "tensorflow.python" not in sys.modules:
        time.sleep(0.01)
    signal.raise_signal(signal.SIGINT)

threading.Thread(target=interrupt).start()
try:
    tensorflow()
except KeyboardInterrupt:
    print("interrupted")
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
fit(True)
""",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "interrupted\n"
    assert len(programs(tmp_path)) == 1


@pytest.mark.slow
def test_switched_off(tmp_path):
    done = run("fit(True)", "off", XDG_CACHE_HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert programs(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("computed", [False, True])
def test_tensorflow_imported_by_the_user(tmp_path, computed):
    """Its flags are read when it first computes, which may have been before."""
    done = run(
        f"""
import tensorflow as tf
if {computed}:
    tf.zeros(())
fit(True)
from skrnn.engine._tensorflow import shares_threads
assert shares_threads() is {computed}
""",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert len(programs(tmp_path)) == (0 if computed else 1)


@pytest.mark.slow
@pytest.mark.parametrize("eager", [False, True])
def test_a_first_fit_while_the_user_builds_a_graph(tmp_path, eager):
    """TensorFlow reads its settings then, and the graph stays as it is."""
    done = run(
        f"""
import tensorflow as tf
from pathlib import Path
if not {eager}:
    tf.compat.v1.disable_eager_execution()
with tf.Graph().as_default() as graph:
    fit(True)
assert not graph.get_operations()
assert not tf.compat.v1.get_default_graph().get_operations()
tasks = Path("/proc/self/task")
names = [path.read_text() for path in tasks.glob("*/comm")]
assert names.count("tf_XLAEigen\\n") == tasks.exists(), names
""",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert len(programs(tmp_path)) == 1


@pytest.mark.parametrize("choice", ["off", "OFF", "0", "false", "no"])
def test_ways_to_say_off(monkeypatch, choice):
    monkeypatch.setenv(CACHE_VARIABLE, choice)
    assert compilation_cache_directory() is None


def test_folder_is_named_for_what_programs_depend_on(monkeypatch, tmp_path):
    from importlib.metadata import version

    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    directory = compilation_cache_directory()
    assert directory.parent == tmp_path
    assert directory.name.startswith(f"tensorflow-{version('tensorflow')}-")
    monkeypatch.setattr(_disk_cache, "_processor", lambda: "another")
    assert compilation_cache_directory() != directory


def test_read_only_folder_is_still_read(monkeypatch, tmp_path):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_enable_lazy_compilation=false")
    compilation_cache_directory().mkdir()
    monkeypatch.setattr(_disk_cache, "_writable", lambda directory: False)
    directory, flags = _disk_cache.cache_flags()
    assert directory == compilation_cache_directory()
    assert flags.split() == [
        "--tf_xla_enable_lazy_compilation=false",
        f'--tf_xla_persistent_cache_directory="{directory}"',
        "--tf_xla_persistent_cache_read_only=true",
    ]


def test_flags_in_a_file_are_left_alone(monkeypatch, tmp_path):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setenv("TF_XLA_FLAGS", "flags.txt")
    assert _disk_cache.cache_flags() == (None, "flags.txt")


def test_a_folder_with_what_only_others_may_read_is_not_used(monkeypatch, tmp_path):
    """TensorFlow would fail at it. A link to nowhere can't be read by root either."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    monkeypatch.delenv("TF_XLA_FLAGS", raising=False)
    folder = compilation_cache_directory()
    folder.mkdir()
    program = folder / "xla_compile_cache__1.pb"
    program.symlink_to(tmp_path / "nowhere")
    assert _disk_cache.cache_flags() == (None, None)
    program.unlink()
    assert _disk_cache.cache_flags()[0] == folder


def test_without_a_home_there_is_no_cache(monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, "~nobody_of_this_name/programs")
    assert compilation_cache_directory() is None


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other places")
def test_an_empty_setting_is_none(monkeypatch, tmp_path):
    monkeypatch.setenv(CACHE_VARIABLE, "")
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert compilation_cache_directory().parent == tmp_path / ".cache" / "skrnn"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Can't parse /a/b/c/program.pb as binary proto", True),
        ("/a/b is not a directory", True),
        ("No binary found in serialized entry.", True),
        ("Read less bytes than requested", True),
        ("OOM when allocating tensor with shape[1000000]", False),
        ("Detected unsupported operations when trying to compile graph", False),
    ],
)
def test_errors_of_the_cache_are_told_from_others(message, expected):
    error = SimpleNamespace(message=message)
    assert _disk_cache.is_at_fault(Path("/a/b/c"), error) == expected


def test_a_large_cache_loses_its_oldest_programs(monkeypatch, tmp_path):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    monkeypatch.delenv("TF_XLA_FLAGS", raising=False)
    monkeypatch.setattr(_disk_cache, "MAX_CACHE_BYTES", 250)
    folder = compilation_cache_directory()
    folder.mkdir()
    (folder / "notes of the user").write_bytes(bytes(1000))
    for age in range(4):
        path = folder / f"xla_compile_cache__{age}.pb"
        path.write_bytes(bytes(100))
        os.utime(path, (1e9 - age, 1e9 - age))
    _disk_cache.cache_flags()
    kept = sorted(path.name for path in folder.iterdir())
    assert kept == [
        "notes of the user",
        "xla_compile_cache__0.pb",
        "xla_compile_cache__1.pb",
    ]


def test_a_nearly_full_disk_gets_no_cache(monkeypatch, tmp_path):
    assert _disk_cache._writable(tmp_path)
    monkeypatch.setattr(_disk_cache, "SPACE_TO_LEAVE", 2**70)
    assert not _disk_cache._writable(tmp_path)


@pytest.mark.skipif(not hasattr(os, "dup2"), reason="needs file descriptors")
def test_only_the_notes_of_tensorflow_are_dropped(monkeypatch, capfd):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    lines = [
        b"I0000 00:00:1795564945.612005   10629 port.cc:153] oneDNN\n",
        b"2026-01-01 00:00:00.123456: E external/xla/cuda.cc:1] no cuda\n",
        b"To enable the following instructions: AVX2\n",
        b"UserWarning: something of interest\n",
    ]
    with _tensorflow._quiet():
        os.write(2, b"".join(lines))
    assert capfd.readouterr().err == lines[-1].decode()

    def fail():
        with _tensorflow._quiet():
            os.write(2, lines[0])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert capfd.readouterr().err == lines[0].decode()
