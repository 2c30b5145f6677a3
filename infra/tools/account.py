"""Talks to an AWS account, or to the emulator: clients as botocore makes them, from the caller's credentials."""

import os

import botocore.config
import botocore.session

SESSION = botocore.session.get_session()
# As all of AWS' newer tools do; botocore itself only knows AWS_DEFAULT_REGION and the profile's.
REGION = os.environ.get("AWS_REGION") or SESSION.get_config_variable("region")


def client(service, **options):
    """A client of this service. The emulator has no host names for buckets."""
    config = botocore.config.Config(**{"s3": {"addressing_style": "path"}, "retries": {"mode": "standard"}, **options})
    return SESSION.create_client(service, region_name=REGION, config=config)
