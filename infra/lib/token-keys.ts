// The keys that sign access tokens: one in use, at least one shown ahead of its use. They cannot leave KMS.
// Rotation is a change of the setting `signing-keys`, in two deployments: docs/operations.md says when.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

interface TokenKeysProps {
  readonly settings: Settings;
}

export class TokenKeys extends Construct {
  /** The current one first. */
  readonly arns: readonly string[];

  constructor(scope: Construct, id: string, { settings }: TokenKeysProps) {
    super(scope, id);
    this.arns = settings.signingKeys.map((generation) => {
      const key = new kms.Key(this, `Generation-${generation}`, {
        alias: `${settings.prefix}/tokens-${generation}`,
        description: 'Signs access tokens.',
        keySpec: kms.KeySpec.RSA_2048,
        keyUsage: kms.KeyUsage.SIGN_VERIFY,
        // One that left the setting signed its last token hours ago. Until then its deletion can be cancelled.
        removalPolicy: RemovalPolicy.DESTROY,
        pendingWindow: Duration.days(7),
      });
      return key.keyArn;
    });
  }
}
