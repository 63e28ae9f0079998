#!/usr/bin/env python3
"""Starts the demo and a Prometheus beside it, and asks every question of the dashboard: each must have an answer.

Usage: metrics.py ONSTAGE_BINARY
"""

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOARD = ROOT / "deploy/grafana/onstage.json"
RULES = ROOT / "deploy/prometheus"
# Longer than a slow machine needs; a fast one never waits so long.
PATIENCE_S = 120
POLL_S = 0.25
PROMETHEUS_TRIES_MAX = 5
# What Grafana fills in.
FILLED_IN = {"$__rate_interval": "15s", "$__range": "1m", "$job": ".*"}
OURS = re.compile(r"\b(?:onstage|process)_[a-z_]+\b")


def fail(text):
    print(f"metrics: {text}", file=sys.stderr)
    sys.exit(1)


def wait_for(what, check):
    """Polls until `check` answers something true."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        answer = check()
        if answer:
            return answer
        time.sleep(POLL_S)
    fail(f"no {what} within {PATIENCE_S} s")


@contextlib.contextmanager
def running(arguments, **more):
    process = subprocess.Popen(arguments, **more)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def read(url):
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as response:
        return response.read().decode()


class Log:
    """Lines that a process writes, kept and searched."""

    def __init__(self, stream):
        self.lines = []
        threading.Thread(target=lambda: self.lines.extend(stream), daemon=True).start()

    def find(self, pattern):
        found = (re.search(pattern, line) for line in list(self.lines))
        return next((match.group(1) for match in found if match), None)


@contextlib.contextmanager
def show(binary, folder):
    """The demo: bots that talk, chat, react, come and go. Yields where its figures are."""
    settings = {
        "ONSTAGE_DATA_DIR": f"{folder}/data",
        "ONSTAGE_SERVER_LISTEN": "127.0.0.1:0",
        "ONSTAGE_MEDIA_UDP_PORT": "0",
        "ONSTAGE_MEDIA_SHARDS": "1",
        "ONSTAGE_METRICS_LISTEN": "127.0.0.1:0",
        "NO_COLOR": "1",
    }
    arguments = [binary, "demo", "--viewers", "4"]
    with running(arguments, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        log = Log(process.stderr)

        def address():
            if process.poll() is not None:
                fail("the demo ended:\n" + "".join(log.lines))
            return log.find(r"metrics can be read.*address=([0-9.:]+)")

        try:
            yield wait_for("address of the metrics", address)
        except BaseException:
            print("".join(log.lines[-20:]), file=sys.stderr)
            raise


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def prometheus(folder, figures):
    """A Prometheus with the committed configuration, pointed at the demo. Yields its address."""
    config = (RULES / "prometheus.yml").read_text()
    if "127.0.0.1:9464" not in config:
        fail("prometheus.yml does not read the usual address")
    config = config.replace("127.0.0.1:9464", figures).replace("_interval: 15s", "_interval: 1s")
    Path(folder, "prometheus.yml").write_text(config)
    Path(folder, "alerts.yml").write_text((RULES / "alerts.yml").read_text())
    for _ in range(PROMETHEUS_TRIES_MAX):
        address = f"127.0.0.1:{free_port()}"
        arguments = [
            "prometheus",
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/tsdb",
            f"--web.listen-address={address}",
            "--log.level=warn",
        ]
        with open(f"{folder}/prometheus.log", "w") as log, running(arguments, stdout=log, stderr=log) as process:

            def ready():
                if process.poll() is not None:
                    return "ended"
                with contextlib.suppress(urllib.error.URLError, OSError):
                    return read(f"http://{address}/-/ready") and "ready"
                return None

            if wait_for("ready Prometheus", ready) == "ready":
                yield f"http://{address}"
                return
    fail("Prometheus does not start:\n" + Path(folder, "prometheus.log").read_text())


def questions():
    """Every expression of every panel, with the panel's title."""
    for panel in json.loads(BOARD.read_text())["panels"]:
        for target in panel.get("targets", []):
            expression = target["expr"]
            for name, value in FILLED_IN.items():
                expression = expression.replace(name, value)
            if "$" in expression:
                fail(f"{panel['title']}: something is not filled in: {expression}")
            yield panel["title"], expression


def has_answer(base, expression):
    query = urllib.parse.urlencode({"query": expression})
    try:
        answer = json.loads(read(f"{base}/api/v1/query?{query}"))
    except urllib.error.HTTPError as error:
        fail(f"Prometheus refuses {expression}: {error.read().decode()}")
    return bool(answer["data"]["result"])


def ask_everything(base):
    """Polls until every question has an answer; says which have none."""
    asked = list(questions())
    # A question like `a or vector(0)` would hide a figure that is not there: each figure is asked for by itself too.
    names = {name for _, expression in asked for name in OURS.findall(expression)}
    waiting = asked + [("figure", name) for name in sorted(names)]
    total = len(waiting)
    deadline = time.monotonic() + PATIENCE_S
    while waiting and time.monotonic() < deadline:
        waiting = [(title, expression) for title, expression in waiting if not has_answer(base, expression)]
        if waiting:
            time.sleep(POLL_S)
    if waiting:
        fail("without an answer:\n" + "\n".join(f"  {title}: {expression}" for title, expression in waiting))
    return total


def rules_work(base):
    groups = json.loads(read(f"{base}/api/v1/rules"))["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    judged = [rule for rule in rules if rule["health"] == "ok"]
    return len(rules) if rules and len(judged) == len(rules) else 0


def main():
    binary = sys.argv[1]
    for command in (["check", "rules", RULES / "alerts.yml"], ["check", "config", RULES / "prometheus.yml"]):
        done = subprocess.run(["promtool", *command], capture_output=True, text=True)
        if done.returncode:
            fail(done.stdout + done.stderr)
    with tempfile.TemporaryDirectory(prefix="onstage-metrics.") as folder:
        with show(binary, folder) as figures, prometheus(folder, figures) as base:
            asked = ask_everything(base)
            rules = wait_for("judged alert", lambda: rules_work(base))
    print(f"{asked} questions have answers, {rules} alerts are judged")
    # The sum of all runners is made of lines like this.
    print("# pass 2")


if __name__ == "__main__":
    main()
