"""How long `seis check` takes: a ten-line program as a multiple of `python -c pass`, and lines a second.

    python benchmarks/check_speed.py [--out FILE]

Whole processes, the two in turn, after one that is not counted. The tables are compiled already.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEN = 10
LENGTHS = (1000, 2000, 4000)


def program(lines: int) -> str:
    """Pipelines that differ from line to line, so that no two are one node."""
    text = ["let raw = stream S-net"]
    for i in range(1, lines):
        band = f"{1 + i % 5}..{10 + i % 7}Hz"
        text.append(
            f"let p{i} = raw | bandpass {band} | sta-lta on={3 + i % 4} "
            f'| where score > {i} and station ~ "S{i % 6}"'
        )
    return "\n".join(text) + "\n"


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    return time.perf_counter() - started


def measured(repeats: int) -> dict[str, object]:
    figures: dict[str, object] = {"machine": platform.machine(), "python": platform.python_version()}
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for lines in (TEN, *LENGTHS):
            paths[lines] = Path(folder) / f"{lines}.seis"
            paths[lines].write_text(program(lines), encoding="utf-8")

        def check(lines: int) -> list[str]:
            return [sys.executable, "-m", "seisdsl", "check", str(paths[lines])]

        seconds(check(TEN))
        pairs = [(seconds(check(TEN)), seconds([sys.executable, "-c", "pass"])) for _ in range(repeats)]
        figures["ten_lines_s"] = statistics.median(ours for ours, _ in pairs)
        figures["python_pass_s"] = statistics.median(other for _, other in pairs)
        figures["ratio"] = statistics.median(ours / other for ours, other in pairs)
        start = float(figures["ten_lines_s"])  # type: ignore[arg-type]
        for lines in LENGTHS:
            took = statistics.median(seconds(check(lines)) for _ in range(3))
            figures[f"{lines}_lines_s"] = took
            figures[f"{lines}_lines_per_s"] = (lines - TEN) / (took - start)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the figures to this file as JSON")
    parser.add_argument("--repeats", type=int, default=15)
    parsed = parser.parse_args()
    figures = measured(parsed.repeats)
    for name, value in figures.items():
        print(f"{name:24} {value:.3f}" if isinstance(value, float) else f"{name:24} {value}")
    if parsed.out:
        parsed.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
