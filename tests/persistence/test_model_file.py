import json
import pickle
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from skorch.callbacks import EpochTimer
from torch import nn

from skfer import networks
from skfer.alignment import EyeLocator, FaceAligner, load_landmark_model
from skfer.classifiers import CSPPClassifier, NetworkClassifier
from skfer.datasets import make_faces
from skfer.persistence import load_model, read_card, save_model
from skfer.persistence._model_file import checksum
from skfer.pipelines import make_cspp_pipeline, make_gabor_svm_pipeline


@pytest.fixture(scope="module")
def data():
    X, y, _ = make_faces(3, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    return X, y


@pytest.fixture(scope="module")
def stack():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (8, 16, 16), np.uint8), np.array(["sad", "happy"] * 4)


@pytest.fixture(scope="module")
def saved(stack, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "model.skfer"
    save_model(CSPPClassifier(max_epochs=1, random_state=0, hidden_units=8).fit(*stack), path)
    return path


class OwnNet(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.layers = nn.Sequential(nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(16, n_classes))

    def forward(self, images):
        return self.layers(images)


def round_trip(model, tmp_path, **options):
    save_model(model, tmp_path / "model.skfer")
    return load_model(tmp_path / "model.skfer", **options)


def make_pipelines():
    paper = make_cspp_pipeline(recipe="paper", max_epochs=1, random_state=0)
    paper.set_params(jitter__n_copies=1)
    return {
        "cspp": make_cspp_pipeline(max_epochs=1, random_state=0, test_time_flip=True),
        "paper": paper,
        "gabor-svm": make_gabor_svm_pipeline(),
    }


@pytest.mark.parametrize("name", ["cspp", "paper", "gabor-svm"])
def test_whole_pipelines_travel(data, tmp_path, name):
    X, y = data
    pipeline = make_pipelines()[name].fit(X, y)
    again = round_trip(pipeline, tmp_path)
    assert type(again) is type(pipeline)
    method = "decision_function" if name == "gabor-svm" else "predict_proba"
    np.testing.assert_array_equal(getattr(again, method)(X), getattr(pipeline, method)(X))
    np.testing.assert_array_equal(again.classes_, pipeline.classes_)


def test_a_pipeline_with_a_landmark_model_of_ones_own(data, tmp_path):
    X, y = data
    locator = EyeLocator(landmark_model=FrozenEstimator(load_landmark_model()))
    pipeline = make_pipeline(
        locator, FaceAligner((24, 24)), "passthrough", CSPPClassifier(max_epochs=1)
    ).fit(X, y)
    again = round_trip(pipeline, tmp_path)
    np.testing.assert_array_equal(again.predict_proba(X), pipeline.predict_proba(X))


@pytest.mark.parametrize(
    "y", [[3, 1] * 4, [True, False] * 4, np.array(["b", "a"] * 4, object), [0.0, 1.0] * 4]
)
def test_labels_of_any_kind(stack, tmp_path, y):
    model = CSPPClassifier(max_epochs=1, random_state=0).fit(stack[0], y)
    again = round_trip(model, tmp_path)
    assert again.predict(stack[0]).dtype == model.predict(stack[0]).dtype
    np.testing.assert_array_equal(again.predict(stack[0]), model.predict(stack[0]))


def test_everything_but_the_session_is_kept(stack, tmp_path):
    model = CSPPClassifier(
        max_epochs=2,
        low_level_bins=(2, 1),
        input_size=(12, 12),
        class_weight={"sad": 2, "happy": 1},
        optimizer=torch.optim.SGD,
        optimizer__momentum=0.9,
        validation_fraction=0.5,
        callbacks=[("timer", EpochTimer())],
        random_state=3,
        image_shape=[16, 16],
    )
    model.fit(*stack, groups=["a"] * 4 + ["b"] * 4)
    again = round_trip(model, tmp_path)
    expected = model.get_params() | {"callbacks": None, "device": "auto", "verbose": 0}
    assert again.get_params() == expected
    assert again.validation_subjects_.tolist() == model.validation_subjects_.tolist()
    assert again.history_.equals(model.history_)
    assert again.image_shape_ == (16, 16)
    np.testing.assert_array_equal(again.transform(stack[0]), model.transform(stack[0]))
    with pytest.raises(ValueError, match="256 features"):
        again.predict(np.zeros((1, 17, 17)))
    refitted = again.fit(*stack, groups=["a"] * 4 + ["b"] * 4)
    np.testing.assert_array_equal(refitted.predict_proba(stack[0]), model.predict_proba(stack[0]))


def test_networks_by_name_and_of_ones_own(stack, tmp_path):
    X, y = stack
    parameters = {"network__hidden_units": 8, "network__padding": "same"}
    lopes = NetworkClassifier(networks.LopesNet, max_epochs=1, **parameters).fit(X, y)
    again = round_trip(lopes, tmp_path)
    assert again.network is networks.LopesNet
    assert again.network__hidden_units == 8
    np.testing.assert_array_equal(again.predict_proba(X), lopes.predict_proba(X))
    own = NetworkClassifier(OwnNet, max_epochs=1).fit(X, y)
    again = round_trip(own, tmp_path, networks=[OwnNet])
    np.testing.assert_array_equal(again.predict_proba(X), own.predict_proba(X))
    with pytest.raises(ValueError, match=r"'OwnNet' is none of skfer.networks; .*networks="):
        load_model(tmp_path / "model.skfer")


def test_the_card(stack, tmp_path):
    model = make_pipeline(FaceAligner((12, 12)), CSPPClassifier(max_epochs=1)).fit(*stack)
    path = tmp_path / "model.skfer"
    save_model(model, path, card={"training_data": "noise", "figures": {"accuracy": 0.5}})
    card = read_card(path)
    assert card["training_data"] == "noise"
    assert card["figures"] == {"accuracy": 0.5}
    assert card["labels"] == ["happy", "sad"]
    assert card["preprocessing"] == ["facealigner: FaceAligner(output_size=(12, 12))"]
    assert {"python", "skfer", "torch", "scikit-learn"} <= set(card["versions"])
    assert str(tmp_path) not in path.read_bytes().decode("latin-1")


def test_what_cannot_travel_is_refused_when_saved(stack, tmp_path):
    X, y = stack
    path = tmp_path / "model.skfer"
    with pytest.raises(NotFittedError):
        save_model(CSPPClassifier(), path)
    own = Pipeline([("own", FunctionTransformer(pickle.dumps)), ("net", CSPPClassifier())])
    own.steps[1] = ("net", CSPPClassifier(max_epochs=1).fit(X, y))
    with pytest.raises(TypeError, match="FunctionTransformer cannot be saved without pickle"):
        save_model(own, path)
    voters = [("net", CSPPClassifier(max_epochs=1))]
    with pytest.raises(TypeError, match="VotingClassifier cannot be saved .*steps of a pipeline"):
        save_model(VotingClassifier(voters, voting="soft").fit(X.reshape(8, -1), y), path)
    made = NetworkClassifier(lambda n_classes: OwnNet(n_classes), max_epochs=1).fit(X, y)
    with pytest.raises(TypeError, match="without pickle"):
        save_model(made, path)
    assert not list(tmp_path.iterdir())


def test_a_failed_save_leaves_the_old_file(stack, tmp_path, monkeypatch):
    path = tmp_path / "model.skfer"
    save_model(StandardScaler().fit([[1.0], [2.0]]), path)
    before = path.read_bytes()
    monkeypatch.setattr("pathlib.Path.replace", lambda *paths: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save_model(StandardScaler().fit([[5.0], [2.0]]), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_models_without_a_network(tmp_path):
    X, y = load_iris(return_X_y=True)
    model = make_pipeline(StandardScaler(), SVC()).fit(X, y)
    again = round_trip(model, tmp_path)
    np.testing.assert_array_equal(again.decision_function(X), model.decision_function(X))


# Files that are damaged or mean ill


def write(path, document, tensors):
    """Write a model file with a checksum that fits, as an attacker would."""
    text = json.dumps(document)
    metadata = {"skfer": text, "sha256": checksum(text, tensors)}
    path.write_bytes(safetensors.torch.save(tensors, metadata=metadata))
    return path


def rewrite(path, tmp_path, change):
    """Copy a model file with its description, and maybe its weights, changed."""
    with safetensors.safe_open(path, "pt") as file:
        document = json.loads(file.metadata()["skfer"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    document = change(document, tensors) or document
    return write(tmp_path / "changed.skfer", document, tensors)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("class", "Popen", "Popen"),
        ("classes", {"dtype": "object", "values": [{"a": 1}]}, "no labels"),
        ("classes", {"dtype": "datetime64[s]", "values": [1, 2]}, "no labels"),
        ("classes", {"dtype": "str", "values": ["a", "b", "c"]}, "weight .*the network has"),
        ("image_shape", [10**9, 10**9], "image_shape"),
        ("image_shape", [-16, -16], "image_shape"),
        ("history", "no", "no attribute"),
        ("type", "shell", "unknown type 'shell'"),
        ("type", "passthrough", "no estimator"),
        ("classes", {"dtype": "str", "values": ["a", "a"]}, "not sorted"),
    ],
)
def test_hostile_descriptions_are_refused(saved, tmp_path, name, value, message):
    path = rewrite(saved, tmp_path, lambda document, _: document["model"].update({name: value}))
    with pytest.raises(ValueError, match=rf"Cannot load the model '.*'[\s\S]*{message}"):
        load_model(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hidden_units", 10**12),  # would take all memory, were it built first
        ("contrast_window", 10**9 + 1),
        ("low_level_bins", {"tuple": [10**6]}),
        ("optimizer", {"optimizer": "__loader__"}),
        ("optimizer", {"optimizer": "Optimizer.__init__"}),
        ("optimizer", {"import": "os.system"}),
        ("optimizer__momentum", "much"),
        ("nothing", 1),
        ("lr", {"tuple": 3}),
        ("input_size", {"tuple": [-3, -3]}),
    ],
)
def test_hostile_parameters_are_refused(saved, tmp_path, name, value):
    def change(document, tensors):
        document["model"]["parameters"][name] = value

    with pytest.raises(ValueError, match="Cannot load the model"):
        load_model(rewrite(saved, tmp_path, change))


def test_weights_that_do_not_fit_are_refused(saved, tmp_path):
    name = "model/classify.output.bias"

    def lose(document, tensors):
        del tensors[name]

    def widen(document, tensors):
        tensors[name] = tensors[name].double()

    def add(document, tensors):
        tensors["model/more"] = torch.zeros(1)

    for change, message in ((lose, "one side only"), (widen, "float64"), (add, "'more'")):
        with pytest.raises(ValueError, match=message):
            load_model(rewrite(saved, tmp_path, change))


@pytest.mark.filterwarnings("ignore:Initializing zero-element")
def test_a_small_file_cannot_ask_for_much_memory(saved, tmp_path):
    def widen(document, tensors):
        with torch.device("meta"):
            net = networks.Plain7Net(2, image_size=(10**5, 10**5), hidden_units=0)
        document["model"]["class"] = "NetworkClassifier"
        document["model"]["parameters"] = {
            "network": {"network": "Plain7Net"},
            "network__image_size": {"tuple": [10**5, 10**5]},
            "network__hidden_units": 0,
        }
        tensors.clear()
        for name, value in net.state_dict().items():
            tensors[f"model/{name}"] = torch.zeros(value.shape, dtype=value.dtype)

    with pytest.raises(ValueError, match="is empty"):
        load_model(rewrite(saved, tmp_path, widen))


def test_steps_of_one_name_are_refused(tmp_path):
    path = tmp_path / "model.skfer"
    save_model(make_pipeline(StandardScaler(), SVC()).fit([[0.0], [1.0]], [0, 1]), path)

    def repeat(document, tensors):
        document["model"]["steps"] *= 2

    with pytest.raises(ValueError, match="different names"):
        load_model(rewrite(path, tmp_path, repeat))


def test_a_network_of_ones_own_must_not_take_a_known_name(stack, tmp_path):
    impostor = type("CSPPNet", (networks.CSPPNet,), {})
    model = NetworkClassifier(impostor, max_epochs=1).fit(*stack)
    with pytest.raises(TypeError, match="'CSPPNet' is the name of a network of skfer"):
        save_model(model, tmp_path / "model.skfer")


def test_newer_formats_and_other_files_are_refused(saved, tmp_path):
    path = rewrite(saved, tmp_path, lambda document, _: document | {"format": 2})
    with pytest.raises(ValueError, match="format 2 needs a newer skfer"):
        load_model(path)
    other = tmp_path / "other"
    other.write_bytes(safetensors.torch.save({"a": torch.zeros(1)}))
    with pytest.raises(ValueError, match="no model of skfer"):
        load_model(other)
    for content in (b"", b"\x80\x04.", pickle.dumps({"a": 1}), b"{" * 10_000):
        other.write_bytes(content)
        with pytest.raises(ValueError, match="Cannot load the model"):
            load_model(other)
    with pytest.raises(ValueError, match="Cannot load the model"):
        load_model(tmp_path)
    other.write_bytes(safetensors.torch.save({}, metadata={"skfer": "[" * 100_000 + "]" * 100_000}))
    with pytest.raises(ValueError, match="Cannot load the model"):
        read_card(other)


def test_untrusted_types_are_not_built(tmp_path):
    import skops.io

    content = skops.io.dumps(FunctionTransformer(print))
    document = {"format": 1, "card": {}, "model": {"type": "skops"}}
    path = tmp_path / "model.skfer"
    tensors = {"model": torch.frombuffer(bytearray(content), dtype=torch.uint8)}
    write(path, document, tensors)
    with pytest.raises(ValueError, match=r"not trusted: \['builtins.print'\]"):
        load_model(path)


@pytest.fixture(scope="module")
def content(saved):
    return saved.read_bytes()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cut=st.data())
def test_truncated_files_are_refused(content, tmp_path, cut):
    path = tmp_path / "cut.skfer"
    path.write_bytes(content[: cut.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(ValueError, match="Cannot load the model"):
        load_model(path)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.data())
def test_corrupted_files_are_refused(content, tmp_path, place):
    size = 8 + int.from_bytes(content[:8], "little")
    end = size if place.draw(st.booleans()) else len(content)  # half of them in the header
    changed = bytearray(content)
    for _ in range(place.draw(st.integers(1, 4))):
        changed[place.draw(st.integers(0, end - 1))] = place.draw(st.integers(0, 255))
    path = tmp_path / "changed.skfer"
    path.write_bytes(bytes(changed))
    try:
        load_model(path)
    except ValueError as error:
        assert "Cannot load the model" in str(error)
    else:  # what was drawn stood there before, or is white space between the parts of the header
        assert changed[size:] == content[size:]
        assert bytes(changed[8:size]).split() == content[8:size].split()


def test_a_changed_weight_is_noticed(content, tmp_path):
    path = tmp_path / "changed.skfer"
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(ValueError, match="checksum does not fit"):
        load_model(path)


# Devices


def test_a_model_trained_elsewhere_opens_on_the_cpu(saved, stack):
    model = load_model(saved, device="cpu")
    assert model.device == "cpu"
    assert model.predict(stack[0]).shape == (8,)
    with pytest.raises(ValueError, match="not a device"):
        load_model(saved, device="abacus")


def test_loading_in_a_fresh_process_imports_no_module_of_the_file(saved):
    code = textwrap.dedent(f"""
        import sys
        from skfer.persistence import load_model
        sys.modules["pickle"].loads = sys.modules["pickle"].load = None
        print(type(load_model({str(saved)!r})).__name__)
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "CSPPClassifier", done.stderr
