"""A roster of 5,000 firms: seconds to preview, to import and to take back, of the clock and of the processor (a machine that
others use too is slow by the clock alone), and how much memory that takes.

    python benchmarks/roster.py [--rows 5000] [--on-file 2000] [--database URL]

Against a fresh SQLite database, or the empty database that ``--database`` names. Half of the firms on file are in the roster
with another product; every twentieth row is doubtful.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from stdnum.cn import uscc

sys.path[0] = str(Path(__file__).resolve().parents[1])  # in place of this folder, whose search.py is another

from marketplace import paths, words  # noqa: E402 - the checkout comes first
from marketplace.accounts.service import create_account  # noqa: E402
from marketplace.actors import actor_of_job  # noqa: E402
from marketplace.core.actor import Actor, system_actor  # noqa: E402
from marketplace.core.clock import utc_now  # noqa: E402
from marketplace.core.context import WorkContext  # noqa: E402
from marketplace.core.db import Base, Database  # noqa: E402
from marketplace.core.jobs import JobClaim, claim_next  # noqa: E402
from marketplace.firms import service as firms  # noqa: E402
from marketplace.firms.facts import FirmFacts  # noqa: E402
from marketplace.rosters import jobs, queries, service  # noqa: E402
from marketplace.rosters.service import RosterFile  # noqa: E402
from marketplace.settings import Settings  # noqa: E402
from marketplace.tables import metadata  # noqa: E402
from marketplace.taxonomy.service import import_seeds  # noqa: E402

HEADINGS = "企业名称,统一社会信用代码,主导产品,认定类型,批次,有效期起,有效期至,镇街,地区,行业,联系人,联系电话"
DOUBTFUL_EVERY = 20


def code(number: int) -> str:
    begun = f"91410400MA{number:07d}"
    return f"{begun}{uscc.calc_check_digit(begun)}"


def roster(rows: int) -> bytes:
    lines = [HEADINGS]
    for n in range(rows):
        wrong = "X" if n % DOUBTFUL_EVERY == 0 else ""
        lines.append(
            f"示例第{n}号配套有限公司,{code(n)}{wrong},主导产品 {n},专精特新中小企业,第三批,2025-01-01,2027-12-31,示例镇,"
            f"新华区,382,示例{n},1380000{n % 10000:04d}"
        )
    return "\n".join(lines).encode()


def filled(database: Database, on_file: int) -> Actor:
    """The taxonomy, an administrator, and firms of which the roster knows every second."""
    Base.metadata.create_all(database.engine)
    machine = system_actor("benchmark")
    with database.unit_of_work() as session:
        import_seeds(session, machine, paths.SEEDS, utc_now())
        account = create_account(
            session,
            machine,
            name="示例",
            email="roster@lianqiao.example",
            administrator=True,
            verified=True,
            now=utc_now(),
        )
        account_id = account.id
    for start in range(0, on_file, 500):
        with database.unit_of_work() as session:
            for n in range(start, min(start + 500, on_file)):
                facts = FirmFacts(
                    legal_name=f"示例第{2 * n}号配套有限公司", credit_code=code(2 * n), main_product="旧"
                )
                firms.create_for(session, machine, facts, source="sheet", now=utc_now())
    return Actor(account_id=account_id, name="示例", administrator=True, verified=True)


def timed(
    context: WorkContext, database: Database, kind: str, handler: Callable[..., object]
) -> tuple[float, float]:
    """Carry out the waiting job of this kind as the worker would: seconds of the clock, and of the processor."""
    with database.unit_of_work() as session:
        claim = claim_next(session, [kind], utc_now())
        assert isinstance(claim, JobClaim)
    started, worked = time.perf_counter(), time.process_time()
    handler(context, claim, lambda _step, _done, _total: None)
    took = time.perf_counter() - started, time.process_time() - worked
    from marketplace.core import jobs as core_jobs  # beside its one use

    with database.unit_of_work() as session:
        core_jobs.finish(session, claim, {}, utc_now())
    return took


def peak_megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / 1024 / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--on-file", type=int, default=2000)
    parser.add_argument("--database", default="")
    chosen = parser.parse_args()
    words.register_all()
    assert metadata is Base.metadata
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data_dir=Path(folder), **({"database_url": chosen.database} if chosen.database else {})
        )
        database = Database(settings.database_url)
        actor = filled(database, chosen.on_file)
        context = WorkContext(settings, database, actor_of_job)
        before = peak_megabytes()
        with database.unit_of_work() as session:
            upload = RosterFile("名册.csv", roster(chosen.rows), "csv")
            roster_id = service.create(session, actor, context.files, upload, now=utc_now()).id
        took = {"preview": timed(context, database, service.COMPARE, jobs.compare_roster)}
        peaks = {"preview": peak_megabytes()}
        with database.unit_of_work() as session:
            service.confirm(session, actor, roster_id, now=utc_now())
            waiting = queries.waiting_count(session, roster_id)
        took["import"] = timed(context, database, service.WRITE, jobs.write)
        peaks["import"] = peak_megabytes()
        with database.unit_of_work() as session:
            service.take_back(session, actor, roster_id, now=utc_now())
        took["undo"] = timed(context, database, service.UNDO, jobs.undo)
        peaks["undo"] = peak_megabytes()
        kind = database.engine.dialect.name
        database.dispose()
    print(
        f"{chosen.rows} rows, {waiting} written, {chosen.on_file} on file, {kind}; peak before {before:.0f} MB"
    )
    for step, (seconds, worked) in took.items():
        print(f"{step:<8} {seconds:7.2f} s, {worked:6.2f} s of the processor   peak {peaks[step]:6.0f} MB")
    ratios = {f"{step}_rows_a_second": round(chosen.rows / worked) for step, (_, worked) in took.items()}
    machine = f"{platform.machine()} {platform.python_version()}"
    print(json.dumps({"benchmark": "roster", "machine": machine, "ratios": ratios}))


if __name__ == "__main__":
    main()
