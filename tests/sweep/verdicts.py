"""Holds reports of sweeps against a table.

    verdicts.py TABLE CARELESS CAREFUL     exit status 1, and the cells, where a verdict is another
    verdicts.py --repeat CELL REPORT       prints the command that repeats a cell
"""

import json
import sys


def cells(path):
    with open(path) as f:
        return {f"{cell['point']}/{cell['fault']}": cell for cell in json.load(f)["cells"]}


def table(path):
    with open(path) as f:
        rows = [line.split() for line in f if line.strip() and not line.startswith("#")]
    return {name: verdicts for name, *verdicts in rows}


def main(path, *reports):
    found = [cells(report) for report in reports]
    wanted = table(path)
    wrong = 0
    for name in sorted(set(wanted) | {name for report in found for name in report}):
        verdicts = [report[name]["verdict"] if name in report else "-" for report in found]
        late = [report[name]["reached"] for report in found if name in report]
        if verdicts != wanted.get(name) or not all(late):
            print(f"{name}: {verdicts}, not {wanted.get(name)}; reached: {late}", file=sys.stderr)
            wrong += 1
    return wrong > 0


if sys.argv[1] == "--repeat":
    print(cells(sys.argv[3])[sys.argv[2]]["repeat"])
    sys.exit(0)
sys.exit(main(*sys.argv[1:]))
