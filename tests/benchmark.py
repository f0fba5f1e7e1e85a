"""Measures CPU time and peak memory of the programs relative to the unavoidable cost.

Usage:
    benchmark [--rounds=ROUNDS] [--scale=SCALE]

    --rounds=ROUNDS  Number of runs of each pair, in turn [default: 5]
    --scale=SCALE    Size of the inputs in percent, for a quick look [default: 100]

Run it with `python3 -m tests.benchmark`. The inputs are written to a temporary folder. Each figure is a ratio of two
processes that ran one after the other, and the median over the rounds: `parse` is `json.load` without garbage
collection in a process of its own.
Exit status: 0 all targets met; 1 one was missed.
"""

from __future__ import annotations

import gzip
import json
import operator
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from docopt import docopt

from tests.fake_api import APP_ID, BUILD_ID, ISSUER_ID, KEY_ID, LOGS_TYPE, FakeAPI, Handler, logs, signatures

TOP = Path(__file__).resolve().parent.parent
PARSE = "import gc, json, sys; gc.disable(); json.load(open(sys.argv[1], encoding='utf-8'))"
PARSE_EACH = (
    "import gc, json, sys; gc.disable(); [json.load(open(path, encoding='utf-8')) and 0 for path in sys.argv[1:]]"
)
# What generate-token.py cannot do without: its two packages and a signature.
SIGN = """\
import docopt, jwt, sys
jwt.encode({'iss': 'x', 'iat': 1, 'exp': 2, 'aud': 'x'}, open(sys.argv[1]).read(), 'ES256', {'kid': 'x'})"""
# What get-metrics-insights.py cannot do without: two packages, a signature, and the responses to its requests.
DOWNLOAD = """\
import jwt, os, requests, sys, time
now, get = int(time.time()), os.environ.__getitem__
claims = {'iss': get('ISSUER_ID'), 'iat': now, 'exp': now + 600, 'aud': 'appstoreconnect-v1'}
token = jwt.encode(claims, open(get('KEY_FILE_PATH')).read(), 'ES256', {'kid': get('KEY_ID')})
session = requests.Session()
session.headers['Authorization'] = f'Bearer {token}'
for target in sys.argv[1:]:
    response = session.get(get('APP_STORE_CONNECT_URL') + target)
    response.raise_for_status()
    response.json()"""
# Of each response, in the rows that count round trips.
LATENCY_S = 0.2
CATEGORIES = {
    "HANG": ["hangRate"],
    "LAUNCH": ["launchTime"],
    "MEMORY": ["peakMemory", "memoryAtSuspension"],
    "DISK": ["diskWrites"],
    "BATTERY": ["batteryUsage", "onScreen", "background"],
    "TERMINATION": ["onScreen", "background"],
    "ANIMATION": ["scrollHitchRate"],
    "STORAGE": ["documentsAndData"],
}


class Cost(NamedTuple):
    """What the operating system charged a process for: seconds of CPU, kilobytes of peak memory."""

    cpu_s: float
    peak_kb: int


def write_logs(path: Path, logs: int, *, are_chains_equal: bool = False) -> None:
    """Write a diagnostics report of `logs` logs with 40 chains of 60 frames, about 0.95 MB each."""

    def frame(depth: int, chain: int) -> dict[str, object]:
        symbol = f"-[RouteStore{chain} reloadSegment{depth}:completion:]"
        place = f"RouteStore{chain}.m"
        return {
            "sampleCount": 60 + chain,
            "isBlameFrame": depth % 3 == 0,
            "symbolName": symbol,
            "offsetIntoSymbol": str(4 * depth),
            "binaryName": "Switchback",
            "fileName": place,
            "binaryUUID": "8D3C2B1A-5F60-4E7D-9A0B-C1D2E3F4A5B6",
            "lineNumber": str(100 + depth),
            "address": hex(0x102F00000 + 64 * depth),
            "offsetIntoBinaryTextSegment": "",
            "rawFrame": f"{60 + chain} {symbol} (in Switchback) + {4 * depth} ({place}:{100 + depth}) "
            f"[{hex(0x102F00000 + 64 * depth)}]",
        }

    roots = []
    for chain in range(40):
        below: list[dict[str, object]] = []
        for depth in reversed(range(60)):
            below = [{**frame(depth, 0 if are_chains_equal else chain), "subFrames": below}]
        roots += below
    log = {
        "diagnosticMetaData": {"appVersion": "8.1.0", "deviceType": "iPhone15_2", "event": "disk writes"},
        "callStackTree": [{"callStackPerThread": False, "callStacks": [{"callStackRootFrames": roots}]}],
    }
    with path.open("w", encoding="utf-8") as file:
        file.write('{"version":"1.0.0","productData":[{"signatureId":"5a","diagnosticLogs":[')
        written = json.dumps(log)
        for position in range(logs):
            file.write(("," if position else "") + written)
        file.write("]}]}")


def write_metrics(path: Path, devices: int, minors: range = range(30)) -> None:
    """Write a metrics report of `devices` devices with all categories, about 0.05 MB per device for 30 versions."""

    def dataset(device: int, percentile: str) -> dict[str, object]:
        points = [
            {"version": f"7.{minor}.0", "value": 700 + device + minor / 8, "errorMargin": 1.5, "goal": "fair"}
            for minor in minors
        ]
        criteria = {"device": f"iPhone{device}_1", "deviceMarketingName": f"iPhone {device}", "percentile": percentile}
        return {"filterCriteria": criteria, "points": points}

    datasets = json.dumps(
        [dataset(n, p) for n in range(1, devices + 1) for p in ("percentile.fifty", "percentile.ninety")]
    )
    unit = '{"identifier":"milliseconds","displayName":"ms"}'
    population = {"device": "iPhone1_1", "percentile": "percentile.fifty", "latestVersionValue": 704.6}
    insight = {"metricCategory": "LAUNCH", "metric": "launchTime", "populations": [population]}
    with path.open("w", encoding="utf-8") as file:
        file.write('{"version":"1.0.0","productData":[{"platform":"iOS","metricCategories":[')
        for n, (category, metrics) in enumerate(CATEGORIES.items()):
            file.write(("," if n else "") + f'{{"identifier":"{category}","metrics":[')
            for m, metric in enumerate(metrics):
                file.write(("," if m else "") + f'{{"identifier":"{metric}","unit":{unit},"datasets":{datasets}}}')
            file.write("]}")
        file.write(f']}}],"insights":{{"regressions":[{json.dumps(insight)}],"trendingUp":[]}}}}')


def run(*command: str, environment: dict[str, str] | None = None) -> Cost:
    """Run `command` without its output and return its cost; a command that fails ends the benchmark."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=TOP, env=environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with status {process.returncode}")
    peak_kb = usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    return Cost(usage.ru_utime + usage.ru_stime, peak_kb)


def compare(
    rounds: int, command: list[str], other: list[str], environment: dict[str, str] | None = None
) -> tuple[float, float]:
    """Return the medians of CPU and peak memory of `command` as ratios to those of `other`, run in turn."""
    cpu, peak = [], []
    for _ in range(rounds):
        cost, base = (run(sys.executable, *each, environment=environment) for each in (command, other))
        cpu.append(cost.cpu_s / base.cpu_s)
        peak.append(cost.peak_kb / base.peak_kb)
    return statistics.median(cpu), statistics.median(peak)


def serve_signatures(api: FakeAPI, count: int) -> None:
    """Make the API list `count` signatures with logs on one page."""
    ids = [f"{n:066x}" for n in range(1, count + 1)]
    body = json.dumps(logs(signatures("HANGS")[0]["id"])).encode()
    resources = [{"type": "diagnosticSignatures", "id": name, "attributes": {"weight": 0.05}} for name in ids]
    path = f"/v1/builds/{BUILD_ID}/diagnosticSignatures"
    page = json.dumps({"data": resources, "links": {"self": path}}).encode()
    api.responses[path] = (200, "application/json", page)
    for name in ids:
        api.responses[f"/v1/diagnosticSignatures/{name}/logs"] = (200, LOGS_TYPE, body)


def compare_main_job(rounds: int) -> float:
    """Return the CPU time of a report on an app as a ratio to that of a process that only sends the same requests."""
    with FakeAPI() as api, tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **api.environment(Path(folder))}
        command = ["get-metrics-insights.py", APP_ID]
        run(sys.executable, *command, environment=environment)
        targets = [request.path for request in api.requests]
        return compare(rounds, command, ["-c", DOWNLOAD, *targets], environment)[0]


def count_connections() -> int:
    """Return the number of connections of a run that downloads the logs of twenty signatures."""
    with FakeAPI() as api, tempfile.TemporaryDirectory() as folder:
        serve_signatures(api, 20)
        subprocess.run(
            [sys.executable, TOP / "get-diagnostics-logs.py", "--type=HANGS", "--signatures=20", BUILD_ID],
            env={**os.environ, **api.environment(Path(folder))},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        if len(api.requests) != 21:
            raise SystemExit(f"{len(api.requests)} requests instead of 21")
        return api.connections


def seconds_of(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Run `command` and return the seconds until its first byte of output and until its end."""
    start = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        first = time.monotonic() - start
        process.stdout.read()
        if process.wait():
            raise SystemExit(f"{' '.join(command)} ended with status {process.returncode}")
        return first, time.monotonic() - start


def count_round_trips(rounds: int) -> tuple[float, float]:
    """Return what the latency of each response adds to a run with twenty signatures, as a multiple of that latency.

    The first figure is for the first byte of output, the second for the end.
    """
    added: list[tuple[float, float]] = []
    with FakeAPI() as api, tempfile.TemporaryDirectory() as folder:
        serve_signatures(api, 20)
        script = str(TOP / "get-diagnostics-logs.py")
        command = [sys.executable, script, "--type=HANGS", "--signatures=20", BUILD_ID]
        environment = {**os.environ, **api.environment(Path(folder))}
        for _ in range(rounds):
            api.latency_s = 0
            without = seconds_of(command, environment)
            api.latency_s = LATENCY_S
            added.append(tuple(map(operator.sub, seconds_of(command, environment), without)))
    first, end = (statistics.median(each) / LATENCY_S for each in zip(*added))
    return first, end


def peak_of_bomb() -> float:
    """Return the peak memory, in GiB, of a run whose response is 10 GB compressed to 10 MB."""
    member = gzip.compress(bytes(2**26))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(member) * 160}\r\n\r\n".encode()

    def send(handler: Handler) -> None:
        handler.wfile.write(head + member * 160)

    with FakeAPI() as api, tempfile.TemporaryDirectory() as folder:
        api.faults.append(send)
        command = [sys.executable, str(TOP / "get-metrics-insights.py"), APP_ID]
        environment = {**os.environ, **api.environment(Path(folder))}
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 3:
            raise SystemExit(f"the bomb ended with status {process.returncode}")
        return usage.ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)


def main() -> int:
    """Print a row per figure: what it is, the ratio, the target."""
    arguments = docopt(__doc__ or "")
    rounds, scale = int(arguments["--rounds"]), int(arguments["--scale"]) / 100
    # Without compiled modules, as a machine for tests may be set up, each run would compile all of them again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    missed = 0

    def row(what: str, ratio: float, target: float) -> None:
        nonlocal missed
        missed += ratio > target
        print(f"{what:<64} {ratio:6.2f}  <= {target:g}{'' if ratio <= target else '  MISSED'}", flush=True)

    print(f"Python {platform.python_version()}, {rounds} rounds, inputs at {scale:.0%}")
    with tempfile.TemporaryDirectory() as folder:
        logs_path, metrics_path = Path(folder, "logs.json"), Path(folder, "metrics.json")
        tenth_logs_path, tenth_metrics_path = Path(folder, "tenth-logs.json"), Path(folder, "tenth-metrics.json")
        write_logs(logs_path, max(10, int(200 * scale)))
        write_metrics(metrics_path, max(10, int(2000 * scale)))
        write_logs(tenth_logs_path, max(1, int(20 * scale)))
        write_metrics(tenth_metrics_path, max(1, int(200 * scale)))
        sizes = [path.stat().st_size / 1e6 for path in (logs_path, metrics_path)]
        print(f"large log {sizes[0]:.0f} MB, large report {sizes[1]:.0f} MB\n")
        diagnostics = ["ppparser", "diagnostics", "--callstack", "--input"]
        launch = ["ppparser", "metrics", "--metric=launchTime", "--auto_insights", "--input"]

        cpu, peak = compare(rounds, [*diagnostics, str(logs_path)], ["-c", PARSE, str(logs_path)])
        row("diagnostics --callstack, large log: CPU / parse", cpu, 1.8)
        row("diagnostics --callstack, large log: peak memory / parse", peak, 1.15)
        equal_path = Path(folder, "equal-logs.json")
        write_logs(equal_path, 60, are_chains_equal=True)
        cpu, _ = compare(rounds, [*diagnostics, str(equal_path)], ["-c", PARSE, str(equal_path)])
        row("diagnostics --callstack, 60 logs with one hot path: CPU / parse", cpu, 1.8)
        cpu, peak = compare(rounds, [*launch, str(metrics_path)], ["-c", PARSE, str(metrics_path)])
        row("metrics --metric --auto_insights, large report: CPU / parse", cpu, 1.25)
        row("metrics --metric --auto_insights, large report: peak / parse", peak, 1.15)
        weekly_paths = [str(Path(folder, f"week-{week:03}.json")) for week in range(max(10, int(100 * scale)))]
        for week, path in enumerate(weekly_paths):
            write_metrics(Path(path), 60, range(week // 2, week // 2 + 8))
        merged = [*launch[:-1], *(f"--input={path}" for path in weekly_paths)]
        cpu, _ = compare(rounds, merged, ["-c", PARSE_EACH, *weekly_paths])
        row("metrics, 100 files of 1 MB: CPU / parse", cpu, 1.8)
        whole_path = Path(folder, "year.json")
        write_metrics(whole_path, 60, range(len(weekly_paths) // 2 + 7))
        _, peak = compare(rounds, merged, ["-c", PARSE, str(whole_path)])
        row("metrics, 100 files of 1 MB: peak memory / parse as one file", peak, 1.5)
        cpu, _ = compare(rounds, [*diagnostics, str(logs_path)], [*diagnostics, str(tenth_logs_path)])
        row("diagnostics --callstack: CPU / CPU of a tenth of the input", cpu, 11)
        cpu, _ = compare(rounds, [*launch, str(metrics_path)], [*launch, str(tenth_metrics_path)])
        row("metrics --metric --auto_insights: CPU / CPU of a tenth", cpu, 11)
        cpu, _ = compare(rounds * 4, ["ppparser", "-v"], ["-c", "import json, docopt"])
        row("ppparser -v: CPU / python -c 'import json, docopt'", cpu, 2)
        key_path = FakeAPI().environment(folder)["KEY_FILE_PATH"]
        token = ["generate-token.py", ISSUER_ID, KEY_ID, key_path]
        cpu, _ = compare(rounds * 4, token, ["-c", SIGN, key_path])
        row("generate-token.py: CPU / import docopt, jwt and one signature", cpu, 1.1)
    row("get-metrics-insights.py APP: CPU / packages and same requests", compare_main_job(rounds * 4), 1.4)
    row("get-diagnostics-logs.py --signatures=20: connections", count_connections(), 6)
    first, end = count_round_trips(rounds)
    row("get-diagnostics-logs.py --signatures=20: added round trips", end, 3 + 20 / 6)
    row("get-diagnostics-logs.py --signatures=20: those to the first byte", first, 2)
    row("response of 10 GB compressed to 10 MB: peak memory in GiB", peak_of_bomb(), 1)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
