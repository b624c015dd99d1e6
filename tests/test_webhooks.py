"""Webhooks: changes to a question reach whoever subscribed to it, signed, and nobody else."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ipaddress
import json
import os
import resource
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from standardwebhooks.webhooks import Webhook

from layoff_ledger import paths
from layoff_ledger.webhooks import delivery
from layoff_ledger.webhooks.subscribers import Subscriber, WebhooksError, read
from support.databases import execute, make_database, publish_folder
from support.markdown import blocks, pages
from support.revisions import FIXTURE, edit
from support.services import Started, free_port, started
from support.waiting import wait_until

pytestmark = pytest.mark.thorough

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


class Received:
    """What came to a receiver, and what it answers: each status once, then 204."""

    def __init__(self) -> None:
        self.events: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.location = ""


@pytest.fixture
def receiver() -> Iterator[tuple[str, Received]]:
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.events.append((dict(self.headers.items()), body))
            status = received.statuses.pop(0) if received.statuses else 204
            self.send_response(status)
            if status == 302:
                self.send_header("location", received.location)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook?x=1", received
    server.shutdown()
    thread.join()
    server.server_close()


@contextlib.contextmanager
def trickling(first: bytes) -> Iterator[tuple[int, set[socket.socket]]]:
    """A receiver that sends some bytes at once and one more each tenth of a second.

    Yields its port, and what is connected to it.
    """
    is_over = threading.Event()
    waiting: set[socket.socket] = set()

    def answer(connected: socket.socket) -> None:
        waiting.add(connected)
        with connected, contextlib.suppress(OSError):
            connected.recv(65_536)
            connected.sendall(first)
            while not is_over.wait(0.1):
                connected.sendall(b"0")
        waiting.discard(connected)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connected, _ = server.accept()
                threading.Thread(target=answer, args=(connected,)).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], waiting
        is_over.set()
        # It wakes those who wait for the next one.
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def subscriber(address: str, **fields: Any) -> Subscriber:
    known = {"name": "desk", "question": "/v1/waves", "secret": SECRET, "allow_private": True}
    return Subscriber(address=address, **{**known, **fields})


def write(path: Path, *tables: dict[str, Any], delays: str = "[0.05, 0.05]") -> Path:
    lines = [f"delays_seconds = {delays}"]
    for table in tables:
        lines.append("[[subscriber]]")
        lines += [f"{name} = {json.dumps(value)}" for name, value in table.items()]
    path.write_text("\n".join(lines))
    return path


class Sender:
    """`layoff-ledger webhooks` on a ledger of its own."""

    def __init__(self, url: str, home: Path, file: Path, data: Path) -> None:
        self.url, self.home, self.file, self.data = url, home, file, data

    def start(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DATABASE_URL": self.url,
            "LEDGER_HOME": str(self.home),
            "LEDGER_URL": "https://ledger.example.org",
            "LEDGER_WEBHOOKS": str(self.file),
        }
        command = [sys.executable, "-m", "layoff_ledger.cli", "webhooks"]
        return subprocess.Popen(command, env=environment)

    def state(self, name: str) -> int:
        path = self.home / "webhooks" / f"{name}.json"
        return int(json.loads(path.read_bytes())["revision"]) if path.exists() else 0

    def publish(self, before: str, after: str) -> None:
        edit(self.data, "waves/globex-2023-09.toml", before, after)
        asyncio.run(publish_folder(self.url, self.data))


@pytest.fixture
def sender(server: str, fixture_template: str, tmp_path: Path) -> Sender:
    data = tmp_path / "data"
    shutil.copytree(FIXTURE, data)
    url = asyncio.run(make_database(server, fixture_template))
    return Sender(url, tmp_path / "home", tmp_path / "webhooks.toml", data)


def table(name: str, address: str, question: str) -> dict[str, Any]:
    return {
        "name": name,
        "address": address,
        "question": question,
        "secret": SECRET,
        "allow_private": True,
    }


def test_each_gets_what_changed_for_its_question(
    sender: Sender, receiver: tuple[str, Received]
) -> None:
    address, received = receiver
    received.statuses = [503]
    write(
        sender.file,
        table("globex", address, "/v1/waves?company=globex&headcount_gte=350"),
        table("hooli", address, "/v1/waves?company=hooli"),
    )
    process = sender.start()
    try:
        wait_until(lambda: sender.state("globex") == sender.state("hooli") == 1)
        assert received.events == []
        sender.publish("low = 300", "low = 400")
        wait_until(lambda: sender.state("globex") == sender.state("hooli") == 2)
    finally:
        process.terminate()
        process.wait()
    # The first attempt failed; hooli's question has no change, and nobody is bothered.
    first, second = received.events
    headers, body = second
    assert first[1] == body
    assert first[0]["webhook-id"] == headers["webhook-id"]
    event = Webhook(SECRET).verify(body, headers)
    assert event["type"] == "ledger.revision"
    data = event["data"]
    assert data["revision"] == 2
    assert data["counts"] == {"added": 1, "changed": 0, "removed": 0}
    (change,) = data["changes"]
    assert change["id"] == "globex-2023-09"
    assert change["url"] == "https://ledger.example.org/v1/waves/globex-2023-09"
    assert "at least 400 jobs" in change["sentence"]
    assert data["url"].endswith("&as_of=2")

    # What happened while nothing was sending is sent at the next start.
    sender.publish("low = 400", "low = 340")
    process = sender.start()
    try:
        wait_until(lambda: sender.state("globex") == 3)
    finally:
        process.terminate()
        process.wait()
    later = json.loads(received.events[-1][1])
    last = later["data"]
    # The guide shows what receivers get.
    (shown,) = [
        json.loads(one.text)
        for one in blocks(pages()["docs/operations.md"])
        if one.heading == "Webhooks" and one.language == "json"
    ]
    assert shown.keys() == event.keys()
    assert shown["data"].keys() == data.keys()
    added, removed = shown["data"]["changes"]
    assert (added.keys(), added["change"]) == (change.keys(), change["change"])
    assert removed.keys() == last["changes"][0].keys()
    assert last["counts"] == {"added": 0, "changed": 0, "removed": 1}
    assert received.events[-1][0]["webhook-id"] != headers["webhook-id"]


def test_what_fails_to_the_end_is_a_dead_letter(
    sender: Sender, receiver: tuple[str, Received]
) -> None:
    address, received = receiver
    received.statuses = [500, 500, 500, 500]
    write(sender.file, table("globex", address, "/v1/waves?company=globex"))
    process = sender.start()
    try:
        wait_until(lambda: sender.state("globex") == 1)
        sender.publish("low = 300", "low = 400")
        wait_until(lambda: sender.state("globex") == 2)
    finally:
        process.terminate()
        process.wait()
    (letter,) = (sender.home / "webhooks" / "dead-letters.jsonl").read_text().splitlines()
    dead = json.loads(letter)
    assert (dead["subscriber"], dead["revision"], dead["tries"]) == ("globex", 2, 3)
    assert dead["error"] == "status 500"
    assert dead["body"]["data"]["counts"]["changed"] == 1
    assert len(received.events) == 3


def test_what_cannot_be_noted_is_not_sent_and_holds_up_no_other(
    sender: Sender, receiver: tuple[str, Received]
) -> None:
    address, received = receiver
    question = "/v1/waves?company=globex"
    write(
        sender.file, table("desk", f"{address}&desk", question), table("other", address, question)
    )
    # It is in the way of the file, like a full disk, even if root runs the tests.
    obstacle = sender.home / "webhooks" / "desk.partial"
    process = sender.start()
    try:
        wait_until(lambda: sender.state("desk") == sender.state("other") == 1)
        obstacle.mkdir()
        sender.publish("low = 300", "low = 400")
        wait_until(lambda: sender.state("other") == 2)
        # It is tried each second.
        time.sleep(2.5)
        assert process.poll() is None
        process.terminate()
        process.wait()
        # Nor after another start.
        process = sender.start()
        sender.publish("low = 400", "low = 340")
        wait_until(lambda: sender.state("other") == 3)
        time.sleep(2.5)
        assert process.poll() is None
        assert (sender.state("desk"), len(received.events)) == (1, 2)
        obstacle.rmdir()
        wait_until(lambda: sender.state("desk") == 3)
    finally:
        process.terminate()
        process.wait()
    ids = [headers["webhook-id"] for headers, _ in received.events]
    assert len(ids) == len(set(ids)) == 4


def test_what_was_sent_before_it_could_not_be_noted_is_not_sent_again(
    sender: Sender, receiver: tuple[str, Received]
) -> None:
    address, received = receiver
    received.statuses = [503]
    write(sender.file, table("desk", address, "/v1/waves?company=globex"), delays="[4, 4]")
    obstacle = sender.home / "webhooks" / "desk.partial"
    process = sender.start()
    try:
        wait_until(lambda: sender.state("desk") == 1)
        sender.publish("low = 300", "low = 400")
        wait_until(lambda: len(received.events) == 1)
        # Between the first try and the second one, which is delivered.
        obstacle.mkdir()
        wait_until(lambda: len(received.events) == 2)
        sender.publish("low = 400", "low = 340")
        time.sleep(2.5)
        assert process.poll() is None
        assert (sender.state("desk"), len(received.events)) == (1, 2)
        obstacle.rmdir()
        wait_until(lambda: sender.state("desk") == 3)
    finally:
        process.terminate()
        process.wait()
    assert len(received.events) == 3


def test_a_dead_letter_waits_until_there_is_room_for_it(
    sender: Sender, receiver: tuple[str, Received]
) -> None:
    address, received = receiver
    received.statuses = [500, 500, 500]
    write(sender.file, table("desk", address, "/v1/waves?company=globex"))
    letters = sender.home / "webhooks" / "dead-letters.jsonl"
    process = sender.start()
    try:
        wait_until(lambda: sender.state("desk") == 1)
        _, most = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        # Room for the position of the subscriber, and for a part of the letter.
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (200, most))
        sender.publish("low = 300", "low = 400")
        wait_until(lambda: len(received.events) == 3)
        time.sleep(2.5)
        assert process.poll() is None
        assert (sender.state("desk"), letters.stat().st_size) == (1, 0)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, most))
        wait_until(lambda: sender.state("desk") == 2)
    finally:
        process.terminate()
        process.wait()
    (letter,) = letters.read_text().splitlines()
    assert json.loads(letter)["tries"] == 3
    assert len(received.events) == 3


def test_what_is_wrong_with_one_is_nothing_to_the_others(
    sender: Sender, receiver: tuple[str, Received]
) -> None:
    address, _ = receiver
    write(sender.file, table("desk", address, "/v1/sources"), table("other", address, "/v1/waves"))
    process = sender.start()
    try:
        wait_until(lambda: sender.state("desk") == sender.state("other") == 1)
        sender.publish("low = 300", "low = 400")
        wait_until(lambda: sender.state("desk") == sender.state("other") == 2)
        # Something unforeseen: the view of its question is gone.
        asyncio.run(execute(sender.url, "alter view api.source_facet rename to gone"))
        sender.publish("low = 400", "low = 340")
        wait_until(lambda: sender.state("other") == 3)
        time.sleep(1)
        assert (process.poll(), sender.state("desk")) == (None, 2)
        asyncio.run(execute(sender.url, "alter view api.gone rename to source_facet"))
        wait_until(lambda: sender.state("desk") == 3)
    finally:
        process.terminate()
        process.wait()


def test_a_question_that_names_what_is_not_known_ends_no_other(
    sender: Sender, receiver: tuple[str, Received], capfd: pytest.CaptureFixture[str]
) -> None:
    """A company may be withdrawn long after somebody asked about it."""
    address, received = receiver
    write(
        sender.file,
        table("slip", address, "/v1/waves?driver=over_hirng"),
        table("desk", address, "/v1/waves?company=globex"),
    )
    with sender.start() as process:
        try:
            wait_until(lambda: sender.state("desk") == 1 and sender.state("slip") == 1)
            sender.publish("low = 300", "low = 400")
            wait_until(lambda: sender.state("desk") == 2 and sender.state("slip") == 2)
            assert process.poll() is None
        finally:
            process.terminate()

    assert [json.loads(body)["data"]["question"] for _, body in received.events] == [
        "/v1/waves?company=globex"
    ]
    lines = [one for one in capfd.readouterr().err.splitlines() if "over_hirng" in one]
    assert len(lines) == 1
    assert lines[0].startswith("LEDGER_WEBHOOKS: slip gets nothing until the ledger knows")
    assert "did you mean 'over_hiring'?" in lines[0]


def test_the_example_receives_what_serve_sends(sender: Sender) -> None:
    port = free_port()
    write(sender.file, table("desk", f"http://127.0.0.1:{port}/", "/v1/waves?company=globex"))
    example = [sys.executable, "-u", str(paths.ROOT / "examples/webhook_receiver.py"), str(port)]
    command = [sys.executable, "-m", "layoff_ledger.cli", "serve", "--port", str(free_port())]
    environment = {
        **os.environ,
        "DATABASE_URL": sender.url,
        "LEDGER_HOME": str(sender.home),
        "LEDGER_URL": "https://ledger.example.org",
        "LEDGER_WEBHOOKS": str(sender.file),
    }
    with (
        subprocess.Popen(
            example,
            env={**os.environ, "WEBHOOK_SECRET": SECRET},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as receiving,
        subprocess.Popen([*command, "--data", str(sender.data)], env=environment) as serving,
    ):
        try:
            wait_until(lambda: sender.state("desk") == 1)
            assert httpx.post(f"http://127.0.0.1:{port}/", content=b"{}").status_code == 400
            sender.publish("low = 300", "low = 400")
            wait_until(lambda: sender.state("desk") == 2)
        finally:
            serving.terminate()
            receiving.terminate()
        printed, _ = receiving.communicate()
    assert "Revision 2 of /v1/waves?company=globex:" in printed
    assert "- changed globex-2023-09: Globex cuts at least 400 jobs." in printed


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0",  # noqa: S104 refused
        "224.0.0.1", "255.255.255.255", "192.0.0.8", "192.0.0.9",
        "::1", "::", "fe80::1", "fec0::1", "fc00::1", "ff02::1", "ff0e::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:192.0.0.8", "::ffff:0:127.0.0.1",
        "::127.0.0.1", "::a9fe:a9fe", "64:ff9b::a00:1", "64:ff9b:1::7f00:1",
        "2002:a00:1::", "2001::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_no_address_within_a_network_is_public(address: str) -> None:
    assert not delivery.is_public(ipaddress.ip_address(address))


def test_addresses_of_the_internet_are_public() -> None:
    for address in ("1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"):
        assert delivery.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433"])
def test_nothing_is_sent_within_unless_it_is_allowed(
    host: str, receiver: tuple[str, Received]
) -> None:
    address, received = receiver
    port = address.rpartition(":")[2]
    outcome = delivery.post(subscriber(f"http://{host}:{port}", allow_private=False), "evt_1", "{}")
    assert not outcome.delivered
    assert "not a public internet address" in outcome.detail
    assert received.events == []


def test_a_second_look_up_brings_it_nowhere_else(
    receiver: tuple[str, Received], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is public when it is judged, and private when it is looked up again."""
    address, received = receiver
    port = int(address.partition("/hook")[0].rpartition(":")[2])
    real, connected = socket.getaddrinfo, []
    answers = ["93.184.215.14", "127.0.0.1"]

    def rebinding(host: str, *rest: Any, **named: Any) -> Any:
        if host == "rebinding.example":
            return real(answers.pop(0), *rest, **named)
        return real(host, *rest, **named)

    def refusing(target: tuple[str, int], **_: Any) -> socket.socket:
        connected.append(target)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket, "create_connection", refusing)
    outcome = delivery.post(
        subscriber(f"http://rebinding.example:{port}/", allow_private=False), "evt_1", "{}"
    )
    assert not outcome.delivered
    assert connected == [("93.184.215.14", port)]
    assert answers == ["127.0.0.1"]
    assert received.events == []


def test_a_redirect_is_not_followed(receiver: tuple[str, Received]) -> None:
    address, received = receiver
    received.statuses, received.location = [302], address
    outcome = delivery.post(subscriber(address), "evt_1", "{}")
    assert (outcome.delivered, outcome.detail) == (False, "status 302")
    assert len(received.events) == 1


@pytest.mark.parametrize(
    ("scheme", "first"),
    [
        ("http", b""),
        ("http", b"HTTP/1.1 200 OK\r\n"),
        ("http", b"HTTP/1.1 200 OK\r\nx: "),
        ("http", b"HTTP/1.1 100 Continue\r\n\r\n"),
        # A TLS record whose end never comes.
        ("https", b"\x16\x03\x03\x40\x00"),
    ],
)
def test_a_receiver_has_one_time_for_all_that_it_does(
    scheme: str, first: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "TIMEOUT_SECONDS", 1.0)
    with trickling(first) as (port, _):
        begun = time.monotonic()
        outcome = delivery.post(subscriber(f"{scheme}://127.0.0.1:{port}/"), "evt_1", "{}")
        took = time.monotonic() - begun

    assert (outcome.delivered, outcome.detail) == (False, "TimeoutError: it took more than 1 s")
    assert 0.9 < took < 10


def test_an_address_that_says_nothing_leaves_time_for_the_next_one(
    receiver: tuple[str, Received], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, received = receiver
    real, look_up = socket.create_connection, socket.getaddrinfo

    def both(host: str, *rest: Any, **named: Any) -> Any:
        if host != "both.example":
            return look_up(host, *rest, **named)
        return [(0, 0, 0, "", (one, 0)) for one in ("::1", "127.0.0.1")]

    def connect(target: tuple[str, int], timeout: float) -> socket.socket:
        if target[0] == "::1":
            time.sleep(timeout)
            raise TimeoutError
        return real(target, timeout)

    monkeypatch.setattr(socket, "getaddrinfo", both)
    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setattr(delivery, "TIMEOUT_SECONDS", 4.0)
    outcome = delivery.post(subscriber(address.replace("127.0.0.1", "both.example")), "evt_1", "{}")
    assert outcome.delivered
    assert len(received.events) == 1


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of `localhost` that nobody signed, and its key."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key)]
    subprocess.run([*command, "-out", str(certificate)], check=True, capture_output=True)
    return certificate, key


@pytest.mark.parametrize("port", ["", ":8443"])
def test_https_is_spoken_as_everybody_speaks_it(
    port: str, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some servers know no host by the name of `example.org:443`."""
    hosts = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hosts.append(self.headers["host"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    real = socket.create_connection
    at = ("127.0.0.1", server.server_port)
    monkeypatch.setattr(socket, "create_connection", lambda _, timeout: real(at, timeout))
    try:
        stranger = delivery.post(subscriber(f"https://localhost{port}/"), "evt_1", "{}")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        known = delivery.post(subscriber(f"https://localhost{port}/"), "evt_1", "{}")
        other = delivery.post(subscriber(f"https://127.0.0.1{port}/"), "evt_1", "{}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

    assert known == delivery.Outcome(delivered=True, detail="status 204")
    assert hosts == [f"localhost{port}"]
    assert "CERTIFICATE_VERIFY_FAILED" in stranger.detail
    assert "CERTIFICATE_VERIFY_FAILED" in other.detail


def test_slow_receivers_hold_up_no_other_one(
    sender: Sender, receiver: tuple[str, Received]
) -> None:
    """More than twice as many as Python has threads for everything that waits."""
    usual = min(32, (os.cpu_count() or 1) + 4)
    slow = [f"slow-{number}" for number in range(2 * usual + 1)]
    question = "/v1/waves?company=globex"
    with trickling(b"") as (port, waiting):
        tables = [table(name, f"http://127.0.0.1:{port}/", question) for name in slow]
        write(sender.file, *tables, table("quick", receiver[0], question))
        process = sender.start()
        try:
            wait_until(lambda: all(sender.state(name) == 1 for name in (*slow, "quick")))
            sender.publish("low = 300", "low = 400")
            # Each of them is held for 15 s.
            wait_until(lambda: len(waiting) == len(slow))
            wait_until(lambda: sender.state("quick") == 2)
        finally:
            process.kill()
            process.wait()
    assert len(receiver[1].events) == 1


def test_who_is_gone_is_not_tried_again(receiver: tuple[str, Received]) -> None:
    address, received = receiver
    received.statuses = [410]
    assert delivery.post(subscriber(address), "evt_1", "{}").is_final
    assert delivery.post(subscriber(address), "evt_1", "{}").delivered


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"address": "http://example.org", "allow_private": False}, "https"),
        ({"address": "https://user@example.org"}, "without a user"),
        ({"address": "https://[::1/hook"}, "its host or its port is invalid"),
        ({"address": "https://example.org:99999/hook"}, "its host or its port is invalid"),
        ({"secret": "whsec_c2hvcnQ="}, "24 to 64"),
        ({"question": "/v1/wave"}, "no list"),
        ({"question": "/v1/waves?drivr=x"}, "driver"),
        ({"question": "/v1/waves?limit=3"}, "limit"),
        ({"name": "../x"}, "name"),
        ({"secrte": "x"}, "secrte"),
    ],
)
def test_a_file_that_is_wrong_is_refused(tmp_path: Path, fields: dict[str, Any], said: str) -> None:
    known = table("desk", "https://example.org/hook", "/v1/waves")
    path = write(tmp_path / "webhooks.toml", {**known, **fields})
    with pytest.raises(WebhooksError, match=said):
        read(path)


def test_the_sender_beside_the_service_is_started_again(
    sender: Sender, receiver: tuple[str, Received]
) -> None:
    """Nothing is lost, all is counted, and it ends with the service, however that ends."""
    address, received = receiver
    write(sender.file, table("desk", address, "/v1/waves"))
    environment = {
        "DATABASE_URL": sender.url,
        "LEDGER_HOME": str(sender.home),
        "LEDGER_URL": "https://ledger.example.org",
        "LEDGER_WEBHOOKS": str(sender.file),
        "LEDGER_METRICS": "loopback",
    }

    def sending(serve: Started) -> list[psutil.Process]:
        children = psutil.Process(serve.process.pid).children()
        return [one for one in children if "webhooks" in one.cmdline()]

    with started(**environment) as serve:
        wait_until(lambda: sender.state("desk") == 1)
        (killed,) = sending(serve)
        killed.kill()
        sender.publish("low = 300", "low = 400")
        wait_until(lambda: [one.pid for one in sending(serve)] not in ([], [killed.pid]), 60)
        wait_until(lambda: sender.state("desk") == 2, 60)
        wait_until(lambda: 'outcome="delivered"} 1.0' in serve.client.get("/metrics").text)
        # Noted each second.
        wait_until(lambda: "ledger_webhook_behind 0.0" in serve.client.get("/metrics").text)
        page = serve.client.get("/metrics").text
        (left,) = sending(serve)
        serve.process.kill()
        wait_until(lambda: not left.is_running() or left.status() == psutil.STATUS_ZOMBIE)

    assert len(received.events) == 1
    assert "ledger_webhook_restarts_total 1.0" in page
    assert 'ledger_webhook_posts_total{outcome="dead"} 0.0' in page


@pytest.mark.slow
def test_a_sender_that_hangs_is_replaced(sender: Sender, receiver: tuple[str, Received]) -> None:
    write(sender.file, table("desk", receiver[0], "/v1/waves"))
    environment = {
        "DATABASE_URL": sender.url,
        "LEDGER_HOME": str(sender.home),
        "LEDGER_URL": "https://ledger.example.org",
        "LEDGER_WEBHOOKS": str(sender.file),
    }
    with started(**environment) as serve:
        wait_until(lambda: sender.state("desk") == 1)
        children = psutil.Process(serve.process.pid).children()
        (hanging,) = [one for one in children if "webhooks" in one.cmdline()]
        hanging.suspend()
        wait_until(lambda: "hangs: killing it" in serve.log.read_text(), 90)
        wait_until(lambda: "starting it again" in serve.log.read_text())
