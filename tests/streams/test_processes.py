"""Which stages share a process."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.supervise.tree import workers
from streams.settings import Settings
from streams.stages import STAGES, shared


@given(st.lists(st.sampled_from(STAGES), unique=True, min_size=1), st.integers(0, 5))
def test_every_stage_runs_in_one_process(stages, processes):
    groups = shared(stages, processes)
    assert sorted(stage for group in groups for stage in group) == sorted(stages)
    assert len(groups) == (min(processes, len(stages)) or len(stages))


@pytest.mark.parametrize(
    ("processes", "groups"),
    [
        (0, [("dedupe",), ("classify",), ("link",), ("alert",)]),
        (1, [("dedupe", "classify", "link", "alert")]),
        (2, [("classify",), ("dedupe", "link", "alert")]),
        (3, [("classify",), ("link",), ("dedupe", "alert")]),
    ],
)
def test_the_busiest_stages_have_one_to_themselves(processes, groups):
    assert shared(STAGES, processes) == groups


@pytest.mark.parametrize(
    ("processes", "readers", "parts"),
    [
        (0, 1, ["dedupe", "classify", "link", "alert"]),
        (0, 3, ["dedupe", "classify", "link", "alert", "classify 2", "classify 3"]),
        (2, 2, ["classify", "dedupe link alert", "classify 2"]),
        (1, 2, ["dedupe classify link alert"]),  # where reading shares its process there is no second
    ],
)
def test_reading_has_as_many_processes_as_the_settings_say(processes, readers, parts, tmp_path):
    settings = Settings(worker_processes=processes, classify_workers=readers, data_dir=tmp_path)
    assert [child.name for child in workers(settings)] == [f"worker {part}" for part in parts]
    assert len({child.log for child in workers(settings)}) == len(parts)


def test_a_process_for_each_stage_unless_told_otherwise():
    assert shared(STAGES, Settings().worker_processes) == [(stage,) for stage in STAGES]
