"""The device and the seed of torch, resolved without side effects."""

from contextlib import contextmanager
from threading import RLock

import torch
from sklearn.utils import check_random_state

# torch has one generator for the whole process.
_GENERATOR = RLock()


def resolve_device(device):
    """Return the torch device; "auto" is CUDA where there is one, else the CPU."""
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
    """Return "float32" or "bfloat16"; "auto" is bfloat16 where the device multiplies it faster."""
    if precision != "auto":
        return precision
    on_gpu = device.type == "cuda" and torch.cuda.is_bf16_supported()
    on_cpu = device.type == "cpu" and _cpu_gains_by_bfloat16()
    return "bfloat16" if on_gpu or on_cpu else "float32"


def _cpu_gains_by_bfloat16():
    """Check for AMX, or AVX512-BF16 of AMD; Intel's without AMX is slow (docs/results.md)."""
    capabilities = getattr(torch.cpu, "get_capabilities", dict)()  # older versions of torch lack it
    by_amd = capabilities.get("cpu_name", "").startswith("AMD")
    return bool(capabilities.get("amx_bf16") or (by_amd and capabilities.get("avx512_bf16")))


@contextmanager
def seeded(random_state, device):
    """Seed torch inside a block, yield the seed, and leave the caller's generators as they were.

    One thread at a time, since the blocks would draw from each other's numbers.
    """
    seed = int(check_random_state(random_state).randint(2**31 - 1))
    cuda_devices = [device] if device.type == "cuda" else []
    with _GENERATOR, torch.random.fork_rng(devices=cuda_devices):
        # Not torch.manual_seed, which would seed every GPU as well.
        torch.default_generator.manual_seed(seed)
        if cuda_devices:
            with torch.cuda.device(device):
                torch.cuda.manual_seed(seed)
        yield seed
