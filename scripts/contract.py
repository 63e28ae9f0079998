#!/usr/bin/env python3
"""Plays Schemathesis against a running server with the committed description: no 5xx, and every answer as described.

Usage: contract.py ONSTAGE_BINARY [SCHEMATHESIS_BINARY]
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "api/openapi.json"
SEED = 20261121
EXAMPLES_MAX = 4
# Longer than a slow machine needs to start or to answer.
PATIENCE_S = 120
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
]
PASSWORD = "long enough to be one"


def fail(text):
    print(f"contract: {text}", file=sys.stderr)
    sys.exit(1)


def settings(folder):
    return {
        "PATH": os.environ["PATH"],
        "ONSTAGE_DATA_DIR": f"{folder}/data",
        "ONSTAGE_SERVER_LISTEN": "127.0.0.1:0",
        "ONSTAGE_MEDIA_UDP_PORT": "0",
        "ONSTAGE_MEDIA_SHARDS": "1",
        "ONSTAGE_LIMITS_ENABLED": "false",
        "NO_COLOR": "1",
    }


class People:
    """Accounts on a fresh server, and a show that some of them are in."""

    def __init__(self, url, binary, folder):
        self.url = url
        self.host, self.guest, viewer = (self.sign_up(handle) for handle in ("host", "guest", "viewer"))
        session = self.call("/v1/sessions", {"title": "A show", "mode": "camera"}, self.host)["id"]
        path = f"/v1/sessions/{session}"
        for token in (self.guest, viewer):
            self.call(f"{path}/join", {}, token)
        request = self.call(f"{path}/requests", {}, self.guest)["id"]
        message = self.call(f"{path}/messages", {"text": "Hello"}, viewer)["id"]
        self.ids = {
            "path.id": session,
            "path.session_id": session,
            "path.user_id": self.call("/v1/me", None, self.guest)["account"]["id"],
            "path.request_id": request,
            "path.message_id": message,
            "body.session_id": session,
        }
        self.sign_up("operator")
        grant = [binary, "admin", "grant-operator", "operator"]
        subprocess.run(grant, env=settings(folder), check=True, stdout=subprocess.DEVNULL)
        sign_in = {"handle": "operator", "password": PASSWORD}
        self.operator = self.call("/v1/tokens", sign_in)["access_token"]

    def call(self, path, body, token=None):
        head = {"content-type": "application/json"}
        if token:
            head["authorization"] = f"Bearer {token}"
        text = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, text, head)
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
            return json.loads(response.read())

    def sign_up(self, handle):
        body = {"handle": handle, "password": PASSWORD, "display_name": handle.title()}
        return self.call("/v1/accounts", body)["access_token"]


def runs(people):
    """Who plays, with which token, with which ids, and how thoroughly."""
    return [
        ("a host in a show", people.host, people.ids, "coverage,fuzzing"),
        ("an operator", people.operator, {}, "fuzzing"),
        ("nobody", None, {}, "fuzzing"),
    ]


def play(schemathesis, url, folder, run):
    """One run; answers whether it was clean."""
    who, token, ids, phases = run
    config = Path(folder, "schemathesis.toml")
    config.write_text("[parameters]\n" + "".join(f'"{name}" = "{value}"\n' for name, value in ids.items()))
    # One worker: with several, Python 3.11 now and then loses its way while it reads its own source.
    arguments = [schemathesis, "--config-file", str(config), "run", str(SCHEMA), "--url", url, "--workers", "1"]
    arguments += ["--seed", str(SEED), "--generation-deterministic"]
    arguments += ["--phases", phases, "--max-examples", str(EXAMPLES_MAX), "--checks", ",".join(CHECKS)]
    arguments += ["--request-timeout", str(PATIENCE_S), "--suppress-health-check", "all", "--warnings", "off"]
    arguments += ["--no-color"]
    # Whoever signs out or ends the account is somebody else for the rest of the run.
    arguments += ["--exclude-operation-id", "tokens_sign_out", "--exclude-operation-id", "accounts_delete_me"]
    if token:
        arguments += ["--header", f"Authorization:Bearer {token}"]
    begun = time.monotonic()
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True)
    took = time.monotonic() - begun
    cases = re.search(r"(\d+) generated", done.stdout)
    if done.returncode or not cases:
        print(done.stdout[-20_000:], done.stderr[-2_000:], file=sys.stderr)
        print(f"{who}: NOT as described, {took:.0f} s", flush=True)
        return False
    print(f"{who}: {cases.group(1)} calls as described, {took:.0f} s", flush=True)
    return True


def main():
    binary = sys.argv[1]
    schemathesis = sys.argv[2] if len(sys.argv) > 2 else "schemathesis"
    with tempfile.TemporaryDirectory(prefix="onstage-contract.") as folder:
        log = open(f"{folder}/log", "w+")
        server = subprocess.Popen(
            [binary, "serve"], env=settings(folder), stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            line = server.stdout.readline()
            found = re.search(r"live at (http://[0-9.:]+)", line)
            if not found:
                fail(f"the server did not start: {line}{Path(folder, 'log').read_text()}")
            url = found.group(1)
            clean = [play(schemathesis, url, folder, run) for run in runs(People(url, binary, folder))]
            if server.poll() is not None:
                fail("the server ended")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=PATIENCE_S)
        errors = [line for line in Path(folder, "log").read_text().splitlines() if " ERROR " in line]
        # The sum of all runners is made of lines like these.
        print(f"# pass {sum(clean)}\n# fail {len(clean) - sum(clean)}")
        if errors:
            fail("errors in the log:\n" + "\n".join(errors[:20]))
    if not all(clean):
        sys.exit(1)


if __name__ == "__main__":
    main()
