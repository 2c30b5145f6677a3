"""What must hold of any deployment, tried on one of probes."""

import json
import time
import urllib.request

import account
from trial import (
    BUCKET, EMULATOR, HEARD, URL, allowed, arn, denied, heard, http, mail, operate, publish, queue_url, receive, token,
)


def discovery_and_keys_answer_anyone():
    status, discovery = http("GET", "/.well-known/openid-configuration")
    assert (status, discovery["issuer"]) == (200, URL)
    status, keys = http("GET", "/.well-known/jwks.json")
    assert status == 200 and len(keys["keys"]) == 2


def tokens_of_both_keys_pass_and_others_do_not():
    for key in (0, 1):
        status, body = http("GET", "/v1/orders/ord_1", token(key=key))
        assert (status, body["claims"]["sub"]) == (200, "acc_1")
    assert http("GET", "/v1/orders/ord_1")[0] == 401
    for claims in ({"aud": "other"}, {"iss": "https://other.example"}, {"exp": int(time.time()) - 60}):
        assert http("GET", "/v1/orders/ord_1", token(claims))[0] == 401, claims
    forged = token()
    assert http("GET", "/v1/orders/ord_1", forged[:-8] + "AAAAAAAA")[0] == 401
    assert http("GET", "/v1/products")[0] == 200


def only_signing_functions_sign():
    key = http("GET", "/.well-known/jwks.json")[1]["keys"][0]["kid"]
    message = {"MessageType": "RAW", "SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256", "Message": {"base64": "bWU="}}
    allowed("show-keys", "kms", "get_public_key", KeyId=key)
    denied("end-session", "kms", "sign", KeyId=key, **message)
    denied("place-order", "kms", "get_public_key", KeyId=key)


def secrets_are_read_by_those_who_declare_them():
    read = {"SecretId": "yarmarka/stripe-webhook"}
    assert allowed("hear-stripe", "secretsmanager", "get_secret_value", **read)["SecretString"] == "whsec_1"
    denied("start-payment", "secretsmanager", "get_secret_value", **read)
    denied("place-order", "secretsmanager", "get_secret_value", **read)
    denied("hear-stripe", "secretsmanager", "put_secret_value", SecretString="x", **read)
    ours = [allowed("open-session", "secretsmanager", "get_secret_value", SecretId=f"yarmarka/{name}")["SecretString"]
            for name in ("password-pepper", "refresh-chain")]
    assert all(len(value) == 64 for value in ours) and ours[0] != ours[1]


def a_rotated_secret_keeps_its_previous_value():
    put = account.client("secretsmanager").put_secret_value
    put(SecretId="yarmarka/stripe-webhook", SecretString="whsec_2")
    versions = [allowed("hear-stripe", "secretsmanager", "get_secret_value", SecretId="yarmarka/stripe-webhook",
                        VersionStage=stage)["SecretString"] for stage in ("AWSCURRENT", "AWSPREVIOUS")]
    assert versions == ["whsec_2", "whsec_1"], versions


def functions_ask_only_whom_they_declare():
    allowed("send-email", "lambda", "invoke", FunctionName="yarmarka-read-contacts", Payload="{}")
    denied("send-email", "lambda", "invoke", FunctionName="yarmarka-open-session", Payload="{}")
    denied("place-order", "lambda", "invoke", FunctionName="yarmarka-read-contacts", Payload="{}")


def only_the_sender_sends_mail():
    allowed("send-email", "sesv2", "send_email", **mail())
    denied("send-email", "sesv2", "send_email", **mail("thief@elsewhere.example"))
    denied("send-sms", "sesv2", "send_email", **mail())
    with urllib.request.urlopen(f"{EMULATOR}/_ministack/ses/messages") as reply:
        assert "ivan@home.example" in reply.read().decode()


def sms_go_to_phones_only():
    allowed("send-sms", "sns", "publish", PhoneNumber="+447700900123", Message="123456")
    denied("send-sms", "sns", "publish", TopicArn=arn("sns", "yarmarka-orders"), Message="{}")
    denied("send-email", "sns", "publish", PhoneNumber="+447700900123", Message="123456")


def relays_park_under_their_context_and_people_are_told():
    allowed("relay-orders", "s3", "put_object", Bucket=BUCKET, Key="orders/1.json", Body={"base64": "e30="})
    denied("relay-orders", "s3", "put_object", Bucket=BUCKET, Key="catalog/1.json", Body={"base64": "e30="})
    denied("relay-orders", "s3", "get_object", Bucket=BUCKET, Key="orders/1.json")
    denied("place-order", "s3", "put_object", Bucket=BUCKET, Key="orders/2.json", Body={"base64": "e30="})
    assert receive("parked-dead-letters")["detail"]["object"]["key"] == "orders/1.json"


def tables_are_read_by_their_context_and_walked_by_few():
    allowed("sweep-orders", "dynamodb", "scan", TableName="yarmarka-orders")
    denied("place-order", "dynamodb", "scan", TableName="yarmarka-orders")
    denied("sweep-orders", "dynamodb", "scan", TableName="yarmarka-payments")
    denied("get-order", "dynamodb", "put_item", TableName="yarmarka-orders", Item={"pk": {"S": "a"}, "sk": {"S": "a"}})


def events_reach_their_consumers_as_they_are():
    publish("payments", {"id": "1"}, "payments.payment-succeeded.v1")
    [batch] = heard("mark-paid")
    assert json.loads(batch["Records"][0]["body"]) == {"id": "1"}


def other_services_notices_come_as_they_are():
    publish("ses-feedback", {"eventType": "Bounce"})
    [batch] = heard("hear-feedback")
    assert json.loads(batch["Records"][0]["body"]) == {"eventType": "Bounce"}


def a_delayed_event_is_held_back():
    publish("orders", {"id": "2"}, "orders.order-reserved.v1")
    time.sleep(2)
    attributes = account.client("sqs").get_queue_attributes(
        QueueUrl=queue_url("expire-order"), AttributeNames=["All"])["Attributes"]
    assert attributes["DelaySeconds"] == "900"
    assert attributes["ApproximateNumberOfMessagesDelayed"] == "1", attributes
    assert not (HEARD / "yarmarka-expire-order").exists()


def a_change_with_an_outbox_reaches_the_relay():
    put = account.client("dynamodb").put_item
    put(TableName="yarmarka-orders", Item={"pk": {"S": "1"}, "sk": {"S": "1"}})
    put(TableName="yarmarka-orders", Item={
        "pk": {"S": "2"}, "sk": {"S": "2"}, "outbox": {"M": {"v": {"N": "1"}}}})
    [batch] = heard("relay-orders", seconds=20)
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in batch["Records"]] == ["2"]


def schedules_are_there_with_their_dead_letters():
    for group, name, expression in (("orders", "sweep-orders", "cron(0 3 * * ? *)"),
                                    ("notifications", "send-again", "rate(5 minutes)")):
        schedule = account.client("scheduler").get_schedule(GroupName=f"yarmarka-{group}", Name=f"yarmarka-{name}")
        assert schedule["ScheduleExpression"] == expression
        assert schedule["Target"]["DeadLetterConfig"]["Arn"] == arn("sqs", f"yarmarka-{name}-dead-letters")
        assert json.loads(schedule["Target"]["Input"]) == {"scheduled_at": "<aws.scheduler.scheduled-time>"}


def a_run_that_fails_three_times_is_a_dead_letter():
    account.client("lambda").invoke(FunctionName="yarmarka-sweep-orders", InvocationType="Event",
                                    Payload=json.dumps({"scheduled_at": "2026-01-31T03:00:00Z", "fail": True}))
    letter = receive("sweep-orders-dead-letters", seconds=30)
    assert letter["requestPayload"]["scheduled_at"] == "2026-01-31T03:00:00Z", letter
    assert len(heard("sweep-orders")) == 3


def a_message_that_fails_is_kept():
    publish("payments", {"fail": "own"}, "payments.payment-closed.v1")
    heard("release-stock")
    attributes = account.client("sqs").get_queue_attributes(
        QueueUrl=queue_url("release-stock"), AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateNumberOfMessagesNotVisible"] == "1", attributes


def operators_redrive_dead_letters():
    attributes = {"type": {"DataType": "String", "StringValue": "payments.payment-succeeded.v1"}}
    account.client("sqs").send_message(
        QueueUrl=queue_url("mark-paid-dead-letters"), MessageBody='{"id": "dead"}', MessageAttributes=attributes)
    assert "1  mark-paid" in operate("letters")
    assert '{"id": "dead"}' in operate("letters", "mark-paid")
    time.sleep(5)
    assert "1 messages" in operate("redrive", "mark-paid")
    record = heard("mark-paid", count=2)[-1]["Records"][0]
    assert json.loads(record["body"]) == {"id": "dead"}
    assert record["messageAttributes"]["type"]["stringValue"] == "payments.payment-succeeded.v1"
    assert "mark-paid" not in operate("letters")


def operators_republish_page_by_page():
    assert operate("republish", "orders").splitlines() == ["2 events …", "3 events"]


def operators_start_what_the_clock_starts():
    operate("run", "send-again", "2026-01-31T03:00:00Z")
    assert heard("send-again")[-1] == {"scheduled_at": "2026-01-31T03:00:00Z"}


def operators_pause_a_context_and_nothing_is_lost():
    operate("pause", "catalog")
    assert http("GET", "/v1/products")[0] >= 500 or http("GET", "/v1/products")[0] == 429
    publish("orders", {"id": "3"}, "orders.order-cancelled.v1")
    before = len(heard("release-stock"))
    time.sleep(3)
    assert len(heard("release-stock")) == before
    operate("resume", "catalog")
    assert http("GET", "/v1/products")[0] == 200
    batch = heard("release-stock", count=before + 1)[-1]
    assert json.loads(batch["Records"][0]["body"]) == {"id": "3"}


def operators_restore_a_table():
    account.client("dynamodb").put_item(TableName="yarmarka-notifications", Item={"pk": {"S": "1"}, "sk": {"S": "1"}})
    said = operate("restore", "notifications", "now")
    assert '"epochs": { "notifications": 2 }' in said, said
    table = account.client("dynamodb").describe_table(TableName="yarmarka-notifications-2")["Table"]
    assert table["LatestStreamArn"] in said and table["DeletionProtectionEnabled"]
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert account.client("dynamodb").scan(TableName="yarmarka-notifications-2")["Count"] == 1


def functions_are_told_their_settings():
    _, body = http("POST", "/v1/orders/ord_1/payments", token())
    environment = body["environment"]
    assert environment["PARTNER_STRIPE"] == "https://api.stripe.com"
    assert (environment["SECRETS"], environment["ISSUER"], environment["AUDIENCE"]) == ("yarmarka", URL, "yarmarka")
