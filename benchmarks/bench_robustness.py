"""
Verdicts under doubt beside repeated assessments, on one study, in one run.

``python benchmarks/bench_robustness.py [STUDY]`` prints the time of 50 runs and their tornado, the
time of one assessment, and the ratio of as many assessments to the runs; beside each the processor
time, which other programs on the machine do not lengthen. Without a study it is the made example.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lifecircle.assessment.method import assess_read
from lifecircle.read.study_standard import documents_and_inputs
from lifecircle.study import RobustnessSettings, example_study, read_study
from lifecircle.whatif.robustness import robust_verdicts

Result = TypeVar("Result")


def main() -> None:
    """Time both and print the ratio."""
    study = read_study(Path(sys.argv[1]) if len(sys.argv) > 1 else example_study())
    documents, inputs = documents_and_inputs(study)
    settings = study.robustness or RobustnessSettings()
    assess_read(inputs, study=study, documents=documents)  # compiles
    once, found = _timed(lambda: assess_read(inputs, study=study, documents=documents))
    many, robustness = _timed(lambda: robust_verdicts(inputs, found, settings=settings))
    # Beside the runs, the study's own setting and both ends of each assumption; one end is often
    # the study's own, and is judged once.
    runs = len(robustness.runs)
    print(f"{len(found.residences):,} residences, {len(found.facilities):,} facilities")
    for name, (wall, processor) in (("one assessment", once), (f"{runs} runs, tornado", many)):
        print(f"{name:20} {wall:8.2f} s {processor:8.2f} s of processor time")
    print(f"{'ratio':20} {once[0] * runs / many[0]:8.1f}   {once[1] * runs / many[1]:8.1f}")


def _timed(work: Callable[[], Result]) -> tuple[tuple[float, float], Result]:
    start = time.perf_counter(), time.process_time()
    result = work()
    return (time.perf_counter() - start[0], time.process_time() - start[1]), result


if __name__ == "__main__":
    main()
