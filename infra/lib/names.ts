// Names that stacks know each other's resources by, so that they need no imports, which become cycles.
import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

export function topicName(settings: Settings, context: string): string {
  return `${settings.prefix}-${context}`;
}

export function alarmTopicName(settings: Settings): string {
  return `${settings.prefix}-alarms`;
}

/** The ARN of a topic of this account and region. */
export function topicArn(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({ service: 'sns', resource: name });
}

/** The context that publishes an event type, and so whose topic carries it: `orders.order-placed.v1` → `orders`. */
export function publisherOf(eventType: string): string {
  return eventType.slice(0, eventType.indexOf('.'));
}

export function functionArn(scope: Construct, settings: Settings, name: string): string {
  return Stack.of(scope).formatArn({
    service: 'lambda', resource: 'function', resourceName: `${settings.prefix}-${name}`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

export function secretName(settings: Settings, name: string): string {
  return `${settings.prefix}/${name}`;
}

/**
 * The ARN of a secret by its name. Secrets Manager ends it with a dash and six characters of its own; no other
 * secret's ARN is as long and begins the same.
 */
export function secretArn(scope: Construct, settings: Settings, name: string): string {
  return Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${secretName(settings, name)}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Bucket names are shared by everybody at AWS. */
export function parkingBucketName(settings: Settings): string {
  return `${settings.prefix}-parked-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
}

export function uploadsBucketName(settings: Settings, name: string): string {
  return `${settings.prefix}-${name}-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
}

/** The variable that tells a function a bucket's name. */
export function bucketVariable(name: string): string {
  return `BUCKET_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The SES configuration set: what becomes of e-mails sent with it is told to the topic `ses-feedback`. */
export function mailEventsName(settings: Settings): string {
  return `${settings.prefix}-mail`;
}
