"""Runs ministack as if TLS ended in front of it, as it does at AWS.

Our queues and topics, and the CDK's own bucket, refuse requests without TLS, and ministack enforces that. On the
loopback there is none, so each request is marked the way a TLS-ending proxy would.
"""

from ministack import app as ministack

plain_app = ministack.app


async def app_behind_tls(scope, receive, send):
    if scope["type"] == "http":
        scope["headers"] = [*scope["headers"], (b"x-forwarded-proto", b"https")]
    await plain_app(scope, receive, send)


ministack.app = app_behind_tls
ministack.main()
