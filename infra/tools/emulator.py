"""Runs ministack as AWS is in two points where it is not.

Our queues and topics, and the CDK's own bucket, refuse requests without TLS, and ministack enforces that. On the
loopback there is none, so each request is marked the way a TLS-ending proxy would.

AWS checks the right to send an e-mail against the identity in whose name it is sent; ministack checks it against `*`,
which refuses every right that is as narrow as ours.
"""

import email.utils
import json

from ministack import app as ministack
from ministack.core import iam_actions

plain_app = ministack.app
plain_resource = iam_actions._ses_v2_resource_arn


async def app_behind_tls(scope, receive, send):
    if scope["type"] == "http":
        scope["headers"] = [*scope["headers"], (b"x-forwarded-proto", b"https")]
    await plain_app(scope, receive, send)


def identity_that_sends(method, path, body, region, account_id):
    if (method, path.rstrip("/")) != ("POST", "/v2/email/outbound-emails"):
        return plain_resource(method, path, body, region, account_id)
    sender = email.utils.parseaddr(json.loads(body).get("FromEmailAddress", ""))[1]
    return f"arn:aws:ses:{region}:{account_id}:identity/{sender.rpartition('@')[2]}"


ministack.app = app_behind_tls
iam_actions._ses_v2_resource_arn = identity_that_sends
ministack.main()
