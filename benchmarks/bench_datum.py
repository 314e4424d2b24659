"""
A million points of China through each datum, there and back.

``python benchmarks/bench_datum.py`` prints points a second of the
processor (others may use it too) and the largest error of there and back.
"""

import time

import numpy as np

from lifecircle.datum import DATUMS, from_wgs84, to_wgs84

POINTS = 1_000_000
ROUNDS = 3
METRES_A_DEGREE = 111_320.0


def main() -> None:
    """Time each datum and print it."""
    random = np.random.default_rng(7)
    degrees = random.uniform(73.5, 135.0, POINTS), random.uniform(3.9, 53.5, POINTS)
    for datum in DATUMS:
        there = from_wgs84(*degrees, datum)
        seconds = []
        for _ in range(ROUNDS):
            start = time.process_time()
            back = to_wgs84(*there, datum)
            seconds.append(time.process_time() - start)
        error_m = np.abs(np.subtract(back, degrees)).max() * METRES_A_DEGREE
        rate = POINTS / min(seconds)
        print(f"{datum:9} to wgs84: {rate:12,.0f} points/s   error {error_m:.1e} m")


if __name__ == "__main__":
    main()
