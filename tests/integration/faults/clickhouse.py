"""Faults of ClickHouse."""

import random

from tests.integration.faults.rig import Rig


def kill_clickhouse(rig: Rig, dice: random.Random) -> int:
    """kill -9 of ClickHouse."""
    rig.clickhouse.kill()
    rig.wait(dice.uniform(2, 6))
    _start(rig)
    return 1


def clickhouse_away(rig: Rig, dice: random.Random) -> int:
    """ClickHouse is down for long: ten minutes in the long form. The loader must wait and not be killed for it."""
    loader = rig.part("loader").pid
    rig.clickhouse.kill()
    rig.wait(600 if rig.long else dice.uniform(15, 20))
    if rig.part("loader").pid != loader:
        raise AssertionError("the loader did not wait for ClickHouse in peace")
    _start(rig)
    return 1


def kill_clickhouse_mid_insert(rig: Rig, dice: random.Random) -> int:
    """ClickHouse freezes with an insert in its hands, dies of it, and comes back."""
    for _ in range(2):
        rig.clickhouse.suspend()
        rig.wait(dice.uniform(1.5, 3))  # the loader's next insert is under way now
        if dice.random() < 0.5:  # let it take some of it
            rig.clickhouse.resume()
            rig.wait(dice.uniform(0, 0.05))
        rig.clickhouse.kill()
        _start(rig)
    return 2


def freeze_clickhouse(rig: Rig, dice: random.Random) -> int:
    """ClickHouse keeps its connections and answers nothing for longer than the loader's group would wait."""
    rig.clickhouse.suspend()
    rig.wait(dice.uniform(11, 14))
    rig.clickhouse.resume()
    return 1


def clickhouse_read_only(rig: Rig, dice: random.Random) -> int:
    """ClickHouse answers queries and refuses inserts."""
    users = rig.folder / "clickhouse" / "users.xml"
    plain = users.read_text(encoding="utf-8")
    users.write_text(plain.replace("<profile>default</profile>", "<profile>readonly</profile>"), encoding="utf-8")
    try:
        rig.wait(dice.uniform(7, 9))  # the server looks at the file every two seconds
    finally:
        users.write_text(plain, encoding="utf-8")
    return 1


def _start(rig: Rig) -> None:
    rig.clickhouse.start()
    rig.clickhouse.wait_ready()
