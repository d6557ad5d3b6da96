"""A classifier of images in an ONNX file, as a function from images to probabilities."""

import json

import numpy as np
from scipy.special import softmax
from sklearn.utils import gen_batches

from skfer.utils._optional import require


class OnnxPredictor:
    """Run the graph of an ONNX file; the file is opened at the first call, also after pickling.

    The first input takes images (n, height, width), (n, channels, height, width) or (n, height,
    width, channels) of uint8 or float32; the first output of floats is taken. `mean` and `std` are
    subtracted from, and divide, pixels of float32.
    """

    def __init__(self, path, mean=0.0, std=1.0, logits=False):
        self.path = str(path)
        self.mean = mean
        self.std = std
        self.logits = logits
        self._session = None

    def __repr__(self):
        return f"OnnxPredictor({self.path!r})"

    def __getstate__(self):
        return vars(self) | {"_session": None}

    @property
    def session(self):
        """The session of onnxruntime."""
        if self._session is None:
            runtime = require("onnxruntime", extra="onnx", needed_by="PredictorAdapter.from_onnx")
            self._session = runtime.InferenceSession(self.path, providers=["CPUExecutionProvider"])
        return self._session

    @property
    def labels(self):
        """The labels that `export_onnx` writes into the file, or None."""
        text = self.session.get_modelmeta().custom_metadata_map.get("labels")
        return None if text is None else json.loads(text)

    @property
    def channel_axis(self):
        """The axis of the channels in the input of the graph, None if it has none."""
        shape = self.session.get_inputs()[0].shape
        axis = next((axis for axis in (1, 3) if len(shape) == 4 and shape[axis] in (1, 3)), None)
        if axis is None and len(shape) != 3:
            raise ValueError(
                f"'{self.path}' takes an input of shape {shape}; expected (n, height, width), or "
                "1 or 3 channels before or behind height and width."
            )
        return axis

    @property
    def image_size(self):
        """Height and width that the graph takes, None if it takes any."""
        shape = list(self.session.get_inputs()[0].shape)
        if self.channel_axis is not None:
            del shape[self.channel_axis]
        size = tuple(shape[1:])
        return size if all(isinstance(side, int) for side in size) else None

    @property
    def n_channels(self):
        """Number of channels that the graph takes."""
        axis = self.channel_axis
        return 1 if axis is None else self.session.get_inputs()[0].shape[axis]

    def __call__(self, images):
        """Return what the graph gives for images (n, height, width[, 3])."""
        node = self.session.get_inputs()[0]
        if node.type == "tensor(uint8)":
            if images.dtype != np.uint8:
                raise ValueError(f"'{self.path}' takes pixels of uint8, not {images.dtype}.")
        else:
            images = (images.astype(np.float32) - np.float32(self.mean)) / np.float32(self.std)
        if self.channel_axis is not None and images.ndim == 3:
            images = images[..., None]
        if self.channel_axis == 1:
            images = np.ascontiguousarray(np.moveaxis(images, 3, 1))
        outputs = self.session.get_outputs()
        name = next((output.name for output in outputs if "float" in output.type), outputs[0].name)
        # Many files are of one image at a time.
        n_together = node.shape[0] if isinstance(node.shape[0], int) else len(images)
        scores = [
            self.session.run([name], {node.name: images[batch]})[0]
            for batch in gen_batches(len(images), n_together)
        ]
        scores = np.concatenate(scores).reshape(len(images), -1)
        return softmax(scores, axis=1) if self.logits else scores
