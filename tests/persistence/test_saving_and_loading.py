"""What can be saved, what cannot and what to do then."""

import threading

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC
from skorch.callbacks import Callback

from skfer.classifiers import CSPPClassifier, NetworkClassifier
from skfer.persistence import load_model, save_model
from tests.small_network import OwnNet


@pytest.fixture
def stack():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (8, 16, 16), np.uint8), np.array(["sad", "happy"] * 4)


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    return rng.normal(size=(12, 3)), np.array([0, 1] * 6)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.skfer"


class OwnStep(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def transform(self, X):
        return X


def test_steps_whose_joined_names_are_equal_stay_apart(rows, path):
    inner = Pipeline([("b", MinMaxScaler((-50, 50)))])
    model = Pipeline([("a.b", StandardScaler(with_mean=False)), ("a", inner), ("c", SVC())])
    model.fit(*rows)
    save_model(model, path)
    again = load_model(path)
    assert again["a.b"].get_params() == {"copy": True, "with_mean": False, "with_std": True}
    assert again["a"]["b"].feature_range == (-50, 50)
    np.testing.assert_array_equal(
        again.decision_function(rows[0]), model.decision_function(rows[0])
    )


def test_of_a_search_the_best_estimator_can_be_saved(rows, path):
    search = GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [1, 2]}, cv=2)
    search.fit(*rows)
    with pytest.raises(TypeError, match="GridSearchCV cannot be .*Save its best_estimator_"):
        save_model(search, path)
    save_model(search.best_estimator_, path)
    assert load_model(path)["svc"].C == search.best_params_["svc__C"]


def test_the_remedy_for_a_step_of_ones_own_works(rows, path):
    model = make_pipeline(OwnStep(), StandardScaler(), SVC()).fit(*rows)
    with pytest.raises(TypeError, match=r"OwnStep.*Save it without .*such as model\[1:\]"):
        save_model(model, path)
    save_model(model[1:], path)
    again = Pipeline([model.steps[0], *load_model(path).steps])
    np.testing.assert_array_equal(again.predict(rows[0]), model.predict(rows[0]))


class Keeper(Callback):
    def on_epoch_end(self, net, **kwargs):
        net.history.record("weights", next(net.module_.parameters()).detach())
        net.history.record("array", np.ones(2))
        net.history.record("note", "fine")
        net.history.record("number", np.float32(0.5))


def test_what_a_callback_keeps_in_the_history_does_not_hinder(stack, path):
    model = CSPPClassifier(max_epochs=2, callbacks=[("keeper", Keeper())]).fit(*stack)
    save_model(model, path)
    history = load_model(path).history_
    assert history["number"].tolist() == [0.5, 0.5]
    assert history["note"].tolist() == ["fine", "fine"]
    assert history["train_loss"].tolist() == model.history_["train_loss"].tolist()
    assert not {"weights", "array"} & set(history)


def test_subjects_held_out_may_have_been_numbers_in_an_object_column(stack, path):
    groups = np.array([1, 1, 2, 2, 3, 3, 4, 4], dtype=object)
    model = CSPPClassifier(max_epochs=1, validation_fraction=0.25).fit(*stack, groups=groups)
    save_model(model, path)
    assert load_model(path).validation_subjects_.tolist() == model.validation_subjects_.tolist()


@pytest.mark.parametrize("networks", [OwnNet, [OwnNet], iter([OwnNet])])
def test_a_network_of_ones_own_is_given_alone_or_in_a_list(stack, path, networks):
    model = NetworkClassifier(OwnNet, max_epochs=1).fit(*stack)
    save_model(model, path)
    again = load_model(path, networks=networks)
    np.testing.assert_array_equal(again.predict_proba(stack[0]), model.predict_proba(stack[0]))


@pytest.mark.parametrize("kind", [bool, np.bool_])
def test_a_dictionary_whose_keys_would_change_is_refused(rows, path, kind):
    y = np.array([False, True] * 6)
    model = SVC(class_weight={kind(False): 1, kind(True): 2}).fit(rows[0], y)
    with pytest.raises(TypeError, match="key False of a dictionary as True"):
        save_model(model, path)


def test_threads_may_save_to_one_path(rows, path):
    models = [SVC(C=1 + number).fit(*rows) for number in range(4)]
    errors = []

    def save(model):
        try:
            save_model(model, path)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=save, args=(model,)) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert load_model(path).C in {1, 2, 3, 4}
    assert [file.name for file in path.parent.iterdir()] == ["model.skfer"]


def test_a_wide_window_over_small_images_is_no_attack(stack, path):
    X = stack[0][:, :8, :8]
    model = CSPPClassifier(max_epochs=1, network__contrast_window=21).fit(X, stack[1])
    save_model(model, path)
    np.testing.assert_array_equal(load_model(path).predict(X), model.predict(X))
