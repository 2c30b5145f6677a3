"""What scripts/deploy asks an AWS account.

  deployment.py who                  says who deploys where; fails without credentials or a region
  deployment.py bootstrapped         fails where the CDK has not been prepared in the account
  deployment.py keys TEMPLATES       fails where a change of signing keys would refuse good tokens
  deployment.py left TEMPLATES       says where the platform answers and what is left to do by hand

TEMPLATES is the folder with the templates to deploy, as `cdk synth` writes it.
"""

import datetime
import json
import pathlib
import re
import sys

import botocore.exceptions

import account

# API Gateway knows an issuer's keys for two hours; a token lives for ten minutes.
BEFORE_USE = datetime.timedelta(hours=2)
AFTER_USE = datetime.timedelta(hours=2, minutes=10)


def who():
    if not account.REGION:
        sys.exit("no region: set AWS_REGION, or give the profile one")
    try:
        caller = account.client("sts").get_caller_identity()
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        sys.exit(f"no valid credentials ({error}): log in, or set AWS_PROFILE")
    print(f"account {caller['Account']}, region {account.REGION}, as {caller['Arn']}")
    print(f"aws://{caller['Account']}/{account.REGION}")


def bootstrapped():
    try:
        account.client("ssm").get_parameter(Name="/cdk-bootstrap/hnb659fds/version")
    except account.client("ssm").exceptions.ParameterNotFound:
        sys.exit(1)


def templates(folder):
    """Template by stack name."""
    suffix = ".template.json"
    return {file.name.removesuffix(suffix): json.loads(file.read_text())
            for file in sorted(pathlib.Path(folder).glob(f"*{suffix}"))}


def resources(template, kind):
    return {name: resource.get("Properties", {}) for name, resource in template["Resources"].items() if resource["Type"] == kind}


def signing_keys(template):
    """The aliases of the keys that sign, in the order in which functions are told of them."""
    aliases = {alias["TargetKeyId"]["Fn::GetAtt"][0]: alias["AliasName"]
               for alias in resources(template, "AWS::KMS::Alias").values()}
    for function in resources(template, "AWS::Lambda::Function").values():
        told = function.get("Environment", {}).get("Variables", {}).get("SIGNING_KEYS")
        if told:
            return [aliases[part["Fn::GetAtt"][0]] for part in told["Fn::Join"][1] if isinstance(part, dict)]
    return []


def deployed(stack):
    """The stack's template and when it was last changed; nothing where there is none."""
    cloudformation = account.client("cloudformation")
    try:
        [found] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except botocore.exceptions.ClientError:
        return None, None
    template = cloudformation.get_template(StackName=stack)["TemplateBody"]
    parsed = template if isinstance(template, dict) else json.loads(template)
    return parsed, found.get("LastUpdatedTime", found["CreationTime"])


def keys(folder):
    now = datetime.datetime.now(datetime.timezone.utc)
    for stack, template in templates(folder).items():
        wanted = signing_keys(template)
        before, changed = deployed(stack) if wanted else (None, None)
        present = signing_keys(before) if before else []
        if not present or wanted == present:
            continue
        if wanted[0] not in present:
            sys.exit(f"{wanted[0]} would sign before anybody knows it: deploy it as a later one first, wait two hours")
        if wanted[0] != present[0]:
            age = now - account.client("kms").describe_key(KeyId=wanted[0])["KeyMetadata"]["CreationDate"]
            if age < BEFORE_USE:
                sys.exit(f"{wanted[0]} is {minutes(age)} old: tokens it signs would be refused; wait until it is two hours old")
        removed = [key for key in present if key not in wanted]
        if present[0] in removed:
            sys.exit(f"{present[0]} signs: deploy it as a later one first, wait two hours and ten minutes")
        if removed and now - changed < AFTER_USE:
            sys.exit(f"{' and '.join(removed)} may have signed until {minutes(now - changed)} ago: wait two hours and ten "
                     f"minutes after the last deployment of {stack}")


def minutes(duration):
    return f"{int(duration.total_seconds() // 60)} minutes"


def left(folder):
    found = templates(folder)
    [base] = [stack for stack, template in found.items() if "ApiUrl" in template.get("Outputs", {})]
    outputs = account.client("cloudformation").describe_stacks(StackName=base)["Stacks"][0]["Outputs"]
    [url] = [output["OutputValue"] for output in outputs if output["OutputKey"] == "ApiUrl"]
    print(f"The API answers at {url}")
    asked = {"secrets": lambda: secrets(found[base], url), "e-mail": lambda: mail(found), "SMS": lambda: texts(found),
             "the first admin": lambda: admin(found), "letters": lambda: letters(found), "alarms": lambda: alarms(base.removesuffix("-base"))}
    items = []
    for what, ask in asked.items():
        try:
            items += ask()
        except botocore.exceptions.ClientError as error:
            items.append(f"Whether anything is left to do for {what} could not be found out: {error}")
    for number, item in enumerate(items, 1):
        print(f"\n{number}. {item}")
    print("\nNothing is left to do by hand." if not items else "\nRun scripts/deploy again when done: it says what is still missing.")


def secrets(base, url):
    client = account.client("secretsmanager")
    for secret in resources(base, "AWS::SecretsManager::Secret").values():
        if "GenerateSecretString" in secret:
            continue
        name, value = secret["Name"], ""
        try:
            value = client.get_secret_value(SecretId=name).get("SecretString", "")
        except client.exceptions.ResourceNotFoundException:
            pass
        if not value:
            where = (f"create an endpoint for {url}/v1/webhooks/stripe at dashboard.stripe.com/webhooks, take its signing secret"
                     if "stripe-webhook" in name else "see docs/operations.md for where to get it")
            yield (f"The secret {name} has no value: {where}. Then, with the value alone in a file:\n"
                   f"   aws secretsmanager put-secret-value --secret-id {name} --secret-string file://value.txt")


def mail(found):
    [identity, *_] = re.findall(r":identity/([^\"]+)\"", json.dumps(found)) or [None]
    if identity is None:
        return
    ses = account.client("sesv2")
    try:
        known = ses.get_email_identity(EmailIdentity=identity)
    except ses.exceptions.NotFoundException:
        yield (f"SES does not know {identity}, in whose name e-mails are sent:\n"
               f"   aws sesv2 create-email-identity --email-identity {identity}\n"
               "   then run scripts/deploy again for the DNS records, or confirm the e-mail that SES sends")
    else:
        if not known.get("VerifiedForSendingStatus"):
            records = [f"   {token}._domainkey.{identity} CNAME {token}.dkim.amazonses.com"
                       for token in known.get("DkimAttributes", {}).get("Tokens", [])]
            yield "\n".join([f"SES waits for proof that {identity} is yours. DNS records to create:", *records])
    if not ses.get_account().get("ProductionAccessEnabled"):
        yield "SES is in its sandbox, where only verified addresses get mail: ask for production access in its console."


def texts(found):
    if sends_texts(found) and account.client("sns").get_sms_sandbox_account_status()["IsInSandbox"]:
        yield "SMS is in its sandbox, where only verified numbers get texts: leave it in the console of SNS."


def sends_texts(found):
    """Whether a function may publish to phone numbers."""
    return any(statement["Resource"] == "*" and statement["Action"] == "sns:Publish"
               for template in found.values() for policy in resources(template, "AWS::IAM::Policy").values()
               for statement in policy["PolicyDocument"]["Statement"])


def variables(found, name):
    """What functions are told under this name."""
    return {function.get("Environment", {}).get("Variables", {}).get(name)
            for template in found.values() for function in resources(template, "AWS::Lambda::Function").values()}


def letters(found):
    if "https://yarmarka.example" in variables(found, "SITE_URL"):
        yield ("Letters link to yarmarka.example: say where your shop is with\n"
               "   scripts/deploy --set figures.SITE_URL=https://shop.example, or in infra/cdk.json.")


def admin(found):
    if "" in variables(found, "FIRST_ADMIN"):
        yield ("Nobody is named as the first admin: scripts/deploy --set first-admin=maria@shop.example, then register with that\n"
               "   address and verify it. (Not needed once there is an admin.)")


def alarms(prefix):
    [topic] = [topic["TopicArn"] for page in account.client("sns").get_paginator("list_topics").paginate()
               for topic in page["Topics"] if topic["TopicArn"].endswith(f":{prefix}-alarms")]
    subscriptions = account.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    if not [one for one in subscriptions if one["SubscriptionArn"].startswith("arn:")]:
        yield ("Alarms tell nobody: name an address with scripts/deploy --set alarms-to=ops@shop.example, or subscribe\n"
               f"   what you use to {topic}; an address must confirm.")


COMMANDS = {"who": who, "bootstrapped": bootstrapped, "keys": keys, "left": left}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    COMMANDS[sys.argv[1]](*sys.argv[2:])
