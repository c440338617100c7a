"""What the pages read: one function a query, one SQL file each, kept for a few seconds for all who look."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pandas as pd
import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from dashboard.settings import current as settings
from functions.warehouse import Warehouse, connect

if TYPE_CHECKING:
    from dashboard.filters import Choice
    from dashboard.period import Period
    from functions.decisions import Filter

KEEP_SECONDS = 2
KEEP_SALES_SECONDS = 10
STATEMENT_MILLISECONDS = 10_000
ANSWER_SECONDS = 12  # a little more: what is slow says so itself, what is away does not
FAILED_WINDOW_HOURS = 24
NEWEST_RUNS = 100
MOST_PARTS = 60
ARRIVAL_DAYS, USUAL_WEEKS = 28, 8
MOST_ROWS = 50
NO_SOURCE = "none"


@st.cache_resource(show_spinner=False)
def warehouse() -> Warehouse:
    """The warehouse as the dashboard's role sees it; one pool of connections for all sessions."""
    return connect(settings(), ANSWER_SECONDS)


def read(name: str, **parameters: Any) -> pd.DataFrame:
    """The result of sql/dashboard/`name`.sql."""
    try:
        with warehouse().transaction() as transaction:
            transaction.run("dashboard/limit", milliseconds=str(STATEMENT_MILLISECONDS))
            result = transaction.run(f"dashboard/{name}", **parameters)
            return pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    except (SQLAlchemyError, OSError):
        # Pooled connections to a database that went away are all dead: the next refresh opens new ones.
        warehouse().engine.dispose()
        raise


kept = st.cache_data(ttl=KEEP_SECONDS, show_spinner=False)
kept_sales = st.cache_data(ttl=KEEP_SALES_SECONDS, show_spinner=False)


def alive() -> None:
    """Read next to nothing; raises where the tables cannot be read."""
    read("alive")


@kept
def health() -> dict[str, Any]:
    """The pipeline at a glance: the one row of sql/dashboard/health.sql."""
    hang_minutes = settings().redeliver_after_minutes
    frame = read("health", window_hours=FAILED_WINDOW_HOURS, hang_minutes=hang_minutes)
    figures = {str(name): value for name, value in frame.astype(object).iloc[0].items()}
    return {**figures, "hang_minutes": hang_minutes}


@kept
def alerts() -> pd.DataFrame:
    """The alerts that stand, the newest first."""
    return read("alerts", most=MOST_ROWS)


@kept
def freshness() -> pd.DataFrame:
    """Of each source its newest file, the freshest first."""
    return read("freshness", no_source=NO_SOURCE)


@kept
def arrivals() -> pd.DataFrame:
    """Rows that arrived on each of the last days, and what is usual on such a day."""
    return read("arrivals", days=ARRIVAL_DAYS, weeks=USUAL_WEEKS)


@kept
def sources() -> list[str]:
    """The sources that have sent files."""
    return [str(name) for name in read("sources", no_source=NO_SOURCE)["source"]]


@kept
def recent_runs(
    of_sources: tuple[str, ...], of_statuses: tuple[str, ...], since: datetime | None, named: UUID | None
) -> pd.DataFrame:
    """The newest runs of these sources and statuses, newest first, and the named one; no source or status means all."""
    return read(
        "recent_runs",
        sources=list(of_sources),
        statuses=list(of_statuses),
        since=since,
        no_source=NO_SOURCE,
        newest=NEWEST_RUNS,
        named=named,
    )


def run_progress(run_id: UUID) -> pd.DataFrame:
    """How far a run is; no row before its first stage has begun."""
    return read("run_progress", run_id=run_id)


@kept
def run_stages(run_id: UUID) -> pd.DataFrame:
    """When each of the first parts of a run was in which stage."""
    return read("run_stages", run_id=run_id, most_parts=MOST_PARTS)


def today() -> date:
    """The day that it is, UTC."""
    return datetime.now(UTC).date()


@kept
def uploads_span(source: str) -> tuple[date, date]:
    """The first and the newest day with an upload of a source that has some."""
    first_day, last_day = read("uploads_span", source=source).iloc[0]
    return first_day, last_day


@kept
def quality_runs(source: str, period: Period, most: int) -> pd.DataFrame:
    """The newest files of a source with what is known of their quality."""
    return read("quality_runs", source=source, first_day=period.first, end_day=period.end, most=most)


@kept
def quality_nulls(source: str, period: Period, most: int) -> pd.DataFrame:
    """The share of nulls by column in the newest files of a source, oldest first."""
    return read("quality_nulls", source=source, first_day=period.first, end_day=period.end, most=most)


@kept_sales
def quality_reasons(source: str, period: Period, most: int) -> pd.DataFrame:
    """Rejected and held rows of the newest files of a source, by day of upload and reason."""
    return read("quality_reasons", source=source, first_day=period.first, end_day=period.end, most=most)


@kept_sales
def quality_duplicates(source: str, period: Period, most: int) -> pd.DataFrame:
    """What the newest files of a source said twice, file by file, newest first."""
    return read("quality_duplicates", source=source, first_day=period.first, end_day=period.end, most=most)


@kept
def quality_columns(run_id: UUID) -> pd.DataFrame:
    """What is known of each column of one file."""
    return read("quality_columns", run_id=run_id)


@kept_sales
def source_calendar(source: str, first_day: date) -> pd.DataFrame:
    """Each day of a source from one on: what came, what usually comes, whether a file is missing."""
    return read("source_calendar", source=source, first_day=first_day)


def review_rows(wanted: Filter, most: int) -> pd.DataFrame:
    """Rows that can be reviewed, the oldest first; never kept, since who decides must see how they stand now."""
    return read(
        "review_rows",
        states=_listed(wanted.state),
        kinds=_listed(wanted.kind),
        source=wanted.source,
        run=wanted.run,
        reason=wanted.reason,
        most=most,
    )


def review_counts() -> dict[str, Any]:
    """How many rows wait for a decision, and whether there ever were any; never kept, as those that are decided."""
    return {str(name): value for name, value in read("review_counts").iloc[0].items()}


def review_states(quality_ids: tuple[int, ...]) -> pd.DataFrame:
    """How rows that were decided about stand now."""
    return read("review_states", quality_ids=list(quality_ids))


def review_history(quality_id: int) -> pd.DataFrame:
    """Every decision about a row, the first one first."""
    return read("review_history", quality_id=quality_id)


@kept_sales
def usual_range(product_id: str, currency: str, since: datetime, until: datetime) -> pd.DataFrame:
    """Where the prices and quantities of a product lie in a span of time."""
    return read("usual_range", product_id=product_id, currency=currency, since=since, until=until)


@kept_sales
def sales_span() -> tuple[date, date] | None:
    """The first and the newest day with a sale; None where there are no sales."""
    first_day, last_day = read("sales_span").iloc[0]
    return None if first_day is None or last_day is None else (first_day, last_day)


@kept_sales
def sales_choices() -> pd.DataFrame:
    """The countries and currencies that there are, the largest first."""
    return read("sales_choices")


@kept_sales
def period_totals(period: Period) -> pd.DataFrame:
    """Sums of a period and of the one before it, by currency."""
    return read(
        "period_totals",
        before_day=period.before,
        first_day=period.first,
        end_day=period.end,
        currencies=[],
        countries=[],
    )


@kept_sales
def sales_volume(choice: Choice, bucket: str) -> pd.DataFrame:
    """Sales and carbon by bucket (day, week or month) and currency."""
    return read("sales_volume", bucket=bucket, **_filters(choice))


@kept_sales
def of_choice(name: str, choice: Choice, most: int = MOST_ROWS) -> pd.DataFrame:
    """The result of sql/dashboard/`name`.sql for a period, its countries and currencies, cut off after `most` rows."""
    return read(name, most=most, **_filters(choice))


@kept_sales
def product_versions(product_id: str) -> pd.DataFrame:
    """The history of a product, oldest version first."""
    return read("product_versions", product_id=product_id)


@kept_sales
def product_volume(product_id: str, period: Period) -> pd.DataFrame:
    """What was sold of a product, by the period's bucket and by currency."""
    return read(
        "product_volume", product_id=product_id, bucket=period.bucket, first_day=period.first, end_day=period.end
    )


@kept
def storage(name: str, **parameters: Any) -> pd.DataFrame:
    """What sql/dashboard/`name`.sql says of partitions, archives or maintenance."""
    return read(name, **parameters)


@kept_sales
def explained_month(since: datetime, until: datetime) -> list[str]:
    """The plan of a month's revenue, executed just now, line by line."""
    return [str(line) for line in read("explain_month", since=since, until=until).iloc[:, 0]]


def _listed(value: str | None) -> list[str]:
    return [value] if value else []


def _filters(choice: Choice) -> dict[str, Any]:
    return {
        "first_day": choice.period.first,
        "end_day": choice.period.end,
        "countries": list(choice.countries),
        "currencies": list(choice.currencies),
    }
