"""What a user with a type checker writes; `make lint` checks it with mypy, nothing runs it."""

from pathlib import Path
from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from skfer.alignment import EyeLocator, FaceAligner
from skfer.classifiers import CSPPClassifier
from skfer.datasets import canonical_expression, load_ckplus, make_faces
from skfer.evaluation import (
    EvaluationResult,
    ExpressionConfusionDisplay,
    evaluate_leave_one_dataset_out,
    evaluate_subject_independent,
    subject_folds,
)
from skfer.faces import is_face_array, make_face_array
from skfer.inference import find_inputs, predict_images
from skfer.persistence import load_model, read_card, save_model
from skfer.pipelines import make_svm_pipeline


def evaluate() -> float:
    """Evaluate a pipeline on synthetic faces, given as a Bunch and as arrays."""
    data = make_faces(8, 1, random_state=0)
    X, y, subjects = make_faces(8, 1, random_state=0, return_X_y=True)
    assert_type(subject_folds(y, subjects, GroupKFold(4)), list[tuple[NDArray[Any], NDArray[Any]]])
    result = evaluate_subject_independent(
        make_svm_pipeline("hog"), data.faces, data.target, data.subjects, cv=GroupKFold(4)
    )
    assert_type(evaluate_subject_independent(CSPPClassifier(), X, y, cv=4), EvaluationResult)
    several = evaluate_subject_independent({"HOG": make_svm_pipeline("hog")}, X, y, subjects)
    assert_type(several, dict[str, EvaluationResult])
    sets = {"one": (X, y, subjects), "other": (X, y, subjects)}
    assert_type(evaluate_leave_one_dataset_out(CSPPClassifier(), sets), EvaluationResult)
    ExpressionConfusionDisplay.from_predictions(y, several["HOG"].images["y_pred"])
    return float(result.summary()["pooled_accuracy"])


def fit_and_predict(photographs: list[Path]) -> NDArray[Any]:
    """Fit the network, save it, and predict photographs."""
    faces = make_face_array(np.zeros((2, 48, 48), np.uint8), subject=["a", "b"])
    assert_type(faces, NDArray[np.void])
    assert_type(is_face_array(faces), bool)
    assert_type(canonical_expression("Happiness"), str)
    model = CSPPClassifier(max_epochs=1, network__dropout=0.3)
    assert_type(model.fit(faces, ["happy", "sad"]), CSPPClassifier)
    assert_type(model.predict_proba(faces), NDArray[Any])
    save_model(model, Path("model.skfer"), card={"training_data": "two faces"})
    assert_type(read_card("model.skfer"), dict[str, Any])
    predict_images(load_model("model.skfer"), photographs, faces="all")
    inputs, left_out = find_inputs(photographs)
    assert_type(left_out, list[tuple[str, str]])
    return FaceAligner(output_size=(48, 48)).fit_transform(EyeLocator().fit_transform(inputs))


def mistakes() -> None:
    """Make mistakes that the types show; an ignored line without an error is one, too."""
    load_ckplus(frames="lasst3")  # type: ignore[arg-type]
    FaceAligner(output_size=48)  # type: ignore[arg-type]
    evaluate_subject_independent(CSPPClassifier(), [], [], folds=4)  # type: ignore[call-overload]
    predict_images(load_model("model.skfer"), ["a.jpg"], face="all")  # type: ignore[call-arg]
