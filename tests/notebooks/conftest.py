"""Every chapter, run once for all that is asked of it; the tests of one chapter go to one worker."""

import os

import pytest

from helpers.report.publish import EMBEDDED
from helpers.report.run import KERNEL_ENVIRONMENT, chapters
from tests.notebooks.fresh import Workshop


@pytest.fixture(scope="session")
def workshop():
    if not hasattr(os, "fork"):
        pytest.skip("needs fork; the slow tests run the chapters in kernels, on every system")
    shop = Workshop(EMBEDDED | KERNEL_ENVIRONMENT)
    yield shop
    shop.close()


@pytest.fixture(scope="session")
def ran(request, workshop):
    """What a chapter showed when it was run now, from the committed cells."""
    return workshop.run(request.param)


def pytest_generate_tests(metafunc):
    if "ran" in metafunc.fixturenames:
        metafunc.parametrize("ran", chapters(), ids=[path.stem for path in chapters()], indirect=True, scope="session")
