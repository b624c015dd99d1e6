"""Receives changes to the answer of a question: a webhook of the ledger, verified before use.

    WEBHOOK_SECRET=whsec_… python examples/webhook_receiver.py 9000

It needs `pip install standardwebhooks` and nothing else. An event that is sent twice has the same
id both times.
"""

from __future__ import annotations

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

MAX_BYTES = 1_000_000
seen: set[str] = set()


def take(event: dict[str, Any]) -> None:
    """Do what you want to do with an event: here, print what changed."""
    data = event["data"]
    print(f"Revision {data['revision']} of {data['question']}:", flush=True)
    for change in data["changes"]:
        sentence = change.get("sentence", "It is no longer an answer to the question.")
        print(f"- {change['change']} {change['id']}: {sentence} {change['url']}", flush=True)


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 to what is signed with the secret, and 400 to everything else."""

    def do_POST(self) -> None:
        """Verify the body as it came, byte for byte, and then accept it."""
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), MAX_BYTES))
        try:
            event = Webhook(os.environ["WEBHOOK_SECRET"]).verify(body, dict(self.headers.items()))
        except WebhookVerificationError:
            self.send_response(400)
            self.end_headers()
            return
        if self.headers["webhook-id"] not in seen:
            take(event)
            seen.add(self.headers["webhook-id"])
        self.send_response(204)
        self.end_headers()


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
