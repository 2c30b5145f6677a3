"""Checks a deployment of probes on the emulator: checks.py API_URL HEARD.

`wiring_…` is what must hold anywhere. `hidden_…` is what the emulator does not show: when one of these fails after an
upgrade, the emulator has become better, and docs/operations.md and the tests can rely on it.
"""

import base64
import json
import pathlib
import subprocess
import sys
import time
import traceback
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


def wiring_discovery_and_keys_answer_anyone():
    status, discovery = http("GET", "/.well-known/openid-configuration")
    assert (status, discovery["issuer"]) == (200, URL)
    status, keys = http("GET", "/.well-known/jwks.json")
    assert status == 200 and len(keys["keys"]) == 2


def wiring_tokens_of_both_keys_pass_and_others_do_not():
    for key in (0, 1):
        status, body = http("GET", "/v1/orders/ord_1", token(key=key))
        assert (status, body["claims"]["sub"]) == (200, "acc_1")
    assert http("GET", "/v1/orders/ord_1")[0] == 401
    for claims in ({"aud": "other"}, {"iss": "https://other.example"}, {"exp": int(time.time()) - 60}):
        assert http("GET", "/v1/orders/ord_1", token(claims))[0] == 401, claims
    forged = token()
    assert http("GET", "/v1/orders/ord_1", forged[:-8] + "AAAAAAAA")[0] == 401
    assert http("GET", "/v1/products")[0] == 200


def wiring_only_signing_functions_sign():
    key = http("GET", "/.well-known/jwks.json")[1]["keys"][0]["kid"]
    message = {"MessageType": "RAW", "SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256", "Message": {"base64": "bWU="}}
    allowed("show-keys", "kms", "get_public_key", KeyId=key)
    denied("end-session", "kms", "sign", KeyId=key, **message)
    denied("place-order", "kms", "get_public_key", KeyId=key)


def wiring_secrets_are_read_by_those_who_declare_them():
    read = {"SecretId": "yarmarka/stripe-webhook"}
    assert allowed("hear-stripe", "secretsmanager", "get_secret_value", **read)["SecretString"] == "whsec_1"
    denied("start-payment", "secretsmanager", "get_secret_value", **read)
    denied("place-order", "secretsmanager", "get_secret_value", **read)
    denied("hear-stripe", "secretsmanager", "put_secret_value", SecretString="x", **read)
    ours = [allowed("open-session", "secretsmanager", "get_secret_value", SecretId=f"yarmarka/{name}")["SecretString"]
            for name in ("password-pepper", "refresh-chain")]
    assert all(len(value) == 64 for value in ours) and ours[0] != ours[1]


def wiring_a_rotated_secret_keeps_its_previous_value():
    put = account.client("secretsmanager").put_secret_value
    put(SecretId="yarmarka/stripe-webhook", SecretString="whsec_2")
    versions = [allowed("hear-stripe", "secretsmanager", "get_secret_value", SecretId="yarmarka/stripe-webhook",
                        VersionStage=stage)["SecretString"] for stage in ("AWSCURRENT", "AWSPREVIOUS")]
    assert versions == ["whsec_2", "whsec_1"], versions


def wiring_functions_ask_only_whom_they_declare():
    allowed("send-email", "lambda", "invoke", FunctionName="yarmarka-read-contacts", Payload="{}")
    denied("send-email", "lambda", "invoke", FunctionName="yarmarka-open-session", Payload="{}")
    denied("place-order", "lambda", "invoke", FunctionName="yarmarka-read-contacts", Payload="{}")


def mail(sender="Yarmarka <shop@shop.example>", **more):
    content = {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hello"}}}
    tags = [{"Name": "reference", "Value": "msg_1"}]
    return {"FromEmailAddress": sender, "Destination": {"ToAddresses": ["ivan@home.example"]}, "EmailTags": tags,
            "Content": {"Simple": content}, "ConfigurationSetName": "yarmarka-mail", **more}


def wiring_only_the_sender_sends_mail():
    allowed("send-email", "sesv2", "send_email", **mail())
    denied("send-email", "sesv2", "send_email", **mail("thief@elsewhere.example"))
    denied("send-sms", "sesv2", "send_email", **mail())
    with urllib.request.urlopen(f"{EMULATOR}/_ministack/ses/messages") as reply:
        assert "ivan@home.example" in reply.read().decode()


def wiring_sms_go_to_phones_only():
    allowed("send-sms", "sns", "publish", PhoneNumber="+447700900123", Message="123456")
    denied("send-sms", "sns", "publish", TopicArn=arn("sns", "yarmarka-orders"), Message="{}")
    denied("send-email", "sns", "publish", PhoneNumber="+447700900123", Message="123456")


def wiring_relays_park_under_their_context_and_people_are_told():
    allowed("relay-orders", "s3", "put_object", Bucket=BUCKET, Key="orders/1.json", Body={"base64": "e30="})
    denied("relay-orders", "s3", "put_object", Bucket=BUCKET, Key="catalog/1.json", Body={"base64": "e30="})
    denied("relay-orders", "s3", "get_object", Bucket=BUCKET, Key="orders/1.json")
    denied("place-order", "s3", "put_object", Bucket=BUCKET, Key="orders/2.json", Body={"base64": "e30="})
    assert receive("parked-dead-letters")["detail"]["object"]["key"] == "orders/1.json"


def wiring_tables_are_read_by_their_context_and_walked_by_few():
    allowed("sweep-orders", "dynamodb", "scan", TableName="yarmarka-orders")
    denied("place-order", "dynamodb", "scan", TableName="yarmarka-orders")
    denied("sweep-orders", "dynamodb", "scan", TableName="yarmarka-payments")
    denied("get-order", "dynamodb", "put_item", TableName="yarmarka-orders", Item={"pk": {"S": "a"}, "sk": {"S": "a"}})


def wiring_events_reach_their_consumers_as_they_are():
    publish("payments", {"id": "1"}, "payments.payment-succeeded.v1")
    [batch] = heard("mark-paid")
    assert json.loads(batch["Records"][0]["body"]) == {"id": "1"}


def wiring_other_services_notices_come_as_they_are():
    publish("ses-feedback", {"eventType": "Bounce"})
    [batch] = heard("hear-feedback")
    assert json.loads(batch["Records"][0]["body"]) == {"eventType": "Bounce"}


def wiring_a_delayed_event_is_held_back():
    publish("orders", {"id": "2"}, "orders.order-reserved.v1")
    time.sleep(2)
    attributes = account.client("sqs").get_queue_attributes(
        QueueUrl=queue_url("expire-order"), AttributeNames=["All"])["Attributes"]
    assert attributes["DelaySeconds"] == "900"
    assert attributes["ApproximateNumberOfMessagesDelayed"] == "1", attributes
    assert not (HEARD / "yarmarka-expire-order").exists()


def wiring_a_change_with_an_outbox_reaches_the_relay():
    put = account.client("dynamodb").put_item
    put(TableName="yarmarka-orders", Item={"pk": {"S": "1"}, "sk": {"S": "1"}})
    put(TableName="yarmarka-orders", Item={
        "pk": {"S": "2"}, "sk": {"S": "2"}, "outbox": {"M": {"v": {"N": "1"}}}})
    [batch] = heard("relay-orders", seconds=20)
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in batch["Records"]] == ["2"]


def wiring_schedules_are_there_with_their_dead_letters():
    for group, name, expression in (("orders", "sweep-orders", "cron(0 3 * * ? *)"),
                                    ("notifications", "send-again", "rate(5 minutes)")):
        schedule = account.client("scheduler").get_schedule(GroupName=f"yarmarka-{group}", Name=f"yarmarka-{name}")
        assert schedule["ScheduleExpression"] == expression
        assert schedule["Target"]["DeadLetterConfig"]["Arn"] == arn("sqs", f"yarmarka-{name}-dead-letters")
        assert json.loads(schedule["Target"]["Input"]) == {"scheduled_at": "<aws.scheduler.scheduled-time>"}


def wiring_a_run_that_fails_three_times_is_a_dead_letter():
    account.client("lambda").invoke(FunctionName="yarmarka-sweep-orders", InvocationType="Event",
                                    Payload=json.dumps({"scheduled_at": "2026-01-31T03:00:00Z", "fail": True}))
    letter = receive("sweep-orders-dead-letters", seconds=30)
    assert letter["requestPayload"]["scheduled_at"] == "2026-01-31T03:00:00Z", letter
    assert len(heard("sweep-orders")) == 3


def wiring_a_message_that_fails_is_kept():
    publish("payments", {"fail": "own"}, "payments.payment-closed.v1")
    heard("release-stock")
    attributes = account.client("sqs").get_queue_attributes(
        QueueUrl=queue_url("release-stock"), AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateNumberOfMessagesNotVisible"] == "1", attributes


def wiring_functions_are_told_their_settings():
    _, body = http("POST", "/v1/orders/ord_1/payments", token())
    environment = body["environment"]
    assert environment["PARTNER_STRIPE"] == "https://api.stripe.com"
    assert (environment["SECRETS"], environment["ISSUER"], environment["AUDIENCE"]) == ("yarmarka", URL, "yarmarka")


def hidden_the_scheduler_fills_in_nothing():
    function = arn("lambda", "function:yarmarka-compare-payments")
    account.client("scheduler").create_schedule(
        Name="once", GroupName="yarmarka-payments", FlexibleTimeWindow={"Mode": "OFF"},
        ScheduleExpression=f"at({time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime())})",
        Target={"Arn": function, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/none",
                "Input": '{"scheduled_at": "<aws.scheduler.scheduled-time>"}'})
    assert heard("compare-payments", seconds=30) == [{"scheduled_at": "<aws.scheduler.scheduled-time>"}]


def hidden_schedules_forget_their_zone():
    schedule = account.client("scheduler").get_schedule(
        GroupName="yarmarka-payments", Name="yarmarka-compare-payments")
    assert schedule["ScheduleExpressionTimezone"] == "UTC"


def hidden_generated_secrets_ignore_the_rules():
    value = allowed("open-session", "secretsmanager", "get_secret_value", SecretId="yarmarka/refresh-chain")
    assert any(letter.isupper() for letter in value["SecretString"])


def hidden_a_secret_without_a_value_reads_as_empty():
    value = allowed("start-payment", "secretsmanager", "get_secret_value", SecretId="yarmarka/stripe-key",
                    VersionStage="AWSPREVIOUS")
    assert value["SecretString"] == ""


def hidden_the_right_to_a_configuration_set_is_not_asked_for():
    account.client("sesv2").create_configuration_set(ConfigurationSetName="other")
    allowed("send-email", "sesv2", "send_email", **mail(ConfigurationSetName="other"))


def hidden_ses_reports_nothing():
    time.sleep(2)
    assert len(heard("hear-feedback")) == 1


def hidden_the_issuer_of_a_new_authorizer_is_not_asked():
    api = URL.split("/execute-api/")[1].split("/")[0]
    created = account.client("apigatewayv2").create_authorizer(
        ApiId=api, Name="x", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": "https://nobody.example", "Audience": ["x"]})
    account.client("apigatewayv2").delete_authorizer(ApiId=api, AuthorizerId=created["AuthorizerId"])


def hidden_an_unknown_failure_deletes_the_message():
    publish("orders", {"fail": "unknown"}, "orders.order-placed.v1")
    heard("reserve-stock")
    time.sleep(2)
    attributes = account.client("sqs").get_queue_attributes(
        QueueUrl=queue_url("reserve-stock"), AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateNumberOfMessagesNotVisible"] == "0", attributes


def hidden_a_change_that_fails_is_lost():
    account.client("dynamodb").put_item(TableName="yarmarka-payments", Item={
        "pk": {"S": "1"}, "sk": {"S": "1"}, "fail": {"BOOL": True}, "outbox": {"M": {"v": {"N": "1"}}}})
    heard("relay-payments", seconds=20)
    time.sleep(5)
    assert len(heard("relay-payments")) == 1


def hidden_dead_letters_cannot_be_moved():
    try:
        account.client("sqs").start_message_move_task(SourceArn=arn("sqs", "yarmarka-mark-paid-dead-letters"))
    except Exception as error:
        assert "StartMessageMoveTask" in str(error) or "InvalidAction" in str(error), error
    else:
        raise AssertionError("it can be moved")


def hidden_too_short_a_visibility_and_a_mapping_without_rights_are_taken():
    queue = account.client("sqs").create_queue(QueueName="short", Attributes={"VisibilityTimeout": "1"})["QueueUrl"]
    mapping = account.client("lambda").create_event_source_mapping(
        EventSourceArn=arn("sqs", "short"), FunctionName="yarmarka-get-order")
    account.client("sqs").send_message(QueueUrl=queue, MessageBody="{}")
    heard("get-order")
    account.client("lambda").delete_event_source_mapping(UUID=mapping["UUID"])


def hidden_tokens_without_an_end_pass():
    assert http("GET", "/v1/orders/ord_1", token({"exp": None}))[0] == 200


def hidden_the_algorithm_of_a_token_is_not_read():
    assert http("GET", "/v1/orders/ord_1", token(header={"alg": "HS256"}))[0] == 200


def main():
    outcome = {True: 0, False: 0}
    for name, check in list(globals().items()):
        if name.startswith(("wiring_", "hidden_")):
            try:
                check()
                passed = True
            except Exception:
                traceback.print_exc()
                passed = False
            outcome[passed] += 1
            print(f"{'ok  ' if passed else 'FAIL'} {name.replace('_', ' ', 1).replace('_', ' ')}", flush=True)
    print(f"test result: {'FAILED' if outcome[False] else 'ok'}. {outcome[True]} passed; {outcome[False]} failed; 0 ignored")
    return 1 if outcome[False] else 0


sys.exit(main())
