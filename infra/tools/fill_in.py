"""Fills in what people fill in by hand on AWS: fill_in.py NAME=VALUE…

The arguments are secrets of partners. (Not so on AWS: there a value must not stand in a command line.) The domain that
e-mails come from is verified, and SES is let out of its sandbox.
"""

import sys

import account

for given in sys.argv[1:]:
    name, value = given.split("=", 1)
    account.client("secretsmanager").put_secret_value(SecretId=f"yarmarka/{name}", SecretString=value)

mail = account.client("sesv2")
mail.create_email_identity(EmailIdentity="shop.example")
mail.put_account_details(MailType="TRANSACTIONAL", WebsiteURL="https://shop.example", ProductionAccessEnabled=True)
