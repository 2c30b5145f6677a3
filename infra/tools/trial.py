"""What the checks of a deployment of probes are made of: calls with a function's rights, requests, messages."""

import base64
import json
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request

import account

URL, HEARD = sys.argv[1].rstrip("/"), pathlib.Path(sys.argv[2])
EMULATOR = URL.split("/_aws/", 1)[0]
ACCOUNT = account.client("sts").get_caller_identity()["Account"]
BUCKET = f"yarmarka-parked-{ACCOUNT}-{account.REGION}"


def arn(service, rest):
    return f"arn:aws:{service}:{account.REGION}:{ACCOUNT}:{rest}"


def attempt(function, service, operation, **arguments):
    """What AWS says to a call with the function's rights: the reply, or the error's code."""
    payload = json.dumps({"try": {"service": service, "operation": operation, "arguments": arguments}})
    reply = account.client("lambda").invoke(FunctionName=f"yarmarka-{function}", Payload=payload)
    answer = json.load(reply["Payload"])
    assert "FunctionError" not in reply, answer
    return answer["error"] if "error" in answer else answer["reply"]


def allowed(*call, **arguments):
    answer = attempt(*call, **arguments)
    assert isinstance(answer, dict), f"{call}: {answer}"
    return answer


def denied(*call, **arguments):
    answer = attempt(*call, **arguments)
    expected = ("AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException")
    assert answer in expected, f"{call}: {answer}"


def heard(function, seconds=10, count=1):
    """What the function was handed, at least `count` times, oldest first."""
    folder, deadline = HEARD / f"yarmarka-{function}", time.monotonic() + seconds
    while True:
        files = sorted(folder.glob("*")) if folder.exists() else []
        if len(files) >= count or time.monotonic() > deadline:
            assert len(files) >= count, f"{function} heard {len(files)} of {count} in {seconds} s"
            return [json.loads(file.read_text()) for file in files]
        time.sleep(0.1)


def http(method, path, token=None):
    """Status and body."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(URL + path, method=method, headers=headers)) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, None


def token(claims=None, key=0, header=None):
    """An access token, signed by KMS with the rights of the function that signs tokens."""
    keys = http("GET", "/.well-known/jwks.json")[1]["keys"]
    now = int(time.time())
    header = {"alg": "RS256", "typ": "JWT", "kid": keys[key]["kid"], **(header or {})}
    body = {"iss": URL, "aud": "yarmarka", "sub": "acc_1", "exp": now + 600, "iat": now, **(claims or {})}
    parts = [b64(json.dumps({name: value for name, value in part.items() if value is not None}).encode())
             for part in (header, body)]
    message = ".".join(parts).encode()
    signature = allowed("open-session", "kms", "sign", KeyId=keys[key]["kid"], MessageType="RAW",
                        SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256", Message={"base64": base64.b64encode(message).decode()})
    return ".".join([*parts, b64(base64.b64decode(signature["Signature"]))])


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def queue_url(name):
    return account.client("sqs").get_queue_url(QueueName=f"yarmarka-{name}")["QueueUrl"]


def receive(queue, seconds=15):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        messages = account.client("sqs").receive_message(QueueUrl=queue_url(queue), WaitTimeSeconds=1).get("Messages")
        if messages:
            return json.loads(messages[0]["Body"])
    raise AssertionError(f"nothing in {queue} after {seconds} s")


def publish(topic, body, kind=None):
    attributes = {"type": {"DataType": "String", "StringValue": kind}} if kind else {}
    account.client("sns").publish(
        TopicArn=arn("sns", f"yarmarka-{topic}"), Message=json.dumps(body), MessageAttributes=attributes)


def mail(sender="Yarmarka <shop@shop.example>", **more):
    content = {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hello"}}}
    tags = [{"Name": "reference", "Value": "msg_1"}]
    return {"FromEmailAddress": sender, "Destination": {"ToAddresses": ["ivan@home.example"]}, "EmailTags": tags,
            "Content": {"Simple": content}, "ConfigurationSetName": "yarmarka-mail", **more}


def operate(*arguments):
    done = subprocess.run([sys.executable, pathlib.Path(__file__).with_name("operate.py"), *arguments],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
