"""A forgotten customer: nothing of the attributes is left, nothing comes back, and no sale changes."""

from typing import Any

import pytest

from functions import parts, verify
from functions.events import ObjectEvent
from functions.forget import ForgetError, Forgotten, forget, told
from functions.rebuild import rebuild
from functions.warehouse import connect
from tests.pipeline import Pipeline
from tests.running_stack import RunningStack
from tests.warehouse import reviewing, state
from tests.warehouse.files import CUSTOMERS_HEADER, SALES_HEADER, customer, customers, sale, sales

PERSONAL = "tier-of-seventeen"
OTHERS = "tier-of-one"
# Columns that no contract knows are kept in the log with a rejected row.
REJECTED = f"{CUSTOMERS_HEADER},email\nC17,not a time,{PERSONAL},home,France,2020-01-01,a@b.example\n"
UNSPLIT = f'{CUSTOMERS_HEADER}\nC17,2026-01-01,{PERSONAL},home,France,2020-01-01,one,cell,"too many\n'
ANYWHERE = """
    SELECT count(*)
    FROM (
        SELECT to_jsonb(version) AS said FROM eco.dim_customer AS version
        UNION ALL
        SELECT to_jsonb(change) FROM eco.dimension_change AS change
        UNION ALL
        SELECT to_jsonb(entry) FROM eco.quality_log AS entry
        UNION ALL
        SELECT to_jsonb(run) FROM eco.pipeline_run AS run
        UNION ALL
        SELECT to_jsonb(made) FROM eco.review_decision AS made
        UNION ALL
        SELECT to_jsonb(mention) FROM eco.snapshot_mention AS mention
    ) AS everything
    WHERE said::text LIKE '%' || :text || '%'
"""


def forget_17(pipeline: Pipeline) -> Forgotten:
    return forget(pipeline.platforms["operator"], "C17")


def filled(pipeline: Pipeline) -> list[ObjectEvent]:
    """Sales and customers that leave traces of C17 and of C1 in every place."""
    at = "2026-01-10T10:00:00Z"
    usual = [sale("A1", line, at, "P1", "C17", quantity=line % 3 + 1) for line in range(1, 21)]
    uploads = [
        pipeline.upload(
            "customers/1.csv", customers(customer("C17", "2026-01-01", PERSONAL), customer("C1", "", OTHERS))
        ),
        pipeline.upload("customers/2.csv", customers(customer("C17", "2026-01-05", f"{PERSONAL}-2"))),
        pipeline.upload("customers/3.csv", customers(customer("C17", "2026-01-01", f"{PERSONAL}-3"))),
        pipeline.upload("customers/4.csv", REJECTED),
        pipeline.upload("customers/5.csv", UNSPLIT),
        pipeline.upload("sales/1.csv", sales(*usual, sale("A2", 1, at, "P1", "C17", price="1000000"))),
        pipeline.upload(
            "sales/2.csv", sales(sale("A1", 1, at, "P1", "C17", quantity=50), sale("A9", 1, at, "P1", "C1"))
        ),
        pipeline.upload("sales/3.csv", f"{SALES_HEADER},phone\nA3,1,no time,P1,C17,1,10,,GBP,France,{PERSONAL}\n"),
    ]
    pipeline.process(*uploads)
    return uploads


def traces(pipeline: Pipeline, text: str) -> int:
    return int(pipeline.value(ANYWHERE, text=text))


def stage_traces(pipeline: Pipeline, text: str) -> list[str]:
    """Objects in the stage buckets of which a row says `text`."""
    store = pipeline.platforms["operator"].store
    names = []
    for stage in ("validated", "scored", "curated"):
        for part in store.list(f"{pipeline.name}-{stage}"):
            table, provenance = parts.decode(store.read(part))
            if any(text in str(row) for row in table.to_pylist()):
                names.append(f"{stage}:{provenance.entity}")
    return names


def sums(pipeline: Pipeline) -> list[dict[str, Any]]:
    return pipeline.rows("SELECT count(*), sum(quantity), sum(net_amount), count(customer_key) FROM eco.fact_sales")


def assert_nothing_wrong(pipeline: Pipeline) -> None:
    found = verify.verify(connect(pipeline.settings("eco_reader")))
    assert [finding.check.name for finding in found if not finding.holds] == []


def test_every_attribute_is_gone_from_every_place_and_the_sales_stay(pipeline: Pipeline) -> None:
    filled(pipeline)
    before = sums(pipeline)
    assert traces(pipeline, PERSONAL) > 6
    assert set(stage_traces(pipeline, PERSONAL)) == {
        f"{stage}:customers" for stage in ("validated", "scored", "curated")
    }
    forgotten = forget_17(pipeline)
    assert traces(pipeline, PERSONAL) == 0
    assert traces(pipeline, "a@b.example") == 0
    assert stage_traces(pipeline, PERSONAL) == []
    assert sums(pipeline) == before
    assert forgotten.was_known
    assert (forgotten.versions, forgotten.changes, forgotten.parts) == (2, 2, 9)
    assert forgotten.log_entries == pipeline.value(
        "SELECT count(*) FROM eco.quality_log WHERE row ->> 'customer_id' = 'C17' OR row = '{}'"
    )
    assert_nothing_wrong(pipeline)


def test_no_column_of_any_version_says_anything(pipeline: Pipeline) -> None:
    filled(pipeline)
    forget_17(pipeline)
    frame = ("customer_key", "customer_id", "valid_from", "valid_to", "is_current", "is_inferred", "is_deleted")
    rows = pipeline.rows("SELECT * FROM eco.dim_customer WHERE customer_id = 'C17'")
    assert {name for row in rows for name, value in row.items() if value is not None} == set(frame)


def test_another_customer_whose_id_begins_the_same_is_untouched(pipeline: Pipeline) -> None:
    filled(pipeline)
    before = traces(pipeline, OTHERS), stage_traces(pipeline, OTHERS)
    assert before[0] == 2
    forget_17(pipeline)
    # The first file's parts had both, and their run has ended: they are not needed any more.
    assert (traces(pipeline, OTHERS), stage_traces(pipeline, OTHERS)) == (before[0], [])


def test_what_is_delivered_later_does_not_bring_it_back(pipeline: Pipeline) -> None:
    uploads = filled(pipeline)
    forget_17(pipeline)
    later = pipeline.upload("customers/9.csv", customers(customer("C17", "2026-03-01", PERSONAL)))
    pipeline.process(later, pipeline.upload("customers/10.csv", REJECTED), uploads[0])
    assert pipeline.run(later)["status"] == "SUCCESS"
    assert traces(pipeline, PERSONAL) == 0
    assert_nothing_wrong(pipeline)


def test_a_rebuild_does_not_bring_it_back(stack: RunningStack, pipeline: Pipeline) -> None:
    filled(pipeline)
    forget_17(pipeline)
    with Pipeline.made(stack.home, f"{pipeline.name}_new") as new:
        rebuilt = rebuild(pipeline.platforms["operator"], new.platforms["operator"].warehouse, lambda *_: None)
        assert rebuilt.is_equal
        assert traces(new, PERSONAL) == 0


def reviewed(pipeline: Pipeline) -> list[ObjectEvent]:
    """Rows of C17 that were rejected: corrected and loaded, corrected only, dismissed; and a snapshot with one."""
    too_long = PERSONAL * 5
    files = {
        "customers/6.csv": customers(customer("C17", "2026-02-01", too_long), customer("C17", "2026-02-03", too_long)),
        "customers/7.csv": UNSPLIT,
        "customers/snapshot/8.csv": customers(
            customer("C17", "2026-02-09", PERSONAL), customer("C2", "no time", OTHERS)
        ),
        "sales/9.csv": sales(sale("A8", 1, customer="C17", quantity="x")),
    }
    uploads = [reviewing.processed(pipeline, name, content) for name, content in files.items()]
    reviewing.decide_and_load(pipeline, uploads[0], 1, "correct", loyalty_tier=f"{PERSONAL}-corrected")
    reviewing.decide(pipeline, uploads[0], 2, "correct", loyalty_tier=f"{PERSONAL}-corrected")
    reviewing.decide(pipeline, uploads[1], 1, "correct", customer_id="C17", segment=PERSONAL)
    reviewing.decide_and_load(pipeline, uploads[3], 1, "correct", quantity="1")
    return uploads


def test_corrected_rows_are_erased_too_and_a_rebuild_says_the_same(stack: RunningStack, pipeline: Pipeline) -> None:
    filled(pipeline)
    uploads = reviewed(pipeline)
    pipeline.rows(
        "UPDATE eco.quality_log SET review_note = :text WHERE review_note IS NOT NULL", "eco_operator", text=PERSONAL
    )
    before = sums(pipeline)
    forget_17(pipeline)
    assert traces(pipeline, PERSONAL) == 0
    assert sums(pipeline) == before
    assert_nothing_wrong(pipeline)
    with Pipeline.made(stack.home, f"{pipeline.name}_new") as new:
        rebuilt = rebuild(pipeline.platforms["operator"], new.platforms["operator"].warehouse, lambda *_: None)
        assert [table for table in rebuilt.old if rebuilt.old[table] != rebuilt.new[table]] == []
        assert traces(new, PERSONAL) == 0
    reviewing.load_released(pipeline)
    assert reviewing.counts(pipeline, uploads[0]) == {"loaded": 2}
    assert reviewing.counts(pipeline, uploads[1]) == {"loaded": 1}
    assert traces(pipeline, PERSONAL) == 0


@pytest.mark.parametrize("stopped_before", ["score", "transform", "load"])
def test_a_file_in_progress_loses_it_on_its_way_and_ends_well(pipeline: Pipeline, stopped_before: str) -> None:
    upload = pipeline.upload("customers/1.csv", customers(customer("C17", "", PERSONAL), customer("C1", "", OTHERS)))
    stages = ["validate", "score", "transform", "load"]
    place = stages.index(stopped_before)
    for stage in stages[:place]:
        for event in pipeline.parts(stage, upload):
            pipeline.deliver(stage, event)
    forgotten = forget_17(pipeline)
    assert forgotten.in_progress == ("customers/1.csv",)
    assert "customers/1.csv" in "".join(told(forgotten))
    assert stage_traces(pipeline, PERSONAL) == []
    for stage in stages[place:]:
        for event in pipeline.parts(stage, upload):
            pipeline.deliver(stage, event)
    assert pipeline.run(upload)["status"] == "SUCCESS"
    assert (traces(pipeline, PERSONAL), traces(pipeline, OTHERS)) == (0, 2)
    assert_nothing_wrong(pipeline)


def test_a_customer_that_nobody_knows_is_remembered_and_said_so(pipeline: Pipeline) -> None:
    forgotten = forget_17(pipeline)
    assert not forgotten.was_known
    assert "Nothing was known" in told(forgotten)[0]
    pipeline.process(pipeline.upload("customers/1.csv", customers(customer("C17", "", PERSONAL))))
    assert traces(pipeline, PERSONAL) == 0
    assert {row["loyalty_tier"] for row in pipeline.rows("SELECT * FROM eco.dim_customer")} == {None}


def test_a_customer_known_by_sales_alone_keeps_them(pipeline: Pipeline) -> None:
    pipeline.process(pipeline.upload("sales/1.csv", sales(sale("A1", 1, customer="C17"))))
    assert forget_17(pipeline).was_known
    assert state.facts(pipeline, "order_id", "customer_id") == [("A1", "C17")]


def test_forgetting_again_is_fine(pipeline: Pipeline) -> None:
    filled(pipeline)
    forget_17(pipeline)
    again = forget_17(pipeline)
    assert (again.versions, again.changes, again.parts) == (0, 0, 0)
    assert_nothing_wrong(pipeline)


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_id_is_refused(pipeline: Pipeline, blank: str) -> None:
    with pytest.raises(ForgetError, match="blank"):
        forget(pipeline.platforms["operator"], blank)
    assert pipeline.value("SELECT count(*) FROM eco.forgotten_customer") == 0
