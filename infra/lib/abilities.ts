// What a function may touch beside its table, and how it is told of it: for each ability the manifest knows, the rights
// in its role and the variables in its environment.
import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { FunctionDeclaration } from './manifest.ts';
import {
  bucketVariable, functionArn, mailEventsName, parkingBucketName, secretArn, topicArn, topicName, uploadsBucketName,
} from './names.ts';
import { partnerUrl, partnerVariable } from './partners.ts';
import { mailIdentity, requireMailFrom, type Settings } from './settings.ts';

export interface Ability {
  readonly rights: readonly iam.PolicyStatement[];
  readonly environment: Readonly<Record<string, string>>;
  /** Why a wildcard in these rights is as narrow as it can be, by how a finding spells the resource. */
  readonly wildcards?: Readonly<Record<string, string>>;
}

export interface Surroundings {
  readonly settings: Settings;
  /** The issuer of access tokens. */
  readonly issuer: string;
  /** The ARNs of the keys that sign access tokens, where this stack has them; the current one first. */
  readonly signingKeys: readonly string[];
}

export function abilities(scope: Construct, declared: FunctionDeclaration, surroundings: Surroundings): Ability[] {
  const { settings } = surroundings;
  return [
    told(declared, surroundings),
    ...when(declared.publishes, () => publishing(scope, declared.context, settings)),
    ...when(declared.parks, () => parking(scope, declared.context, settings)),
    ...when(declared.signs, () => signing(surroundings.signingKeys)),
    ...when(declared.asks.length > 0, () => asking(scope, declared.asks, settings)),
    ...when(declared.secrets.length > 0, () => secrets(scope, declared.secrets, settings)),
    ...declared.putsInto.map((bucket) => uploading(scope, bucket, settings)),
    ...declared.looksInto.map((bucket) => looking(scope, bucket, settings)),
    ...when(declared.sends.includes('email'), () => mailing(scope, settings)),
    ...when(declared.sends.includes('sms'), texting),
  ];
}

function when(wanted: boolean, ability: () => Ability): Ability[] {
  return wanted ? [ability()] : [];
}

/** What needs no right: settings, business figures, partners' addresses. */
function told({ readsSettings, figures, partners }: FunctionDeclaration, { settings, issuer }: Surroundings): Ability {
  const setting: Record<typeof readsSettings[number], [string, string]> = {
    issuer: ['ISSUER', issuer],
    audience: ['AUDIENCE', settings.audience],
    'first-admin': ['FIRST_ADMIN', settings.firstAdmin ?? ''],
  };
  // Where the API answers is known here: it is where tokens come from, too.
  const known: Readonly<Record<string, string>> = { API_URL: issuer };
  return {
    rights: [],
    environment: Object.fromEntries<string>([
      ...readsSettings.map((name) => setting[name]),
      ...figures.map(({ name, default: usual }): [string, string] => [name, settings.figures[name] ?? known[name] ?? usual]),
      ...partners.map((name): [string, string] => [partnerVariable(name), partnerUrl(settings, name)]),
    ]),
  };
}

function publishing(scope: Construct, context: string, settings: Settings): Ability {
  const topic = topicArn(scope, topicName(settings, context));
  // AWS asks for sns:Publish for batches too; the emulator asks for the operation by its own name.
  return { rights: [allow(['sns:Publish', 'sns:PublishBatch'], topic)], environment: { TOPIC: topic } };
}

function parking(scope: Construct, context: string, settings: Settings): Ability {
  const bucket = parkingBucketName(settings);
  const objects = Stack.of(scope).formatArn({
    service: 's3', region: '', account: '', resource: bucket, resourceName: `${context}/*`,
  });
  return {
    rights: [allow(['s3:PutObject'], objects)],
    environment: { PARKING: bucket },
    wildcards: {
      [`arn:<AWS::Partition>:s3:::${inFinding(bucket)}/${context}/*`]:
        'Parked records are named after the records: under the prefix of the context, which no other may write to.',
    },
  };
}

function signing(keys: readonly string[]): Ability {
  return {
    rights: [allow(['kms:Sign', 'kms:GetPublicKey'], ...keys)],
    environment: { SIGNING_KEYS: keys.join(',') },
  };
}

function asking(scope: Construct, functions: readonly string[], settings: Settings): Ability {
  return {
    rights: [allow(['lambda:InvokeFunction'], ...functions.map((name) => functionArn(scope, settings, name)))],
    environment: { FUNCTIONS: settings.prefix },
  };
}

function secrets(scope: Construct, names: readonly string[], settings: Settings): Ability {
  return {
    rights: [allow(['secretsmanager:GetSecretValue'], ...names.map((name) => secretArn(scope, settings, name)))],
    environment: { SECRETS: settings.prefix },
  };
}

/** Whoever signs an upload lends the right to it. */
function uploading(scope: Construct, bucket: string, settings: Settings): Ability {
  const objects = uploads(scope, bucket, settings);
  return { ...objects, rights: [allow(['s3:PutObject'], objects.all)] };
}

/** Without the right to list, what is not there would look like what is forbidden. */
function looking(scope: Construct, bucket: string, settings: Settings): Ability {
  const objects = uploads(scope, bucket, settings);
  return { ...objects, rights: [allow(['s3:GetObject'], objects.all), allow(['s3:ListBucket'], objects.bucket)] };
}

function uploads(scope: Construct, bucket: string, settings: Settings) {
  const name = uploadsBucketName(settings, bucket);
  const arn = (resourceName?: string) => Stack.of(scope).formatArn({
    service: 's3', region: '', account: '', resource: name, ...(resourceName === undefined ? {} : { resourceName }),
  });
  return {
    bucket: arn(),
    all: arn('*'),
    environment: { [bucketVariable(bucket)]: name },
    wildcards: {
      [`arn:<AWS::Partition>:s3:::${inFinding(name)}/*`]: 'Uploads are named after what they are of: any name in this bucket.',
    },
  };
}

function mailing(scope: Construct, settings: Settings): Ability {
  const ses = (resource: string, resourceName: string) =>
    Stack.of(scope).formatArn({ service: 'ses', resource, resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
  const set = mailEventsName(settings);
  return {
    rights: [allow(['ses:SendEmail'], ses('identity', mailIdentity(settings)), ses('configuration-set', set))],
    environment: { MAIL_FROM: requireMailFrom(settings), MAIL_EVENTS: set },
  };
}

/** A phone number is no resource: whoever may publish to one may publish to all. Topics and devices are resources. */
function texting(): Ability {
  const topics = `arn:${Aws.PARTITION}:sns:*:*:*`;
  return {
    rights: [
      allow(['sns:Publish'], '*'),
      new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['sns:Publish'], resources: [topics] }),
    ],
    environment: {},
    wildcards: { '*': 'Publishing to phone numbers cannot be limited to any; publishing to topics is denied.' },
  };
}

function allow(actions: string[], ...resources: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources });
}

/** How a finding spells a text with references in it. */
function inFinding(text: string): string {
  return text.replace(Aws.ACCOUNT_ID, '<AWS::AccountId>').replace(Aws.REGION, '<AWS::Region>');
}
