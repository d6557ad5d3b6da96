import json
import pickle
import zipfile

import numpy as np
import pytest
import safetensors.torch
import skops.io
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from skorch.callbacks import EpochTimer

from skfer import networks
from skfer.alignment import EyeLocator, FaceAligner, load_landmark_model
from skfer.augmentation import RandomAffine
from skfer.classifiers import CSPPClassifier, NetworkClassifier
from skfer.datasets import make_faces
from skfer.persistence import load_model, read_card, save_model
from skfer.pipelines import make_cspp_pipeline, make_gabor_svm_pipeline
from tests.forks import forget_skfer, needs_fork, run_fork
from tests.small_network import SmallNetwork
from tests.zip_files import pack, unpack

FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def data():
    X, y, _ = make_faces(3, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    return X, y


@pytest.fixture(scope="module")
def X():
    return np.random.default_rng(0).integers(0, 256, (8, 16, 16), np.uint8)


@pytest.fixture(scope="module")
def y():
    return np.array(["sad", "happy"] * 4)


@pytest.fixture(scope="module")
def saved(X, y, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "model.skfer"
    save_model(
        CSPPClassifier(max_epochs=1, random_state=0, network__hidden_units=8).fit(X, y), path
    )
    return path


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
        "warp": make_cspp_pipeline(max_epochs=1, augmentation=RandomAffine(rotation=3.0)),
    }


@pytest.mark.parametrize("name", ["cspp", "paper", "gabor-svm", "warp"])
def test_whole_pipelines_travel(data, tmp_path, name):
    X, y = data
    pipeline = make_pipelines()[name].fit(X, y)
    again = round_trip(pipeline, tmp_path)
    assert type(again) is type(pipeline)
    np.testing.assert_array_equal(again.predict_proba(X), pipeline.predict_proba(X))
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
    "labels", [[3, 1] * 4, [True, False] * 4, np.array(["b", "a"] * 4, object), [0.0, 1.0] * 4]
)
def test_labels_of_any_kind(X, labels, tmp_path):
    model = CSPPClassifier(max_epochs=1, random_state=0).fit(X, labels)
    again = round_trip(model, tmp_path)
    assert again.predict(X).dtype == model.predict(X).dtype
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_everything_but_the_session_is_kept(X, y, tmp_path):
    model = CSPPClassifier(
        max_epochs=2,
        network__low_level_bins=(2, 1),
        input_size=(12, 12),
        class_weight={"sad": 2, "happy": 1},
        optimizer=torch.optim.SGD,
        optimizer__momentum=0.9,
        validation_fraction=0.5,
        callbacks=[("timer", EpochTimer())],
        random_state=3,
        image_shape=[16, 16],
    )
    model.fit(X, y, groups=["a"] * 4 + ["b"] * 4)
    again = round_trip(model, tmp_path)
    expected = model.get_params() | {"callbacks": None, "device": "auto", "verbose": 0}
    assert again.get_params() == expected
    assert again.validation_subjects_.tolist() == model.validation_subjects_.tolist()
    assert again.history_.equals(model.history_)
    assert again.image_shape_ == (16, 16)
    np.testing.assert_array_equal(again.transform(X), model.transform(X))
    with pytest.raises(ValueError, match=r"shape \(17, 17\)"):
        again.predict(np.zeros((1, 17, 17)))
    refitted = again.fit(X, y, groups=["a"] * 4 + ["b"] * 4)
    np.testing.assert_array_equal(refitted.predict_proba(X), model.predict_proba(X))


def test_networks_by_name_and_of_ones_own(X, y, tmp_path):
    parameters = {"network__hidden_units": 8, "network__padding": "same"}
    lopes = NetworkClassifier(networks.LopesNet, max_epochs=1, **parameters).fit(X, y)
    again = round_trip(lopes, tmp_path)
    assert again.network is networks.LopesNet
    assert again.network__hidden_units == 8
    np.testing.assert_array_equal(again.predict_proba(X), lopes.predict_proba(X))
    own = NetworkClassifier(SmallNetwork, max_epochs=1).fit(X, y)
    again = round_trip(own, tmp_path, networks=[SmallNetwork])
    np.testing.assert_array_equal(again.predict_proba(X), own.predict_proba(X))
    with pytest.raises(ValueError, match=r"'SmallNetwork' is not in skfer.networks.*; .*networks="):
        load_model(tmp_path / "model.skfer")
    with pytest.raises(ValueError, match="networks is a module; give its class"):
        load_model(tmp_path / "model.skfer", networks=SmallNetwork(2))


def test_the_card(X, y, tmp_path):
    model = make_pipeline(FaceAligner((12, 12)), CSPPClassifier(max_epochs=1)).fit(X, y)
    path = tmp_path / "model.skfer"
    save_model(
        model,
        path,
        card={"training_data": "noise", "figures": {"accuracy": 0.5}, "notes": "for tests"},
    )
    card = read_card(path)
    assert card["notes"] == ["for tests"]
    assert card["training_data"] == "noise"
    assert card["figures"] == {"accuracy": 0.5}
    assert card["labels"] == ["happy", "sad"]
    assert card["preprocessing"] == ["facealigner: FaceAligner(output_size=(12, 12))"]
    assert {"python", "skfer", "torch", "scikit-learn"} <= set(card["versions"])
    assert str(tmp_path) not in path.read_bytes().decode("latin-1")


def test_networks_inside_other_estimators(X, y, tmp_path):
    X = X.reshape(8, -1)
    voters = [("a", CSPPClassifier(max_epochs=1)), ("b", CSPPClassifier(max_epochs=1))]
    model = VotingClassifier(voters, voting="soft").fit(X, y)
    again = round_trip(model, tmp_path)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    assert again.named_estimators_["a"] is again.estimators_[0]


def test_what_cannot_travel_is_refused_when_saved(X, y, tmp_path):
    path = tmp_path / "model.skfer"
    with pytest.raises(NotFittedError):
        save_model(CSPPClassifier(), path)
    own = Pipeline([("own", FunctionTransformer(pickle.dumps)), ("net", CSPPClassifier())])
    own.steps[1] = ("net", CSPPClassifier(max_epochs=1).fit(X, y))
    with pytest.raises(TypeError, match="cannot be saved without pickle: .*_pickle.dumps"):
        save_model(own, path)
    made = NetworkClassifier(lambda n_classes: SmallNetwork(n_classes), max_epochs=1).fit(X, y)
    with pytest.raises(TypeError, match="without pickle"):
        save_model(made, path)
    assert not list(tmp_path.iterdir())


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "model.skfer"
    save_model(StandardScaler().fit([[1.0], [2.0]]), path)
    before = path.read_bytes()
    monkeypatch.setattr("os.replace", lambda *paths: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save_model(StandardScaler().fit([[5.0], [2.0]]), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_schema_is_written_without_indentation(saved):
    model = unpack(saved.read_bytes())["model.skops"]
    assert b"\n" not in unpack(model)["schema.json"]


# Files that are damaged or mean ill


def rewrite(path, tmp_path, changes):
    """Copy a model file with some members changed, as an attacker would."""
    changed = tmp_path / "changed.skfer"
    changed.write_bytes(pack(unpack(path.read_bytes()) | changes))
    return changed


def rewrite_model(path, tmp_path, change_model):
    """Copy a model file with attributes, and maybe weights, changed."""
    files = unpack(path.read_bytes())
    trusted = skops.io.get_untrusted_types(data=files["model.skops"])
    model = skops.io.loads(files["model.skops"], trusted=trusted)
    weights = safetensors.torch.load(files["network-0.safetensors"])
    model = change_model(model, weights) or model
    weights = safetensors.torch.save(weights)
    changes = {"model.skops": skops.io.dumps(model), "network-0.safetensors": weights}
    return rewrite(path, tmp_path, changes)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("classes_", np.array([{"a": 1}]), "not labels"),
        ("classes_", np.array([["a", "b"]]), "not sorted"),
        ("classes_", np.array(["a", "b", "c"]), "weight .*the network has"),
        ("classes_", np.array(["a", "a"]), "not sorted"),
        ("image_shape_", (10**9, 10**9), "image_shape"),
        ("image_shape_", (-16, -16), "image_shape"),
        ("net_", {"file": "network-0.safetensors", "history": "no"}, "Expecting value"),
        ("net_", {"file": "../network-0.safetensors", "history": "[]"}, "network-0"),
        ("net_", "network-0.safetensors", "indices"),
        # Built first it takes all memory.
        ("network__hidden_units", 10**12, "weight .*the network has"),
        ("network__contrast_window", 10**9 + 1, "more memory than its weights"),
        ("network__contrast_window", 10**5 + 1, "contrast_window=100001 is too large"),
        ("network__kernel_sizes", (1,) * 5_000, "too many values to unpack"),
        ("network__low_level_bins", (10**6,), ""),
        ("optimizer", {"class": "__loader__"}, "networks="),
        ("optimizer", {"class": "Optimizer.__init__"}, "networks="),
        ("optimizer", "os.system", "callable"),
        ("optimizer__momentum", "much", "no .momentum"),
        ("nothing", 1, "no 'nothing'"),
        ("predict", 1, "no 'predict'"),
        ("_build_network", 1, "no '_build_network'"),
        ("lr", (3,), "lr"),
        ("lr", [[[[1]]]], "lr"),
        ("input_size", (-3, -3), "input_size"),
    ],
)
def test_hostile_attributes_are_refused(saved, tmp_path, name, value, message):
    path = rewrite_model(saved, tmp_path, lambda model, _: setattr(model, name, value))
    with pytest.raises(ValueError, match=rf"Cannot load the model '.*'[\s\S]*{message}"):
        load_model(path)


def test_weights_that_do_not_fit_are_refused(saved, tmp_path):
    name = "classify.output.bias"

    def lose(model, weights):
        del weights[name]

    def widen(model, weights):
        weights[name] = weights[name].double()

    def add(model, weights):
        weights["more"] = torch.zeros(1)

    for change, message in ((lose, "one side only"), (widen, "float64"), (add, "'more'")):
        with pytest.raises(ValueError, match=message):
            load_model(rewrite_model(saved, tmp_path, change))
    path = rewrite(saved, tmp_path, {"../../more": b""})
    with pytest.raises(ValueError, match="no step asks for '../../more'"):
        load_model(path)


@pytest.mark.filterwarnings("ignore:Initializing zero-element")
def test_a_small_file_cannot_ask_for_much_memory(saved, tmp_path):
    def widen(model, weights):
        with torch.device("meta"):
            net = networks.Plain7Net(2, image_size=(10**5, 10**5), hidden_units=0)
        weights.clear()
        for name, value in net.state_dict().items():
            weights[name] = torch.zeros(value.shape, dtype=value.dtype)
        large = NetworkClassifier(
            {"class": "Plain7Net"}, network__image_size=(10**5, 10**5), network__hidden_units=0
        )
        large.optimizer, large.net_ = model.optimizer, model.net_
        large.classes_, large.image_shape_ = model.classes_, model.image_shape_
        large.pixel_range_ = model.pixel_range_
        return large

    with pytest.raises(ValueError, match="is empty"):
        load_model(rewrite_model(saved, tmp_path, widen))


def test_archives_that_unpack_to_more_are_refused(saved, tmp_path):
    path = tmp_path / "bomb.skfer"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("card.json", b" " * 10**6)
    for function in (load_model, read_card):
        with pytest.raises(ValueError, match="compressed"):
            function(path)
    scaler = StandardScaler().fit(np.zeros((1, 10**5)))
    model = skops.io.dumps(scaler, compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(ValueError, match="compressed"):
        load_model(rewrite(saved, tmp_path, {"model.skops": model}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_repeat_are_refused(saved, tmp_path):
    path = rewrite(saved, tmp_path, {})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("card.json", b"{}")
    with pytest.raises(ValueError, match="different names"):
        read_card(path)
    model = make_pipeline(StandardScaler(), SVC()).fit([[0.0], [1.0]], [0, 1])
    model.steps *= 2
    path = rewrite(saved, tmp_path, {"model.skops": skops.io.dumps(model)})
    with pytest.raises(ValueError, match="different names"):
        load_model(path)


def test_a_network_of_ones_own_must_not_take_a_known_name(X, y, tmp_path):
    impostor = type("CSPPNet", (networks.CSPPNet,), {})
    model = NetworkClassifier(impostor, max_epochs=1).fit(X, y)
    with pytest.raises(TypeError, match="'CSPPNet' is the name of a class of skfer"):
        save_model(model, tmp_path / "model.skfer")


def test_other_formats_and_other_files_are_refused(saved, tmp_path):
    for version in (0, 1, "2"):
        path = rewrite(saved, tmp_path, {"card.json": json.dumps({"format": version})})
        with pytest.raises(ValueError, match=f"format {version} needs another version of skfer"):
            load_model(path)
    other = tmp_path / "other"
    other.write_bytes(pack({"a": b""}))
    with pytest.raises(ValueError, match="not a model of skfer"):
        load_model(other)
    for content in (b"", b"\x80\x04.", pickle.dumps({"a": 1}), b"{" * 10_000):
        other.write_bytes(content)
        with pytest.raises(ValueError, match="Cannot load the model"):
            load_model(other)
    with pytest.raises(ValueError, match="Cannot load the model"):
        load_model(tmp_path)
    path = rewrite(saved, tmp_path, {"card.json": "[" * 100_000 + "]" * 100_000})
    with pytest.raises(ValueError, match="Cannot load the model"):
        read_card(path)


def test_untrusted_types_are_not_built(saved, tmp_path):
    for model, message in (
        (FunctionTransformer(print), r"not trusted: \['builtins.print'\]"),
        (torch.optim.AdamW, "not trusted"),
        (["passthrough"], "no estimator"),
        (
            CSPPClassifier().set_params(optimizer={"class": "AdamW"}, network={"class": "CSPPNet"}),
            "network-0",
        ),
    ):
        path = rewrite(saved, tmp_path, {"model.skops": skops.io.dumps(model)})
        with pytest.raises(ValueError, match=message):
            load_model(path)


@pytest.fixture(scope="module")
def content(saved):
    return saved.read_bytes()


@settings(FUZZ, max_examples=150)
@given(cut=st.data())
def test_truncated_files_are_refused(content, tmp_path, cut):
    path = tmp_path / "cut.skfer"
    path.write_bytes(content[: cut.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(ValueError, match="Cannot load the model"):
        load_model(path)


@settings(FUZZ, max_examples=200)
@given(place=st.data())
def test_corrupted_files_are_refused_or_equal(content, X, saved, tmp_path, place):
    # Half of the changes fall on what zip writes about the members, not on the members.
    around = content.index(b"PK\x01\x02", content.rindex(b"network-0.safetensors") - 64)
    start = around if place.draw(st.booleans()) else 0
    changed = bytearray(content)
    for _ in range(place.draw(st.integers(1, 4))):
        changed[place.draw(st.integers(start, len(content) - 1))] = place.draw(st.integers(0, 255))
    path = tmp_path / "changed.skfer"
    path.write_bytes(bytes(changed))
    try:
        model, card = load_model(path), read_card(path)
    except ValueError as error:
        assert "Cannot load the model" in str(error)
    else:  # a date, say, or what was drawn stood there before
        expected = load_model(saved)
        np.testing.assert_array_equal(model.predict_proba(X), expected.predict_proba(X))
        assert model.get_params() == expected.get_params()
        assert card == read_card(saved)


def find_members(path):
    """Tell where the content of each member begins, and its length."""
    with zipfile.ZipFile(path) as archive:
        return [(m.header_offset + 30 + len(m.filename), m.file_size) for m in archive.infolist()]


def write_changed(path, content, place, bit):
    changed = bytearray(content)
    changed[place] ^= bit
    path.write_bytes(bytes(changed))


def test_each_byte_around_the_members_is_safe_to_change(tmp_path):
    path, changed_path = tmp_path / "model.skfer", tmp_path / "changed.skfer"
    scaler = StandardScaler().fit([[1.0], [2.0]])
    save_model(scaler, path)
    content = path.read_bytes()
    inside = {place for start, n in find_members(path) for place in range(start, start + n)}
    for place in sorted(set(range(len(content))) - inside):
        for bit in (1, 128):
            write_changed(changed_path, content, place, bit)
            try:
                model = load_model(changed_path)
            except ValueError as error:
                assert "Cannot load the model" in str(error)
            else:
                assert model.mean_ == scaler.mean_


def test_a_change_inside_any_member_is_noticed(saved, content, tmp_path):
    path = tmp_path / "changed.skfer"
    for first, size in find_members(saved):
        for place in (first, first + size // 2, first + size - 1):
            write_changed(path, content, place, 1)
            with pytest.raises(ValueError, match="Bad CRC-32"):
                load_model(path)


# Devices


def test_a_model_trained_elsewhere_opens_on_the_cpu(saved, X):
    model = load_model(saved, device="cpu")
    assert model.device == "cpu"
    assert model.predict(X).shape == (8,)
    with pytest.raises(ValueError, match="not a device"):
        load_model(saved, device="abacus")


def load_without_pickle(path):
    forget_skfer()
    from skfer.persistence import load_model

    pickle.loads = pickle.load = None
    assert type(load_model(path)).__name__ == "CSPPClassifier"


@needs_fork
def test_loading_in_a_fresh_process_imports_no_module_of_the_file(saved):
    assert run_fork(load_without_pickle, saved) == 0
