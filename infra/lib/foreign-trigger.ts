// A function that hears what another service of AWS tells a topic of ours. The messages are that service's, as they are.
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ForeignTrigger as Declaration } from './manifest.ts';
import { topicArn, topicName } from './names.ts';
import { QueueSource } from './queue-source.ts';
import type { Settings } from './settings.ts';
import type { UseCase } from './use-case.ts';

interface ForeignTriggerProps {
  readonly useCase: UseCase;
  readonly trigger: Declaration;
  readonly settings: Settings;
}

export class ForeignTrigger extends Construct {
  constructor(scope: Construct, id: string, { useCase, trigger, settings }: ForeignTriggerProps) {
    super(scope, id);
    const source = new QueueSource(this, 'Source', {
      useCase, batchSize: 10, maxReceiveCount: 20, maxConcurrency: 10, delay: Duration.seconds(0), settings,
    });
    source.subscribeTo(topicArn(this, topicName(settings, trigger.topic)), 'Subscription');
  }
}
