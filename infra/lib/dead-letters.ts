// Where what could not be handled waits for people, and the alarm that calls them.
import { Duration } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { addAlarm, FIVE_MINUTES } from './alarm.ts';
import type { Settings } from './settings.ts';

interface DeadLettersProps {
  /** The queue is called after it: `<owner>-dead-letters`. */
  readonly owner: string;
  /** What the alarm says; the usual where not given. */
  readonly says?: string;
  readonly settings: Settings;
}

export class DeadLetters extends Construct {
  readonly queue: sqs.Queue;

  constructor(scope: Construct, id: string, { owner, says, settings }: DeadLettersProps) {
    super(scope, id);
    this.queue = new sqs.Queue(this, 'Queue', {
      queueName: `${owner}-dead-letters`,
      retentionPeriod: Duration.days(14),
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    addAlarm(this, 'Waiting', {
      name: `${owner}-dead-letters`,
      says: says ?? `Dead letters of ${owner} wait: find out why, then redrive.`,
      metric: this.queue.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: 'max' }),
      settings,
    });
  }
}
