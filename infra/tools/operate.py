"""Looks after a deployment.

  scripts/operate letters                      how many dead letters wait, and where
  scripts/operate letters FUNCTION             shows them, without removing any
  scripts/operate redrive FUNCTION             sends a consumer's dead letters to it once more
  scripts/operate run FUNCTION [TIME]          starts a scheduled function now, as if it were planned for TIME (now)
  scripts/operate republish CONTEXT            announces all that the context ever announced once more
  scripts/operate restore CONTEXT TIME         restores its table as of TIME (UTC, 2026-01-31T11:59:00Z, or `now`) into a new
                                               one; says how that is taken into use
  scripts/operate pause CONTEXT                stops its functions; events wait in their queues for up to four days
  scripts/operate resume CONTEXT               starts them again

Credentials and region are the environment's, as for all of AWS' tools. PREFIX names a deployment other than `yarmarka`.
"""

import datetime
import inspect
import json
import os
import sys
import time

import account

PREFIX = os.environ.get("PREFIX", "yarmarka")
DEAD = "-dead-letters"


def pages(service, operation, field, **arguments):
    for page in account.client(service).get_paginator(operation).paginate(**arguments):
        yield from page.get(field, [])


def letters(function=None):
    if function:
        for message in take(f"{PREFIX}-{function}{DEAD}", hidden_s=5):
            sent = datetime.datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, datetime.timezone.utc)
            print(f"{message['MessageId']}  {sent:%Y-%m-%d %H:%M:%S} UTC\n{message['Body']}\n")
        return
    urls = [url for url in pages("sqs", "list_queues", "QueueUrls", QueueNamePrefix=f"{PREFIX}-") if url.endswith(DEAD)]
    counts = {url: waiting(url) for url in urls}
    for url, count in counts.items():
        if count:
            print(f"{count:6}  {url.rsplit('/', 1)[1].removeprefix(f'{PREFIX}-').removesuffix(DEAD)}")
    print(f"{sum(counts.values())} dead letters in {len(urls)} queues")


def waiting(url):
    name = "ApproximateNumberOfMessages"
    return int(account.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def take(queue, hidden_s):
    """All messages of a queue, each once, hidden from others for so long."""
    sqs, seen = account.client("sqs"), set()
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    while True:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=hidden_s, WaitTimeSeconds=1,
                                    MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"]).get("Messages", [])
        new = [message for message in found if message["MessageId"] not in seen]
        if not new:
            return
        seen.update(message["MessageId"] for message in new)
        yield from new


def redrive(function):
    """Sends first and removes then: killed in between, a message comes twice, which consumers are made for."""
    sqs, moved, dead = account.client("sqs"), 0, f"{PREFIX}-{function}{DEAD}"
    source = sqs.get_queue_url(QueueName=dead)["QueueUrl"]
    try:
        target = sqs.get_queue_url(QueueName=f"{PREFIX}-{function}")["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        sys.exit(f"{function} has no queue to send them to: see docs/operations.md for a relay's and a schedule's letters")
    for message in take(dead, hidden_s=60):
        attributes = {name: {key: value for key, value in attribute.items() if value}
                      for name, attribute in message.get("MessageAttributes", {}).items()}
        sqs.send_message(QueueUrl=target, MessageBody=message["Body"], MessageAttributes=attributes)
        sqs.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
        moved += 1
    print(f"{moved} messages are on their way to {function} again")


def invoke(function, payload):
    """What a function answers. It may take as long as a function may."""
    client = account.client("lambda", read_timeout=910, retries={"total_max_attempts": 1})
    reply = client.invoke(FunctionName=f"{PREFIX}-{function}", Payload=json.dumps(payload))
    answer = json.load(reply["Payload"])
    if "FunctionError" in reply:
        sys.exit(f"{function} failed: {answer}")
    return answer


def run(function, planned=None):
    planned = planned or datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    invoke(function, {"scheduled_at": planned})
    print(f"{function} has run as of {planned}")


def republish(context):
    events, ask = 0, {}
    while ask is not None:
        answer = invoke(f"republish-{context}", ask)
        events += answer["events"]
        ask = {"from": answer["next"]} if answer.get("next") else None
        print(f"{events} events{'' if ask is None else ' …'}", flush=True)


def restore(context, moment):
    # What the context's functions use now, which may itself have been restored.
    variables = account.client("lambda").get_function_configuration(
        FunctionName=f"{PREFIX}-relay-{context}")["Environment"]["Variables"]
    epoch = int(variables["EPOCH"]) + 1
    table, dynamodb = f"{PREFIX}-{context}-{epoch}", account.client("dynamodb")
    point = {"UseLatestRestorableTime": True} if moment == "now" else {"RestoreDateTime": moment}
    dynamodb.restore_table_to_point_in_time(SourceTableName=variables["TABLE"], TargetTableName=table, **point)
    print(f"restoring {variables['TABLE']} into {table}: this takes minutes, or hours for a large table", flush=True)
    until_active(table)
    # What a restored table does not have of the one it comes from.
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)
    until_active(table)
    dynamodb.update_table(
        TableName=table, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    until_active(table)
    dynamodb.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    dynamodb.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"})
    stream = dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    print("Done. To take it into use, put this into infra/cdk.json for good, and deploy:\n\n"
          f'    "epochs": {{ "{context}": {epoch} }},\n    "restored.{context}": "{stream}",')


def until_active(table):
    while account.client("dynamodb").describe_table(TableName=table)["Table"]["TableStatus"] != "ACTIVE":
        time.sleep(5)


def parts(context, kind):
    """What the context's stack has of this kind, by the name that AWS gave it."""
    return [part["PhysicalResourceId"]
            for part in pages("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=f"{PREFIX}-{context}")
            if part["ResourceType"] == f"AWS::Lambda::{kind}"]


def pause(context):
    """Mappings first: a queue whose function is throttled counts each try, until messages are dead letters."""
    client = account.client("lambda")
    for mapping in parts(context, "EventSourceMapping"):
        client.update_event_source_mapping(UUID=mapping, Enabled=False)
    for function in parts(context, "Function"):
        client.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    print(f"{context} is paused")


def resume(context):
    client = account.client("lambda")
    for function in parts(context, "Function"):
        client.delete_function_concurrency(FunctionName=function)
    for mapping in parts(context, "EventSourceMapping"):
        client.update_event_source_mapping(UUID=mapping, Enabled=True)
    print(f"{context} runs again")


COMMANDS = {"letters": letters, "redrive": redrive, "run": run, "republish": republish, "restore": restore,
            "pause": pause, "resume": resume}


def main(name=None, *arguments):
    command = COMMANDS.get(name)
    try:
        inspect.signature(command).bind(*arguments)
    except TypeError:
        sys.exit(__doc__)
    command(*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
