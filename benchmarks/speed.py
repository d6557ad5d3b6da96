"""Networks, images and folds against code that does the same work, for `benchmarks.run`."""

import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from sklearn.model_selection import GroupKFold, cross_validate

from benchmarks._environments import Remote
from benchmarks.rivals import convolutions, dataloader, torch_loop
from skfer.alignment import FaceAligner
from skfer.augmentation import RandomAffine
from skfer.classifiers import CSPPClassifier
from skfer.datasets import make_faces
from skfer.evaluation import evaluate_subject_independent
from skfer.faces import make_face_array
from skfer.persistence import export_onnx
from skfer.pipelines import make_gabor_svm_pipeline
from skfer.preprocessing import IntensityNormalizer
from skfer.utils._opencv import cv2


def make_align(n_images, rng, of_networks):
    pictures = [rng.integers(0, 256, (540, 420), np.uint8) for _ in range(n_images)]
    eyes = np.array([[160.0, 250.0], [260.0, 250.0]]) + rng.normal(0, 5, (n_images, 2, 2))
    faces = make_face_array(pictures, eyes)

    def bare_loop():
        for picture, (left, right) in zip(pictures, eyes, strict=True):
            alpha = np.hypot(*(right - left)) / 2
            cosine, sine = (right - left) / (2 * alpha)
            scale_x, scale_y = 48 / (2.4 * alpha), 48 / (4.5 * alpha)
            fine_x, fine_y = int(np.ceil(1 / scale_x)), int(np.ceil(1 / scale_y))
            linear = np.array([[cosine, sine], [-sine, cosine]])
            linear *= [[scale_x * fine_x], [scale_y * fine_y]]
            place = np.array([24 * fine_x, 48 * fine_y * 1.3 / 4.5]) - 0.5
            shift = place - linear @ ((left + right) / 2)
            warped = cv2.warpAffine(
                picture,
                np.column_stack([linear, shift]),
                (48 * fine_x, 48 * fine_y),
                borderMode=cv2.BORDER_REPLICATE,
            )
            cv2.resize(warped, (48, 48), interpolation=cv2.INTER_AREA)

    return (lambda: FaceAligner((48, 48)).transform(faces)), bare_loop


def make_contrast(n_images, rng, of_networks):
    stack = rng.integers(0, 256, (n_images, 48, 48), np.uint8)

    def with_scipy():
        for image in stack:
            image = image.astype(np.float32) - image.mean()
            mean = ndimage.gaussian_filter(image, 1.4, mode="nearest", radius=3)
            box = ndimage.uniform_filter(image, 7, mode="nearest")
            square = ndimage.uniform_filter(image * image, 7, mode="nearest")
            deviation = np.sqrt(np.maximum(square - 2 * mean * box + mean * mean, 0))
            (image - mean) / np.maximum(deviation, 0.05 * image.std())

    return (lambda: IntensityNormalizer().transform(stack)), with_scipy


def make_fit(n_images, rng, of_networks):
    return _fit(n_images, rng, of_networks, partial(torch_loop.train, **of_networks))


def make_fit_dataloader(n_images, rng, of_networks):
    usual_way = partial(dataloader.train, device=of_networks["device"])
    return _fit(n_images, rng, of_networks, usual_way)


def make_fit_convolutions(n_images, rng, of_networks):
    layers = convolutions.make_convolutions(**of_networks)
    run = partial(convolutions.run_convolutions, layers)
    return _fit(n_images, rng, of_networks, lambda stack, _: run(len(stack)))


def _fit(n_images, rng, of_networks, rival):
    stack, codes = random_faces(n_images, rng)
    return _ours_fit(stack, codes, of_networks), (lambda: rival(stack, codes))


def _ours_fit(stack, codes, of_networks):
    classifier = CSPPClassifier(max_epochs=1, batch_size=32, random_state=0, **of_networks)
    return lambda: classifier.fit(stack, codes)


def make_fit_lightning(n_images, rng, of_networks):
    stack, codes = random_faces(n_images, rng)
    rival = Remote(
        "libraries", "lightning", "lightning_loop:make_epoch", images=stack, labels=codes
    )
    return _ours_fit(stack, codes, of_networks), rival


def make_predict(n_images, rng, of_networks):
    import onnxruntime

    stack, codes = random_faces(n_images, rng)
    classifier = CSPPClassifier(max_epochs=1, random_state=0, **of_networks)
    classifier.fit(stack[:64], codes[:64])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export_onnx(classifier, path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def with_onnxruntime():
        for start in range(0, n_images, 128):
            session.run(None, {"images": stack[start : start + 128]})

    return (lambda: classifier.predict(stack)), with_onnxruntime


def make_one_face(n_images, rng, of_networks):
    stack, codes = random_faces(64, rng)
    classifier = CSPPClassifier(max_epochs=1, random_state=0, **of_networks).fit(stack, codes)
    net, network = classifier.net_, classifier.net_.prediction_network()
    pixels = torch.from_numpy(stack).to(net.device).float()[:, None] / 255

    def bare_torch():
        with torch.inference_mode(), net.autocast():
            for index in range(n_images):
                network(pixels[index % 64, None]).argmax().item()

    def ours():
        for index in range(n_images):
            classifier.predict(stack[index % 64, None])

    return ours, bare_torch


def make_evaluate(n_images, rng, of_networks):
    n_subjects = max(4, n_images // 2)
    expressions, size = ("happy", "sad"), (640, 480)
    data = make_faces(n_subjects, 1, expressions=expressions, image_size=size, random_state=0)
    # Photographs come without eyes, and to search these is most of the work.
    faces = make_face_array(data.images, subject=data.subjects)
    pipeline = make_gabor_svm_pipeline().set_params(locate__on_missing="guess")
    folds = GroupKFold(min(8, n_subjects))

    def usual_way():
        scoring = ("accuracy", "recall_macro")
        cross_validate(
            pipeline, faces, data.target, groups=data.subjects, cv=folds, scoring=scoring
        )

    def ours():
        evaluate_subject_independent(pipeline, faces, data.target, cv=folds)

    return ours, usual_way


def make_augmentation(environment, package, n_images, rng, of_networks):
    stack, _ = random_faces(n_images, rng)
    rival = Remote(environment, package, f"augmentation:with_{package}", images=stack)
    warp, generator = RandomAffine(), torch.Generator().manual_seed(0)

    def ours():
        with torch.inference_mode():
            for batch in torch.from_numpy(stack)[:, None].split(128):
                warp(batch.float() / 255, (48, 48), generator=generator)

    return ours, rival


def random_faces(n_images, rng):
    return rng.integers(0, 256, (n_images, 48, 48), np.uint8), rng.integers(0, 6, n_images)


# Section, rival, what makes the pair of functions, and how many times --images they are given.
BENCHMARKS = {
    "fit": ("training", "a hand-written PyTorch loop", make_fit, 1),
    "fit-dataloader": (
        "training",
        "skorch over a DataLoader with OpenCV",
        make_fit_dataloader,
        1,
    ),
    "fit-lightning": (
        "training",
        "PyTorch Lightning over the same DataLoader",
        make_fit_lightning,
        1,
    ),
    "fit-convolutions": (
        "training",
        "the convolutions alone, forward and backward",
        make_fit_convolutions,
        1,
    ),
    "predict": ("prediction", "onnxruntime on the same network, float32", make_predict, 10),
    "one-face": (
        "prediction",
        "bare torch on the same network, image by image",
        make_one_face,
        1 / 4,
    ),
    "align": ("images", "a bare OpenCV loop", make_align, 1),
    "contrast": ("images", "the formula with scipy.ndimage", make_contrast, 4),
    "augment-albumentations": (
        "augmentation",
        "albumentations, image by image",
        partial(make_augmentation, "libraries", "albumentations"),
        8,
    ),
    "augment-kornia": (
        "augmentation",
        "kornia, batch by batch",
        partial(make_augmentation, "libraries", "kornia"),
        8,
    ),
    "augment-torchvision": (
        "augmentation",
        "torchvision, image by image",
        partial(make_augmentation, "torchvision", "torchvision"),
        8,
    ),
    "evaluate": (
        "evaluation",
        "scikit-learn's cross_validate on the same folds",
        make_evaluate,
        0.85,  # 204 photographs, as many as of London, of the usual 240
    ),
}
