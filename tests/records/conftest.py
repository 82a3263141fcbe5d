"""pytest-alembic runs without its plugin (see pyproject.toml), which would have made its marker known."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "alembic: a check of pytest-alembic")
