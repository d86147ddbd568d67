"""Small heads to fit, shared by the tests."""

import pytest
from toy_head import toy_head

from aucgan.fitting.fit_model import FitModel


@pytest.fixture(scope="session")
def head():
    return toy_head()


@pytest.fixture(scope="session")
def model(head):
    return FitModel.of(head, 6, ())
