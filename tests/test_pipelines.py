from inspect import signature
from pathlib import Path

import numpy as np
import pytest
from joblib import parallel_config
from sklearn.base import ClassifierMixin
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    ParameterGrid,
    cross_val_predict,
    cross_val_score,
)
from sklearn.utils import estimator_html_repr
from sklearn.utils.validation import has_fit_parameter

from skfer import networks
from skfer.cli._methods import METHODS, SEQUENCE_METHODS, make_method
from skfer.datasets import make_face_sequences, make_faces
from skfer.descriptors import HOGDescriptor
from skfer.evaluation import evaluate_subject_independent
from skfer.faces import with_fields
from skfer.persistence import load_model, save_model
from skfer.pipelines import (
    PARAMETER_GRIDS,
    make_cspp_pipeline,
    make_gabor_svm_pipeline,
    make_network_pipeline,
    make_pixel_knn_pipeline,
)
from skfer.utils import all_estimators

MAKERS = {
    "cspp": lambda **kw: make_cspp_pipeline(random_state=0, max_epochs=1, **kw),
    "paper": lambda **kw: make_cspp_pipeline(
        recipe="paper", random_state=0, max_epochs=1, **kw
    ).set_params(jitter__n_copies=2),
    "plain7": lambda **kw: make_network_pipeline(
        networks.Plain7Net, random_state=0, max_epochs=1, **kw
    ),
    "gabor-svm": make_gabor_svm_pipeline,
    "pixel-knn": make_pixel_knn_pipeline,
}


@pytest.fixture(scope="module")
def data():
    return make_faces(4, 1, expressions=("happy", "sad", "surprise"), random_state=0)


@pytest.fixture(params=MAKERS)
def make(request):
    return MAKERS[request.param]


def test_photographs_and_crops(make, data):
    crops = with_fields(data.faces, image=data.images[:, ::2, ::2], eyes=data.faces["eyes"] / 2)
    for align, X in (("eyes", data.faces), (None, crops)):
        predicted = make(align=align).fit(X, data.target).predict(X)
        assert set(predicted) <= set(data.target_names)


def test_cross_validation_in_two_processes_gives_the_same_numbers(make, data):
    model, cv = make(align="eyes"), GroupKFold(2)
    arguments = {"groups": data.subjects, "cv": cv}
    scores = cross_val_score(model, data.faces, data.target, **arguments)
    predicted = cross_val_predict(model, data.faces, data.target, **arguments)
    with parallel_config("loky", n_jobs=2, inner_max_num_threads=1):
        again = cross_val_score(model, data.faces, data.target, **arguments)
        np.testing.assert_array_equal(
            predicted, cross_val_predict(model, data.faces, data.target, **arguments)
        )
    np.testing.assert_array_equal(scores, again)


@pytest.mark.parametrize(
    ("name", "grid"),
    [
        ("cspp", {"classify__lr": [1e-3, 2e-3]}),
        ("gabor-svm", {"classify__estimator__svm__C": [0.1, 1.0]}),
    ],
)
def test_nested_search_by_subject(name, grid):
    data = make_faces(8, 1, expressions=("happy", "sad"), image_size=(48, 48), random_state=0)
    search = GridSearchCV(MAKERS[name](align=None), grid, cv=GroupKFold(2))
    groups = {"groups": data.subjects, "params": {"groups": data.subjects}}
    scores = cross_val_score(
        search, data.faces, data.target, cv=GroupKFold(2), error_score="raise", **groups
    )
    assert np.isfinite(scores).all()


def test_set_output_and_html(make, data):
    model = make(align="eyes").set_output(transform="pandas").fit(data.faces, data.target)
    assert len(model.predict(data.faces)) == len(data.faces)
    assert "<div" in model._repr_html_()


def test_paper_recipe_has_the_training_of_the_papers_table():
    model = make_cspp_pipeline(recipe="paper")
    assert model["jitter"].n_copies == 70
    classifier = model["classify"]
    assert (classifier.lr, classifier.batch_size, classifier.max_epochs) == (0.0009, 128, 50)
    assert (classifier.optimizer__momentum, classifier.network__dropout) == (0.9, 0.5)
    assert classifier.true_class_probability == 0.9


@pytest.mark.parametrize("arguments", [{"align": "nose"}, {"recipe": "cake"}])
def test_unknown_choices_are_refused(arguments):
    with pytest.raises(ValueError, match=f"{next(iter(arguments))}=.*expected"):
        make_cspp_pipeline(**arguments)


@pytest.mark.parametrize("name", ["LopesNet", "Plain5Net", "Plain7Net", "Plain8Net"])
def test_the_papers_recipe_over_the_ladder(name):
    pipeline = make_network_pipeline(getattr(networks, name), recipe="paper", random_state=1)
    cspp = make_cspp_pipeline(recipe="paper", random_state=1)
    assert [step for step, _ in pipeline.steps] == [step for step, _ in cspp.steps]
    ours, paper = pipeline["classify"].get_params(), cspp["classify"].get_params()
    assert ours == paper | {"network": getattr(networks, name)}


def test_a_network_without_a_parameter_of_the_recipe():
    pipeline = make_network_pipeline(networks.DeXpressionNet, recipe="paper")
    assert "network__dropout" not in pipeline["classify"].get_params()


def test_html_repr_shows_the_descriptions_of_parameters():
    pytest.importorskip("sklearn", minversion="1.8")
    html = estimator_html_repr(make_cspp_pipeline())
    assert "Height and width of the crop in pixels" in html  # of FaceAligner
    assert "Passes over the training images" in html  # of CSPPClassifier, from its base


@pytest.mark.parametrize("name", PARAMETER_GRIDS)
def test_every_setting_of_a_grid_is_one_of_the_system(name):
    pipeline = make_method(name, align=None, random_state=0)
    for parameters in ParameterGrid(PARAMETER_GRIDS[name]):
        pipeline.set_params(**parameters)


@pytest.mark.parametrize("name", PARAMETER_GRIDS)
def test_the_last_setting_of_each_grid_can_be_fitted(name, crops, sequences):
    crops = sequences if name in SEQUENCE_METHODS else crops
    pipeline = make_method(name, align=None, random_state=0)
    for grid in PARAMETER_GRIDS[name]:
        pipeline.set_params(**list(ParameterGrid(grid))[-1])
        assert np.isfinite(pipeline.fit(crops.faces, crops.target).predict_proba(crops.faces)).all()


@pytest.fixture(scope="module")
def crops():
    expressions = ("happy", "sad", "surprise")
    return make_faces(6, 2, expressions=expressions, image_size=(48, 48), random_state=0)


@pytest.fixture(scope="module")
def sequences():
    expressions = ("happy", "sad", "surprise")
    return make_face_sequences(
        6, 1, expressions=expressions, n_frames=(4, 7), image_size=(48, 48), random_state=0
    )


@pytest.mark.parametrize("name", sorted(set(METHODS) - {"cspp", "song"}))
def test_every_method_gives_probabilities_and_travels(name, crops, sequences, tmp_path):
    crops = sequences if name in SEQUENCE_METHODS else crops
    model = make_method(name, align=None, random_state=0).fit(crops.faces, crops.target)
    probabilities = model.predict_proba(crops.faces)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    assert list(model.classes_) == list(crops.target_names)
    np.testing.assert_array_equal(
        model.predict(crops.faces), model.classes_[probabilities.argmax(axis=1)]
    )
    save_model(model, tmp_path / "model.skfer")
    again = load_model(tmp_path / "model.skfer").predict_proba(crops.faces)
    np.testing.assert_array_equal(again, probabilities)


@pytest.mark.parametrize("name", ["gabor-svm", "radial-encoding"])
def test_probabilities_are_those_of_strangers(name):
    """The surer a method is, the more often it is right, and about as often as it says."""
    data = make_faces(16, 1, image_size=(48, 48), random_state=0)
    model = make_method(name, align=None, random_state=0)
    if name == "radial-encoding":
        model.set_params(classify__descriptor=HOGDescriptor())
    result = evaluate_subject_independent(model, data.faces, data.target, cv=4).images
    sure = result.filter(like="proba_").max(axis=1).to_numpy()
    right = (result["y_true"] == result["y_pred"]).to_numpy()
    assert sure.std() > 0.1
    assert abs(sure.mean() - right.mean()) < 0.15
    assert sure[right].mean() > sure[~right].mean() + 0.05


@pytest.mark.parametrize("name", SEQUENCE_METHODS)
def test_systems_of_sequences_go_through_folds_and_processes(name, sequences):
    model = make_method(name, align=None, random_state=0)
    X, y, folds = sequences.faces, sequences.target, {"groups": sequences.subjects}
    predicted = cross_val_predict(model, X, y, cv=GroupKFold(2), **folds)
    with parallel_config("loky", n_jobs=2, inner_max_num_threads=1):
        again = cross_val_predict(model, X, y, cv=GroupKFold(2), **folds)
    np.testing.assert_array_equal(predicted, again)


@pytest.mark.parametrize("name", SEQUENCE_METHODS)
def test_systems_of_sequences_find_the_eyes_of_photographs(name):
    data = make_face_sequences(
        6, 1, expressions=("happy", "surprise"), n_frames=(4, 5), random_state=0
    )
    unknown = with_fields(data.faces, eyes=np.full_like(data.faces["eyes"], np.nan))
    model = make_method(name, align="eyes", random_state=0)
    result = evaluate_subject_independent(model, unknown, data.target, cv=2).images
    assert np.isfinite(result.filter(like="proba_")).all(axis=None)


@pytest.mark.parametrize("name", SEQUENCE_METHODS)
def test_systems_of_sequences_refuse_single_images(name, crops):
    with pytest.raises(ValueError, match="is a single image"):
        make_method(name, align=None, random_state=0).fit(crops.faces, crops.target)


def test_the_page_names_the_classifiers_that_weight_images():
    page = Path(__file__).parents[1] / "docs" / "user_guide" / "systems.md"
    section = page.read_text().split("\n## Weights\n")[1].split("\n## ")[0]
    classifiers = [kind for _, kind in all_estimators() if issubclass(kind, ClassifierMixin)]
    for kind in classifiers:
        weights = has_fit_parameter(kind, "sample_weight")
        assert weights == (f"`{kind.__name__}`" in section)
        assert weights == ("class_weight" in signature(kind).parameters)
