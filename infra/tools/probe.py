"""Stands in for every function when the wiring is checked without built functions.

It tells what it was handed (a file for each invocation), tries what it is asked to try with its own rights, and answers
discovery and keys as the functions of identity do.
"""

import base64
import json
import os
import pathlib
import sys
import time
import traceback
import urllib.request

sys.path.insert(0, "@TOOLS@")
import account  # noqa: E402

HEARD = pathlib.Path("@HEARD@") / os.environ["AWS_LAMBDA_FUNCTION_NAME"]
RUNTIME = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"


def main():
    while True:
        with urllib.request.urlopen(f"{RUNTIME}/invocation/next") as reply:
            request, event = reply.headers["Lambda-Runtime-Aws-Request-Id"], json.load(reply)
        try:
            say(f"{RUNTIME}/invocation/{request}/response", handle(event))
        except Exception:
            say(f"{RUNTIME}/invocation/{request}/error", {"errorType": "Probe", "errorMessage": traceback.format_exc()})


def say(url, body):
    urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), method="POST")).close()


def handle(event):
    if "requestContext" in event:
        return http(event)
    if "try" in event:
        return attempt(**event["try"])
    if "-republish-" in HEARD.name:
        return {"events": 1, "next": None} if "from" in event else {"events": 2, "next": "further"}
    HEARD.mkdir(parents=True, exist_ok=True)
    (HEARD / str(time.time_ns())).write_text(json.dumps(event))
    if event.get("fail"):
        raise RuntimeError("asked to fail")
    return {"batchItemFailures": [{"itemIdentifier": name} for name in map(failure, event.get("Records", [])) if name]}


def failure(record):
    """What the record asks to be reported as failed: itself, or nothing that is in the batch."""
    if "body" in record:
        return {"own": record["messageId"], "unknown": "nothing"}.get(json.loads(record["body"]).get("fail"))
    return record["dynamodb"]["SequenceNumber"] if "fail" in record["dynamodb"].get("NewImage", {}) else None


def attempt(service, operation, arguments):
    """What AWS says to a call with this function's rights."""
    for name in ("Message", "Body"):
        if isinstance(arguments.get(name), dict):
            arguments[name] = base64.b64decode(arguments[name]["base64"])
    try:
        reply = getattr(account.client(service), operation)(**arguments)
    except Exception as error:
        code = getattr(error, "response", {}).get("Error", {}).get("Code")
        return {"error": code or type(error).__name__, "text": str(error)}
    return {"reply": json.loads(json.dumps(reply, default=plain))}


def plain(value):
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def http(event):
    path = event["rawPath"]
    if path.endswith("/.well-known/openid-configuration"):
        issuer = os.environ["ISSUER"]
        return answer({"issuer": issuer, "jwks_uri": f"{issuer}/.well-known/jwks.json"})
    if path.endswith("/.well-known/jwks.json"):
        return answer({"keys": [jwk(key) for key in os.environ["SIGNING_KEYS"].split(",")]})
    claims = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims")
    return answer({"path": path, "claims": claims, "environment": dict(os.environ)})


def answer(body):
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def jwk(key):
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    numbers = load_der_public_key(account.client("kms").get_public_key(KeyId=key)["PublicKey"]).public_numbers()
    text = {name: number.to_bytes((number.bit_length() + 7) // 8) for name, number in (("n", numbers.n), ("e", numbers.e))}
    encoded = {name: base64.urlsafe_b64encode(value).rstrip(b"=").decode() for name, value in text.items()}
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": key.rsplit("/", 1)[1], **encoded}


main()
