"""What the classifiers share: weights, validation by subject, memory, interrupts, history."""

import os
import pickle
import signal
import tempfile
from functools import partial

import numpy as np
import pytest
import torch
from imblearn.pipeline import Pipeline
from sklearn import config_context
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict, cross_val_score
from skorch.callbacks import Callback, EarlyStopping, Freezer, LRScheduler, Unfreezer
from torch.optim import AdamW

from skfer.augmentation import EyeJitter, EyeJitterSampler, RandomAffine
from skfer.classifiers import CSPPClassifier, NetworkClassifier
from skfer.classifiers._batches import central_crop, scale_to_unit
from skfer.classifiers._validation import hold_out_subjects
from skfer.faces import make_face_array
from skfer.utils import check_images
from tests.forks import needs_fork, run_fork
from tests.small_network import OwnNet, SmallNetwork


def quick(**parameters):
    settings = {"max_epochs": 2, "random_state": 0, "input_size": (24, 24)}
    return NetworkClassifier(SmallNetwork, **settings | parameters)


class ImagesSeen(Callback):
    def on_train_begin(self, net, X=None, **kwargs):
        self.images = X


# Weights


def test_equal_weights_change_nothing(X, y):
    plain = quick().fit(X, y).predict_proba(X)
    weighted = quick().fit(X, y, sample_weight=np.full(len(y), 7.0)).predict_proba(X)
    np.testing.assert_allclose(weighted, plain, atol=1e-6)


def test_weights_decide_what_is_learned():
    X = np.zeros((20, 8, 8))  # all alike, so the classes' weights are all there is to learn
    y = np.repeat(["a", "b"], 10)
    settings = {"network__width": 1, "max_epochs": 100, "lr": 0.1, "augmentation": None}
    settings |= {"true_class_probability": 1.0, "optimizer__weight_decay": 0, "random_state": 0}
    weights = np.where(y == "a", 3.0, 1.0)
    model = NetworkClassifier(OwnNet, **settings).fit(X, y, sample_weight=weights)
    assert model.predict_proba(X[:1])[0, 0] == pytest.approx(0.75, abs=0.03)
    model = NetworkClassifier(OwnNet, class_weight={"a": 1, "b": 4}, **settings).fit(X, y)
    assert model.predict_proba(X[:1])[0, 1] == pytest.approx(0.8, abs=0.03)
    model = NetworkClassifier(OwnNet, class_weight="balanced", **settings).fit(X[:15], y[:15])
    assert model.predict_proba(X[:1])[0, 0] == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_odd_weights_of_classes_are_refused(X, y, weight):
    with pytest.raises(ValueError, match=f"class_weight has {weight} for class {y[0]};"):
        quick().set_params(class_weight={y[0]: weight}).fit(X, y)


@pytest.mark.parametrize(("weights", "message"), [(0.0, "zero"), (-1.0, "[Nn]egative")])
def test_impossible_weights_are_refused(X, y, weights, message):
    with pytest.raises(ValueError, match=message):
        quick().fit(X, y, sample_weight=np.full(len(y), weights))


# Validation inside fit


def test_whole_subjects_are_held_out(X, y, subjects):
    model = quick(validation_fraction=0.3, callbacks=[("seen", ImagesSeen())]).fit(X, y)
    held_out = model.validation_subjects_
    assert len(held_out) == 2
    assert set(held_out) < set(subjects)
    n_training = len(dict(model.net_.callbacks_)["seen"].images)
    assert n_training == (~np.isin(subjects, held_out)).sum()
    assert {"valid_loss", "valid_acc"} <= set(model.history_.columns)


@pytest.mark.parametrize("seed", range(5))
def test_no_subject_on_both_sides(X, y, subjects, seed):
    training, validation, held_out = hold_out_subjects(X, y, None, 0.4, seed)
    assert sorted([*training, *validation]) == list(range(len(y)))
    assert set(subjects[training]).isdisjoint(subjects[validation])
    assert set(subjects[validation]) == set(held_out)


def test_the_held_out_influence_no_weights(X, y):
    settings = {"validation_fraction": 0.3, "class_weight": "balanced"}
    plain = quick(**settings).fit(X, y, sample_weight=np.ones(len(y)))
    held_out = np.isin(X["subject"], plain.validation_subjects_)
    heavy = quick(**settings).fit(X, y, sample_weight=np.where(held_out, 1e3, 1.0))
    np.testing.assert_array_equal(plain.history_["train_loss"], heavy.history_["train_loss"])
    relabelled = np.where(held_out, "sad", y)
    other = quick(**settings).fit(X, relabelled)
    np.testing.assert_array_equal(plain.history_["train_loss"], other.history_["train_loss"])
    with pytest.raises(ValueError, match="zero"):
        quick(**settings).fit(X, y, sample_weight=held_out.astype(float))


def test_a_fit_leaves_nothing_of_the_one_before(X, y):
    model = quick(validation_fraction=0.3, max_epochs=1).fit(X, y)
    image = X["image"][np.isin(X["subject"], model.validation_subjects_)][0]
    assert np.ascontiguousarray(image).tobytes() not in pickle.dumps(model)
    model.set_params(validation_fraction=None).fit(X, y)
    assert not hasattr(model, "validation_subjects_")


# L-BFGS of torch 2.8 warns of itself.
@pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad")
@pytest.mark.parametrize("name", ["Adagrad", "SGD", "RMSprop", "LBFGS", "Rprop"])
@pytest.mark.parametrize("lr_scheduler", ["one-cycle", None])
def test_any_optimizer_trains(X, y, name, lr_scheduler):
    model = quick(optimizer=getattr(torch.optim, name), lr_scheduler=lr_scheduler).fit(X, y)
    assert np.isfinite(model.history_["train_loss"]).all()
    decay = model.net_.optimizer_.param_groups[0].get("weight_decay")
    assert decay == (None if name in ("LBFGS", "Rprop") else 0.02)


@pytest.mark.parametrize(
    ("given", "decay"),
    [({}, 0.02), ({"optimizer__weight_decay": None}, 0.01)]
    + [({"optimizer__weight_decay": 0}, 0), ({"optimizer": partial(AdamW, weight_decay=0.3)}, 0.3)],
)
def test_weight_decay_is_a_default_that_yields(X, y, given, decay):
    model = quick(max_epochs=1, **given).fit(X, y)
    assert model.net_.optimizer_.param_groups[0]["weight_decay"] == decay


@pytest.mark.parametrize(
    "given",
    [
        {"optimizer": partial(torch.optim.SGD, momentum=0.5)},
        {"optimizer": torch.optim.SGD, "optimizer__momentum": 0.5},
    ],
)
def test_a_momentum_that_is_given_is_kept(X, y, given):
    model = quick(**given).fit(X, y)
    assert model.net_.optimizer_.param_groups[0]["momentum"] == 0.5


@pytest.mark.parametrize(
    ("parameters", "fused"),
    [
        ({}, True),
        ({"optimizer": partial(torch.optim.Adam, lr=0.1)}, True),
        ({"optimizer__fused": False}, False),
        ({"optimizer__foreach": True}, None),
        ({"optimizer": partial(AdamW, foreach=False)}, None),
        ({"optimizer": torch.optim.SGD}, None),
    ],
)
def test_adam_runs_fused_unless_told_otherwise(X, y, parameters, fused):
    model = quick(max_epochs=1, **parameters).fit(X, y)
    assert model.net_.optimizer_.param_groups[0]["fused"] == fused


@pytest.mark.parametrize("optimizer", [AdamW, torch.optim.SGD])
def test_layers_may_be_unfrozen_later(X, y, optimizer):
    callbacks = [Freezer("convolutions*"), Unfreezer("convolutions*", at=2)]
    quick(max_epochs=2, optimizer=optimizer, callbacks=callbacks).fit(X, y)


def test_what_an_optimizer_does_not_take_is_refused(X, y):
    with pytest.raises(ValueError, match=r"LBFGS takes no 'weight_decay'; .*'max_iter'"):
        quick(optimizer=torch.optim.LBFGS, optimizer__weight_decay=0.1).fit(X, y)
    with pytest.raises(ValueError, match="AdamW takes no 'momentum'"):
        quick(optimizer__momentum=0.9).fit(X, y)


@pytest.mark.parametrize("name", [None, "mine", "lr_scheduler"])
def test_the_users_scheduler_replaces_the_built_in_one(X, y, name):
    halve = LRScheduler(torch.optim.lr_scheduler.StepLR, step_size=1, gamma=0.5)
    callbacks = [halve if name is None else (name, halve)]
    settings = {"max_epochs": 3, "batch_size": 8, "callbacks": callbacks}
    model = quick(**settings).fit(X, y)
    rate = model.net_.optimizer_.param_groups[0]["lr"]
    assert rate == pytest.approx(2e-3 / 8)
    constant = quick(lr_scheduler=None, **settings).fit(X, y)
    np.testing.assert_array_equal(model.predict_proba(X), constant.predict_proba(X))


# Augmentation


def test_names_are_objects_with_defaults(X, y):
    for name, warp in (("affine", RandomAffine()), ("eye-jitter", EyeJitter())):
        by_name, by_object = (quick(augmentation=given).fit(X, y) for given in (name, warp))
        np.testing.assert_array_equal(by_name.predict_proba(X), by_object.predict_proba(X))


class BatchesSeen(Callback):
    def on_train_begin(self, net, **kwargs):
        self.batches = {}

    def on_batch_begin(self, net, batch=None, training=False, **kwargs):
        self.batches.setdefault(len(net.history), []).append(batch[0])


@pytest.mark.parametrize(
    ("settings", "n_warped"),
    [
        ({}, 4),
        ({"unwarped_fraction": 0}, 5),
        ({"unwarped_fraction": 0.5}, 3),
        ({"unwarped_fraction": 1}, 0),
    ],
)
@pytest.mark.parametrize("flip", [False, True])
def test_the_last_epochs_mirror_without_a_warp(X, y, settings, n_warped, flip):
    settings = settings | {"augmentation": RandomAffine(flip=flip), "callbacks": [BatchesSeen()]}
    model = quick(max_epochs=5, **settings).fit(X, y)
    (seen,) = (one for _, one in model.net_.callbacks_ if isinstance(one, BatchesSeen))
    crops = torch.from_numpy(check_images(model, X).images)[:, None]
    crops = central_crop(scale_to_unit(crops), (24, 24))
    views = torch.cat([crops, crops.flip(3)]).flatten(1)
    for epoch, batches in seen.batches.items():
        # The matrix products that torch takes for many vectors would lose the small distances.
        distance = torch.cdist(
            torch.cat(batches).flatten(1), views, compute_mode="donot_use_mm_for_euclid_dist"
        )
        unwarped = distance.min(dim=1).values < 1e-3
        assert unwarped.all() if epoch > n_warped else not unwarped.any()
        mirrored = distance.argmin(dim=1) >= len(X)
        assert mirrored[unwarped].any() == (flip and epoch > n_warped)


def test_augmentation_is_searched_cloned_pickled_and_shown(X, y, subjects):
    warp = RandomAffine(rotation=3.0)
    model = quick(augmentation=warp, max_epochs=1)
    assert model.get_params()["augmentation__rotation"] == 3.0
    assert "augmentation__rotation" not in model.get_params(deep=False)
    copied = clone(model).set_params(augmentation__rotation=9.0)
    assert (warp.rotation, copied.augmentation.rotation) == (3.0, 9.0)
    grid = {"augmentation__rotation": [0.0, 40.0]}
    search = GridSearchCV(model, grid, cv=GroupKFold(2)).fit(X, y, groups=subjects)
    assert search.best_estimator_.augmentation.rotation in (0.0, 40.0)
    fitted = pickle.loads(pickle.dumps(model.fit(X, y)))
    np.testing.assert_array_equal(fitted.predict_proba(X), model.predict_proba(X))
    assert fitted.augmentation.get_params() == RandomAffine(rotation=3.0).get_params()
    assert model.augmentation is warp
    assert vars(warp) == vars(RandomAffine(rotation=3.0))
    assert "RandomAffine" in repr(model)
    assert "RandomAffine" in model._repr_html_()


def test_mistakes_in_the_augmentation_are_named(X, y):
    with pytest.raises(ValueError, match="'rotation' parameter of RandomAffine"):
        quick(augmentation=RandomAffine(rotation=-1)).fit(X, y)
    with pytest.raises(ValueError, match=r"augmentation='affine'; give an object"):
        quick().set_params(augmentation__rotation=8)
    with pytest.raises(ValueError, match="Invalid parameter 'sigma' for estimator RandomAffine"):
        quick(augmentation=RandomAffine()).set_params(augmentation__sigma=8)
    model = quick().set_params(augmentation=RandomAffine(), augmentation__rotation=8)
    assert model.augmentation.rotation == 8


def test_best_epoch_is_kept(X, y):
    settings = {"validation_fraction": 0.3, "lr_scheduler": None, "lr": 0.1, "batch_size": 8}
    settings["unwarped_fraction"] = 0  # the same epochs, however many follow
    model = quick(max_epochs=16, **settings).fit(X, y)
    losses = model.history_["valid_loss"]
    best = int(losses.idxmin())
    assert best < 15  # else the test would prove nothing
    shorter = quick(max_epochs=best + 1, **settings).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), shorter.predict_proba(X), atol=1e-6)


def test_patience_stops(X, y):
    settings = {"validation_fraction": 0.3, "lr_scheduler": None, "lr": 0.05, "batch_size": 8}
    model = quick(max_epochs=40, patience=2, **settings).fit(X, y)
    losses = model.history_["valid_loss"]
    assert len(losses) < 40
    assert len(losses) - 1 - int(losses.idxmin()) == 2
    with pytest.raises(ValueError, match="give validation_fraction"):
        quick(patience=2).fit(X, y)


def test_without_subjects_it_refuses(X, y, subjects):
    stack = np.ascontiguousarray(X["image"])
    model = quick(validation_fraction=0.3)
    with pytest.raises(ValueError, match="Rows and stacks of images carry no subjects.* as groups"):
        model.fit(stack, y)
    unnamed = X.copy()
    unnamed["subject"][3] = ""
    with pytest.raises(ValueError, match="the first is sample 3"):
        model.fit(unnamed, y)
    with pytest.raises(ValueError, match="two subjects or more"):
        model.fit(stack, y, groups=np.zeros(len(y)))
    with pytest.raises(ValueError, match="contradict each other"):
        model.fit(X, y, groups=np.zeros(len(y)))
    with pytest.raises(ValueError, match="inconsistent"):
        model.fit(X, y, groups=subjects[:-1])
    model.fit(stack, y, groups=subjects)
    assert set(model.validation_subjects_) < set(subjects)


def test_a_label_of_held_out_subjects_only_is_named(X, y, subjects):
    y = np.where(subjects == np.unique(subjects)[0], "odd", y)
    with pytest.raises(ValueError, match=r"never show \['odd'\]"):
        for seed in range(20):
            quick(validation_fraction=0.5, max_epochs=1, random_state=seed).fit(X, y)


@pytest.mark.parametrize("routing", [False, True])
def test_validation_behind_a_sampler_under_cross_validation(X, y, subjects, routing):
    jitter = EyeJitterSampler(1, random_state=0)
    pipeline = Pipeline([("jitter", jitter), ("net", quick(validation_fraction=0.3))])
    with config_context(enable_metadata_routing=routing):
        given = {"params": {"groups": subjects}} if routing else {"groups": subjects}
        scores = cross_val_score(pipeline, X, y, cv=GroupKFold(2), error_score="raise", **given)
    assert np.isfinite(scores).all()


def test_groups_are_routed_where_rows_name_no_subjects(X, y, subjects):
    stack = np.ascontiguousarray(X["image"])
    with config_context(enable_metadata_routing=True):
        model = quick(validation_fraction=0.3).set_fit_request(groups=True)
        scores = cross_val_score(
            model, stack, y, cv=GroupKFold(2), params={"groups": subjects}, error_score="raise"
        )
    assert np.isfinite(scores).all()


# Prediction


def test_features_are_what_the_last_layers_see(X, y):
    model = quick(precision="float32").fit(X, y)
    features = model.transform(X)
    assert features.shape == (len(y), 10 * 8)
    with torch.no_grad():
        scores = model.net_.module_.classify(torch.from_numpy(features))
    np.testing.assert_allclose(model.predict_proba(X), scores.softmax(1).numpy(), atol=1e-5)
    assert model.get_feature_names_out()[0] == "networkclassifier0"


def test_mirrored_faces_look_the_same_with_test_time_flip(X, y):
    model = quick().fit(X, y)
    mirrored = np.ascontiguousarray(X["image"][:, :, ::-1])
    plain = model.predict_proba(mirrored)
    assert not np.allclose(plain, model.predict_proba(X), atol=1e-4)
    mean = (plain + model.predict_proba(X)) / 2
    model.set_params(test_time_flip=True)
    np.testing.assert_allclose(model.predict_proba(mirrored), mean, atol=1e-5)
    np.testing.assert_allclose(model.predict_proba(X), mean, atol=1e-5)


@pytest.mark.parametrize(
    "augmentation", ["affine", RandomAffine(brightness=0.1), EyeJitter(brightness=0.1), None]
)
def test_equal_seeds_give_equal_bits_and_others_do_not(X, y, augmentation):
    model = quick(augmentation=augmentation)
    first, second = (model.fit(X, y).predict_proba(X) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    other = quick(augmentation=augmentation, random_state=1).fit(X, y)
    assert not np.array_equal(first, other.predict_proba(X))


def test_noise_on_nominal_eyes_of_a_stack_is_that_on_the_aligned_eyes(X, y):
    faces = quick(augmentation="eye-jitter").fit(X, y).predict_proba(X)
    stack = np.ascontiguousarray(X["image"])
    nominal = quick(augmentation="eye-jitter").fit(stack, y).predict_proba(stack)
    np.testing.assert_allclose(faces, nominal, atol=1e-3)
    unknown = quick(augmentation="eye-jitter").fit(make_face_array(stack), y).predict_proba(stack)
    np.testing.assert_array_equal(unknown, nominal)


def test_bfloat16_predicts_nearly_the_same(X, y):
    full, half = (quick(precision=name).fit(X, y) for name in ("float32", "bfloat16"))
    half.net_.module_.load_state_dict(full.net_.module_.state_dict())
    ours, theirs = half.predict_proba(X), full.predict_proba(X)
    assert ours.dtype == np.float32
    assert not np.array_equal(ours, theirs)
    np.testing.assert_allclose(ours, theirs, atol=0.05)


# The course of a fit


def test_history_is_a_table(X, y):
    history = quick(max_epochs=3).fit(X, y).history_
    assert history["epoch"].tolist() == [1, 2, 3]
    assert {"train_loss", "dur"} <= set(history.columns)
    assert (history["train_loss"] > 0).all()


@pytest.mark.parametrize(("verbose", "words"), [(0, ""), (1, "train_loss"), (2, "it/s")])
def test_progress_is_shown_if_asked_for(X, y, verbose, words, capsys):
    quick(verbose=verbose).fit(X, y)
    shown = "".join(capsys.readouterr())
    assert words in shown
    assert bool(shown) == bool(verbose)


class Interrupted(SmallNetwork):
    def features(self, images):
        # A shell lets jobs in the background ignore Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.raise_signal(signal.SIGINT)


def test_an_interrupted_fit_is_no_fit(X, y, monkeypatch):
    model = quick().fit(X, y)
    monkeypatch.setattr(NetworkClassifier, "_build_network", lambda self, n: Interrupted(n))
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y)
    assert not hasattr(model, "net_")


class Kill(Callback):
    def on_epoch_end(self, net, **kwargs):
        os.kill(os.getpid(), signal.SIGKILL)


def fit_until_killed(home):
    import torch._dynamo  # noqa: F401 - as optimizers do; it makes a folder of its own

    os.chdir(home)
    os.environ |= {"HOME": str(home), "TMPDIR": str(home)}
    tempfile.tempdir = None  # is asked for anew; folders that were chosen at import are not seen
    X = np.random.default_rng(0).integers(0, 256, (16, 24, 24), np.uint8)
    CSPPClassifier(max_epochs=3, callbacks=[Kill()]).fit(X, np.arange(16) % 2)


@needs_fork
def test_a_killed_fit_leaves_nothing(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    assert run_fork(fit_until_killed, home) == -signal.SIGKILL
    assert list(home.rglob("*")) == []


def test_an_exhausted_device_gives_advice(X, y, monkeypatch):
    def exhaust(self, images):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    model = quick().fit(X, y)
    monkeypatch.setattr(SmallNetwork, "features", exhaust)
    with pytest.raises(MemoryError, match="smaller batch_size") as error:
        quick(batch_size=16).fit(X, y)
    assert "16 images" in str(error.value)
    assert error.value.__suppress_context__
    with pytest.raises(MemoryError, match="while predicting"):
        model.predict(X)


def test_other_errors_of_torch_pass(X, y, monkeypatch):
    def broken(self, *arguments):
        raise RuntimeError("something else")

    monkeypatch.setattr(NetworkClassifier, "_build_net", broken)
    with pytest.raises(RuntimeError, match="something else"):
        quick().fit(X, y)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # torch's compiler warns of parts of itself
def test_compiled_networks_learn_the_same(X, y):
    # Neither augmentation nor dropout, whose draws would differ.
    settings = {"augmentation": None, "max_epochs": 1, "network__dropout": 0.0}
    plain, compiled = (quick(compile=flag, **settings).fit(X, y) for flag in (False, True))
    np.testing.assert_allclose(plain.predict_proba(X), compiled.predict_proba(X), atol=1e-2)
    np.testing.assert_allclose(plain.transform(X), compiled.transform(X), atol=0.1)


# Parameters, batches and layouts


class BatchCounter(Callback):
    def __init__(self):
        self.n_batches = 0

    def on_batch_end(self, net, training, **kwargs):
        self.n_batches += training


@pytest.mark.parametrize(("batch_size", "n_batches"), [(5, 5), ("auto", 3)])
def test_callback_of_the_user_fires_on_every_batch(X, y, batch_size, n_batches):
    counter = BatchCounter()  # there are 24 faces
    model = quick(callbacks=[("counter", counter)], batch_size=batch_size, max_epochs=3).fit(X, y)
    fired = dict(model.net_.callbacks_)["counter"].n_batches
    assert fired == 3 * n_batches
    assert counter.n_batches == 0  # the parameter itself is not touched


def test_small_batches_of_auto_take_a_lower_rate(X, y):
    fixed, auto = (quick(batch_size=size, lr_scheduler=None).fit(X, y) for size in (8, "auto"))
    assert fixed.net_.optimizer_.param_groups[0]["lr"] == 2e-3
    assert auto.net_.optimizer_.param_groups[0]["lr"] == pytest.approx(1e-3)


def test_it_learns_unseen_subjects(X, y, subjects):
    predicted = cross_val_predict(
        quick(max_epochs=25, batch_size=8, lr=0.01), X, y, groups=subjects, cv=GroupKFold(3)
    )
    assert (predicted == y).mean() >= 0.75


def test_layouts_give_the_same_model(X, y):
    stack = np.ascontiguousarray(X["image"])
    expected = quick().fit(X, y).predict_proba(X)
    for other in (stack, stack.reshape(len(stack), -1)):
        np.testing.assert_array_equal(quick().fit(other, y).predict_proba(other), expected)


def test_optimizer_parameters_are_searched_and_cloned(X, y, subjects):
    model = quick(optimizer=torch.optim.SGD, optimizer__momentum=0.5)
    assert clone(model).optimizer__momentum == 0.5
    grid = {"optimizer__momentum": [0.0, 0.9]}
    search = GridSearchCV(model, grid, cv=GroupKFold(2)).fit(X, y, groups=subjects)
    best = search.best_estimator_
    momentum = best.net_.optimizer_.param_groups[0]["momentum"]
    assert momentum == best.optimizer__momentum


@pytest.mark.parametrize("name", ["callbacks__stop__patience", "lr__peak", "class_weight__happy"])
def test_parameters_of_what_has_none_are_refused(name):
    owner = name.split("__")[0]
    model = CSPPClassifier(callbacks=[("stop", EarlyStopping(monitor="train_loss"))])
    with pytest.raises(
        ValueError, match=f"{name} is a parameter of an object, but {owner}=.*whole"
    ):
        model.set_params(**{name: 2})
    with pytest.raises(ValueError, match="Invalid parameter 'lrr'"):
        model.set_params(lrr__peak=2)


@pytest.mark.parametrize(("probability", "n_classes"), [(0.9, 2), (0.9, 6), (1.0, 6)])
def test_true_class_gets_its_probability(probability, n_classes):
    X = np.random.default_rng(0).random((n_classes, 8, 8))
    model = CSPPClassifier(max_epochs=1, true_class_probability=probability)
    model.fit(X, range(n_classes))
    # Cross-entropy with smoothing is linear in the target, which its gradient gives away.
    logits = torch.zeros(1, n_classes, requires_grad=True)
    model.net_.criterion_(logits, torch.tensor([0])).backward()
    target = 1 / n_classes - logits.grad[0]
    expected = [probability] + [(1 - probability) / (n_classes - 1)] * (n_classes - 1)
    np.testing.assert_allclose(target.numpy(), expected, atol=1e-6)


def test_training_leaves_torchs_generator_alone(X, y):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    quick(random_state=None, max_epochs=1).fit(X, y)
    assert torch.equal(torch.rand(3), expected)


def test_what_cannot_be_trained_on_is_refused(X, y):
    with pytest.raises(ValueError, match=r"input_size=\(64, 64\) exceeds"):
        quick(input_size=(64, 64)).fit(X, y)
    for size in ((48, 48, 1), (48.0, 48.0), (48,)):
        with pytest.raises(ValueError, match="input_size=.*expected two whole numbers"):
            quick(input_size=size).fit(X, y)
        with pytest.raises(ValueError, match="image_shape=.*expected two whole numbers"):
            quick(image_shape=size).fit(X["image"].reshape(len(X), -1), y)
    with pytest.raises(ValueError, match="1 sample"):
        quick().fit(X[:1], y[:1])


def test_a_memory_map_is_trained_on_without_a_copy(X, y, tmp_path):
    np.save(tmp_path / "faces.npy", X)
    mapped = np.load(tmp_path / "faces.npy", mmap_mode="r")
    model = quick(callbacks=[("seen", ImagesSeen())]).fit(mapped, y)
    assert np.shares_memory(dict(model.net_.callbacks_)["seen"].images, mapped["image"])
    assert np.shares_memory(check_images(model, mapped, reset=False).images, mapped["image"])
    np.testing.assert_array_equal(model.predict_proba(mapped), quick().fit(X, y).predict_proba(X))
