// Every secret that a function reads. Ours are generated, 256 random bits as hex digits; a partner's are empty until
// people fill them in. Values never stand in a template.
import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { secretName } from './names.ts';
import { isGivenByPartner } from './partners.ts';
import type { Settings } from './settings.ts';

interface SecretsProps {
  readonly names: readonly string[];
  readonly settings: Settings;
}

export class Secrets extends Construct {
  constructor(scope: Construct, id: string, { names, settings }: SecretsProps) {
    super(scope, id);
    for (const name of names) {
      const given = isGivenByPartner(name);
      const secret = new secretsmanager.CfnSecret(this, name, {
        name: secretName(settings, name),
        description: given ? 'Given by the partner: put its value in by hand.' : 'Generated at the first deployment.',
        // A change here would replace the value at the next deployment.
        ...(given ? {} : { generateSecretString: HEX_256 }),
      });
      // What was sealed or signed with it is worthless without it.
      secret.applyRemovalPolicy(settings.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN);
      Validations.of(secret).acknowledge({
        id: 'AwsSolutions-SMG4',
        reason: given
          ? 'Only the partner can issue a new value; docs/operations.md says how it is put in without an outage.'
          : 'Rotated by hand, with the previous value accepted meanwhile: docs/operations.md says when and how.',
      });
    }
  }
}

const HEX_256: secretsmanager.CfnSecret.GenerateSecretStringProperty = {
  passwordLength: 64,
  excludeUppercase: true,
  excludePunctuation: true,
  excludeCharacters: 'ghijklmnopqrstuvwxyz',
  requireEachIncludedType: false,
};
