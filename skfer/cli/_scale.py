"""Where the folds run: processes of this machine, or the workers of a Dask cluster."""

import asyncio
import sys
from contextlib import contextmanager

from skfer.cli._arguments import add_jobs_option

_SECONDS = 5  # to connect


def add_scale_options(group):
    """Add ``--jobs`` and ``--dask`` to a group of a command that evaluates."""
    add_jobs_option(group, "folds, and photographs whose eyes are searched,")
    group.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="send the folds to the Dask cluster whose scheduler is at this address, such as "
        "tcp://host:8786, in place of --jobs",
    )


def check_scale(options):
    """Refuse an address without a scheduler, before any work."""
    if options.dask is None:
        return
    distributed = _require_dask()

    # A Client that finds nobody would go on trying until the process ends.
    async def connect():
        security = distributed.Security().get_connection_args("client")
        comm = await distributed.comm.connect(options.dask, timeout=_SECONDS, **security)
        await comm.close()

    try:
        asyncio.run(connect())
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(
            f"--dask '{options.dask}': no scheduler answers there within {_SECONDS} seconds. Give "
            "the address that `dask scheduler` prints, such as tcp://host:8786."
        ) from error


@contextmanager
def parallel(options):
    """Let joblib send what runs in the block to the workers of ``--dask``, if it is given."""
    if options.dask is None:
        yield
        return
    import joblib

    with _require_dask().Client(options.dask) as client, joblib.parallel_config("dask"):
        if not client.scheduler_info()["workers"]:
            print(f"Waiting for a worker of {options.dask}.", file=sys.stderr)
        client.wait_for_workers(1)
        yield


def _require_dask():
    from skfer.utils._optional import require

    return require("distributed", extra="distributed", needed_by="--dask")
