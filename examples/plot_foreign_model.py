"""
A model that was trained elsewhere
==================================

How good is a ready-made model on your faces? ``PredictorAdapter`` makes a classifier of it, which
is evaluated like your own methods: on the same test images, with an interval over people.
Here a network that was exported to ONNX competes with a method trained on the faces themselves.
"""

# %%
# A ready-made model
# ------------------
# Here it is one of skfer, trained on people of another set and exported to ONNX. ONNX files of
# other projects are loaded in the same way; give ``from_onnx`` the labels in the order of the
# model, and what it expects of the pixels.
import tempfile
from pathlib import Path

import numpy as np
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skfer.alignment import FaceAligner
from skfer.classifiers import NetworkClassifier, PredictorAdapter
from skfer.datasets import make_faces
from skfer.descriptors import HOGDescriptor
from skfer.evaluation import MethodComparisonDisplay, evaluate_subject_independent
from skfer.networks import LopesNet
from skfer.persistence import export_onnx

aligner = FaceAligner((32, 32))
folder = tempfile.TemporaryDirectory()
file = Path(folder.name, "model.onnx")
X, y, _ = make_faces(12, 2, random_state=1, return_X_y=True)
network = NetworkClassifier(LopesNet, max_epochs=12, random_state=0)
export_onnx(network.fit(aligner.fit_transform(X), y), file)

foreign = PredictorAdapter.from_onnx(file)
print(foreign.labels, foreign.image_size)

# %%
# On your faces
# -------------
# ``fit`` teaches the adapter nothing but the labels, so its accuracy is that of the model as it is.
# Whether the model has seen these people before, the evaluation cannot know: look it up.
X, y, subjects = make_faces(12, 2, random_state=0, return_X_y=True)
methods = {
    "ready-made": make_pipeline(aligner, foreign),
    "HOG + SVM": make_pipeline(aligner, HOGDescriptor(), SVC(kernel="linear")),
}

# %%
# Any function from images to probabilities will do. This one asks the package ``fer``, where it is
# installed; it takes colour images and gives a dict of probabilities for each face.
try:
    from fer.fer import FER
except ImportError:
    print("fer is not installed")
else:
    detector = FER()

    def ask_fer(images):
        """Return the probabilities of the whole images, taken for faces."""
        whole = [(0, 0, images.shape[2], images.shape[1])]
        answers = [detector.detect_emotions(image, whole)[0]["emotions"] for image in images]
        return np.array([list(answer.values()) for answer in answers])

    labels = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
    adapter = PredictorAdapter(ask_fer, labels, image_size=(64, 64), n_channels=3)
    methods["fer"] = make_pipeline(aligner, adapter)

# %%
# The figure
# ----------
results = evaluate_subject_independent(methods, X, y, cv=4)
for name, result in results.items():
    print(f"{name}: {result.summary()['pooled_accuracy']:.2f}")
display = MethodComparisonDisplay.from_results(list(results.values()))
folder.cleanup()
