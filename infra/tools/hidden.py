"""What the emulator does not show. When one of these fails after an upgrade, the emulator has become better: the tests and
docs/operations.md can then rely on it."""

import json
import time

import account
from trial import ACCOUNT, URL, allowed, arn, heard, http, mail, publish, queue_url, token


def the_scheduler_fills_in_nothing():
    function = arn("lambda", "function:yarmarka-compare-payments")
    account.client("scheduler").create_schedule(
        Name="once", GroupName="yarmarka-payments", FlexibleTimeWindow={"Mode": "OFF"},
        ScheduleExpression=f"at({time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime())})",
        Target={"Arn": function, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/none",
                "Input": '{"scheduled_at": "<aws.scheduler.scheduled-time>"}'})
    assert heard("compare-payments", seconds=30) == [{"scheduled_at": "<aws.scheduler.scheduled-time>"}]


def schedules_forget_their_zone():
    schedule = account.client("scheduler").get_schedule(
        GroupName="yarmarka-payments", Name="yarmarka-compare-payments")
    assert schedule["ScheduleExpressionTimezone"] == "UTC"


def generated_secrets_ignore_the_rules():
    value = allowed("open-session", "secretsmanager", "get_secret_value", SecretId="yarmarka/refresh-chain")
    assert any(letter.isupper() for letter in value["SecretString"])


def a_secret_without_a_value_reads_as_empty():
    value = allowed("start-payment", "secretsmanager", "get_secret_value", SecretId="yarmarka/stripe-key",
                    VersionStage="AWSPREVIOUS")
    assert value["SecretString"] == ""


def the_right_to_a_configuration_set_is_not_asked_for():
    account.client("sesv2").create_configuration_set(ConfigurationSetName="other")
    allowed("send-email", "sesv2", "send_email", **mail(ConfigurationSetName="other"))


def ses_reports_nothing():
    time.sleep(2)
    assert len(heard("hear-feedback")) == 1


def the_issuer_of_a_new_authorizer_is_not_asked():
    api = URL.split("/execute-api/")[1].split("/")[0]
    created = account.client("apigatewayv2").create_authorizer(
        ApiId=api, Name="x", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": "https://nobody.example", "Audience": ["x"]})
    account.client("apigatewayv2").delete_authorizer(ApiId=api, AuthorizerId=created["AuthorizerId"])


def an_unknown_failure_deletes_the_message():
    publish("orders", {"fail": "unknown"}, "orders.order-placed.v1")
    heard("reserve-stock")
    time.sleep(2)
    attributes = account.client("sqs").get_queue_attributes(
        QueueUrl=queue_url("reserve-stock"), AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateNumberOfMessagesNotVisible"] == "0", attributes


def a_change_that_fails_is_lost():
    account.client("dynamodb").put_item(TableName="yarmarka-payments", Item={
        "pk": {"S": "1"}, "sk": {"S": "1"}, "fail": {"BOOL": True}, "outbox": {"M": {"v": {"N": "1"}}}})
    heard("relay-payments", seconds=20)
    time.sleep(5)
    assert len(heard("relay-payments")) == 1


def dead_letters_cannot_be_moved():
    try:
        account.client("sqs").start_message_move_task(SourceArn=arn("sqs", "yarmarka-mark-paid-dead-letters"))
    except Exception as error:
        assert "StartMessageMoveTask" in str(error) or "InvalidAction" in str(error), error
    else:
        raise AssertionError("it can be moved")


def too_short_a_visibility_and_a_mapping_without_rights_are_taken():
    queue = account.client("sqs").create_queue(QueueName="short", Attributes={"VisibilityTimeout": "1"})["QueueUrl"]
    mapping = account.client("lambda").create_event_source_mapping(
        EventSourceArn=arn("sqs", "short"), FunctionName="yarmarka-get-order")
    account.client("sqs").send_message(QueueUrl=queue, MessageBody="{}")
    heard("get-order")
    account.client("lambda").delete_event_source_mapping(UUID=mapping["UUID"])


def tokens_without_an_end_pass():
    assert http("GET", "/v1/orders/ord_1", token({"exp": None}))[0] == 200


def the_algorithm_of_a_token_is_not_read():
    assert http("GET", "/v1/orders/ord_1", token(header={"alg": "HS256"}))[0] == 200
