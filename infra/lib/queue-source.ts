// A function behind a queue of its own that topics fill: topic → filter → queue → function, with dead letters on the way.
import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { addAlarm, FIVE_MINUTES } from './alarm.ts';
import { DeadLetters } from './dead-letters.ts';
import type { Settings } from './settings.ts';
import type { UseCase } from './use-case.ts';

interface QueueSourceProps {
  readonly useCase: UseCase;
  readonly batchSize: number;
  readonly maxReceiveCount: number;
  readonly maxConcurrency: number;
  readonly delay: Duration;
  readonly settings: Settings;
}

export class QueueSource extends Construct {
  readonly #queue: sqs.Queue;
  readonly #deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, { useCase, settings, ...props }: QueueSourceProps) {
    super(scope, id);
    // Lambda may hold a batch through several throttled attempts; a shorter time-out would hand it out twice.
    const visibility = 6 * useCase.timeout.toSeconds();
    // Messages that SNS could not deliver land here too: both kinds are redriven into the same queue.
    this.#deadLetters = new DeadLetters(this, 'DeadLetters', { owner: useCase.functionName, settings });
    this.#queue = new sqs.Queue(this, 'Queue', {
      queueName: useCase.functionName,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      deliveryDelay: props.delay,
      visibilityTimeout: Duration.seconds(visibility),
      // A dead letter keeps its age, so ten of the fourteen days there are left.
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.#deadLetters.queue, maxReceiveCount: props.maxReceiveCount },
    });

    useCase.role.addToPolicy(new iam.PolicyStatement({
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [this.#queue.queueArn],
    }));
    new lambda.EventSourceMapping(this, 'Mapping', {
      target: useCase.function,
      eventSourceArn: this.#queue.queueArn,
      batchSize: props.batchSize,
      maxConcurrency: props.maxConcurrency,
      reportBatchItemFailures: true,
    });

    // A queue forgets what is too old, without a dead letter: nobody would ever know. What is received and fails is a
    // dead letter before this.
    const untilDead = props.delay.toSeconds() + props.maxReceiveCount * visibility;
    addAlarm(this, 'Late', {
      name: `${useCase.functionName}-late`,
      says: `${useCase.functionName} leaves messages waiting for hours: find out what keeps it from them.`,
      metric: this.#queue.metricApproximateAgeOfOldestMessage({ period: FIVE_MINUTES, statistic: 'max' }),
      threshold: untilDead + Duration.hours(1).toSeconds(),
      settings,
    });
  }

  /** Lets the topic fill the queue, with messages of these types where they are given. */
  subscribeTo(topic: string, id: string, types?: readonly string[]): void {
    for (const target of [this.#queue, this.#deadLetters.queue]) {
      target.addToResourcePolicy(new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('sns.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [target.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': topic } },
      }));
    }
    const subscription = new sns.CfnSubscription(this, id, {
      topicArn: topic,
      protocol: 'sqs',
      endpoint: this.#queue.queueArn,
      rawMessageDelivery: true,
      ...(types === undefined ? {} : { filterPolicyScope: 'MessageAttributes', filterPolicy: { type: types } }),
      redrivePolicy: { deadLetterTargetArn: this.#deadLetters.queue.queueArn },
    });
    // Else messages that arrive before the queues' policies are refused.
    subscription.node.addDependency(this.#queue, this.#deadLetters);
  }
}
