"""The driver: one round trip a statement, and what an error leaves behind."""

import contextlib
from typing import Any

import pytest
import sqlalchemy

from functions.driver import Connection
from functions.secret import password
from tests.pipeline import Pipeline


class Counted(Connection):
    """Counts how often the server says that it is ready for more, which it does once a round trip."""

    ready = 0

    def handle_READY_FOR_QUERY(self, data: Any, context: Any) -> None:  # noqa: N802 # as the driver calls it
        self.ready += 1
        super().handle_READY_FOR_QUERY(data, context)


def test_a_statement_and_its_parameters_take_one_round_trip(pipeline: Pipeline) -> None:
    settings = pipeline.settings("eco_loader")
    connection = Counted(
        settings.db_user,
        password=password(settings),
        host=settings.db_host,
        port=settings.db_port,
        database=settings.db_name,
    )
    with contextlib.closing(connection):
        cursor = connection.cursor()
        cursor.execute("SELECT 1")  # begins the transaction
        before = connection.ready
        cursor.execute("SELECT cast(%s AS integer) + 1, cast(%s AS text)", (41, None))
        assert cursor.fetchall() == ([42, None],)
        assert connection.ready - before == 1


def test_a_refused_statement_says_why_and_the_connection_goes_on(pipeline: Pipeline) -> None:
    with pipeline.platforms["load"].warehouse.engine.connect() as connection:
        divided = sqlalchemy.text("SELECT 1 / cast(:by AS integer)")
        for by, code in ((0, "22012"), ("none", "22P02")):  # refused when it is executed, and when it is bound
            with pytest.raises(sqlalchemy.exc.DBAPIError, match=code):
                connection.execute(divided, {"by": by})
            connection.rollback()
        with pytest.raises(sqlalchemy.exc.DBAPIError, match="42601"):
            connection.execute(sqlalchemy.text("SELEC :by"), {"by": 1})
        connection.rollback()
        assert connection.execute(divided, {"by": 1}).scalar() == 1
