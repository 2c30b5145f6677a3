// A function that consumes events of contexts: it hears the types it declares, from the topics of their contexts.
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EventsTrigger as Declaration } from './manifest.ts';
import { publisherOf, topicArn, topicName } from './names.ts';
import { QueueSource } from './queue-source.ts';
import type { Settings } from './settings.ts';
import type { UseCase } from './use-case.ts';

interface EventsTriggerProps {
  readonly useCase: UseCase;
  readonly trigger: Declaration;
  readonly settings: Settings;
}

export class EventsTrigger extends Construct {
  constructor(scope: Construct, id: string, { useCase, trigger, settings }: EventsTriggerProps) {
    super(scope, id);
    const { batchSize, maxReceiveCount, maxConcurrency } = trigger;
    const delay = Duration.seconds(trigger.delayS);
    const source = new QueueSource(this, 'Source', {
      useCase, batchSize, maxReceiveCount, maxConcurrency, delay, settings,
    });
    for (const publisher of new Set(trigger.types.map(publisherOf))) {
      const types = trigger.types.filter((type) => publisherOf(type) === publisher);
      source.subscribeTo(topicArn(this, topicName(settings, publisher)), `From-${publisher}`, types);
    }
  }
}
