// A function that consumes events: topic → filter → its own queue → function, with dead letters on the way.
import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DeadLetters } from './dead-letters.ts';
import type { EventsTrigger as Declaration } from './manifest.ts';
import { publisherOf, topicArn, topicName } from './names.ts';
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
    // Events that SNS could not deliver land here too: both kinds are redriven into the same queue.
    const deadLetters = new DeadLetters(this, 'DeadLetters', { functionName: useCase.functionName, settings });
    const queue = new sqs.Queue(this, 'Queue', {
      queueName: useCase.functionName,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Lambda may hold a batch through several throttled attempts; a shorter time-out would hand it out twice.
      visibilityTimeout: Duration.seconds(6 * useCase.timeout.toSeconds()),
      // A dead letter keeps its age, so ten of the fourteen days there are left.
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: deadLetters.queue, maxReceiveCount: trigger.maxReceiveCount },
    });

    for (const publisher of new Set(trigger.types.map(publisherOf))) {
      const topic = topicArn(this, topicName(settings, publisher));
      for (const target of [queue, deadLetters.queue]) {
        allowDelivery(target, topic);
      }
      const subscription = new sns.CfnSubscription(this, `From-${publisher}`, {
        topicArn: topic,
        protocol: 'sqs',
        endpoint: queue.queueArn,
        rawMessageDelivery: true,
        filterPolicyScope: 'MessageAttributes',
        filterPolicy: { type: trigger.types.filter((type) => publisherOf(type) === publisher) },
        redrivePolicy: { deadLetterTargetArn: deadLetters.queue.queueArn },
      });
      // Else events that arrive before the queues' policies are refused.
      subscription.node.addDependency(queue, deadLetters);
    }

    useCase.role.addToPolicy(new iam.PolicyStatement({
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [queue.queueArn],
    }));
    new lambda.EventSourceMapping(this, 'Mapping', {
      target: useCase.function,
      eventSourceArn: queue.queueArn,
      batchSize: trigger.batchSize,
      maxConcurrency: trigger.maxConcurrency,
      reportBatchItemFailures: true,
    });
  }
}

function allowDelivery(queue: sqs.Queue, topic: string): void {
  queue.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('sns.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': topic } },
  }));
}
