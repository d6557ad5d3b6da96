"""The device and the seed of torch, resolved without side effects."""

from contextlib import contextmanager

import torch
from sklearn.utils import check_random_state

__all__ = ["resolve_device", "resolve_precision", "seeded"]


def resolve_device(device):
    """Turn ``"auto"`` into the device that is there.

    Parameters
    ----------
    device : str or torch.device
        ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:1"``...

    Returns
    -------
    device : torch.device
        CUDA for ``"auto"`` where there is one, else the CPU.

    Raises
    ------
    ValueError
        If a CUDA device is asked for and there is none.

    Examples
    --------
    >>> from skfer.utils._torch_runtime import resolve_device
    >>> resolve_device("cpu")
    device(type='cpu')
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(device)
    except RuntimeError as error:
        raise ValueError(f"device={device!r} is not a device that torch knows.") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            f"device={str(device)!r} was asked for, but torch sees no CUDA device here. Use "
            "device='auto' to fall back to the CPU."
        )
    return device


def resolve_precision(precision, device):
    """Turn ``"auto"`` into the type that the device multiplies fastest.

    Parameters
    ----------
    precision : {"auto", "float32", "bfloat16"}
        What was asked for.
    device : torch.device
        Where the network is.

    Returns
    -------
    precision : {"float32", "bfloat16"}
        bfloat16 for ``"auto"`` on a GPU that has it, else float32.

    Examples
    --------
    >>> import torch
    >>> from skfer.utils._torch_runtime import resolve_precision
    >>> resolve_precision("auto", torch.device("cpu"))
    'float32'
    """
    if precision != "auto":
        return precision
    has_bfloat16 = device.type == "cuda" and torch.cuda.is_bf16_supported()
    return "bfloat16" if has_bfloat16 else "float32"


@contextmanager
def seeded(random_state, device):
    """Seed torch inside a block and leave the caller's generators as they were.

    Parameters
    ----------
    random_state : int, RandomState instance or None
        Source of the seed.
    device : torch.device
        Device whose generator is seeded beside that of the CPU.

    Yields
    ------
    seed : int
        The seed, for further generators.

    Examples
    --------
    >>> import torch
    >>> from skfer.utils._torch_runtime import seeded
    >>> with seeded(0, torch.device("cpu")):
    ...     first = torch.rand(1)
    >>> with seeded(0, torch.device("cpu")):
    ...     print(bool(torch.rand(1) == first))
    True
    """
    seed = int(check_random_state(random_state).randint(2**31 - 1))
    cuda_devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=cuda_devices):
        # Not torch.manual_seed, which would seed every GPU as well.
        torch.default_generator.manual_seed(seed)
        if cuda_devices:
            with torch.cuda.device(device):
                torch.cuda.manual_seed(seed)
        yield seed
