// Names that stacks know each other's resources by, so that they need no imports, which become cycles.
import { Stack } from 'aws-cdk-lib';
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
