"""Where long parallel work goes: to this machine's cores, or to the Dask cluster that SILVER_DASK names."""

import contextlib
import os
from collections.abc import Iterator

import joblib


@contextlib.contextmanager
def workers() -> Iterator[None]:
    """Send the work of joblib inside the block to the cluster at SILVER_DASK (such as tcp://127.0.0.1:8786), if any.

    Raises
    ------
    RuntimeError
        The cluster does not answer, or the package distributed is not installed.
    """
    address = os.environ.get("SILVER_DASK", "")
    if not address:
        yield
        return
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise RuntimeError("SILVER_DASK is set; it needs `pip install distributed`") from None
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise RuntimeError(f"SILVER_DASK: no cluster answers at {address} ({error})") from None
    with client, joblib.parallel_config(backend="dask"):
        yield
