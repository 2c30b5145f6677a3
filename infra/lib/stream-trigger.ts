// A context's relay: the table's stream hands it every item that carries an outbox.
import { Duration, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { addAlarm, FIVE_MINUTES } from './alarm.ts';
import type { ContextTable } from './context-table.ts';
import { DeadLetters } from './dead-letters.ts';
import type { StreamTrigger as Declaration } from './manifest.ts';
import type { Settings } from './settings.ts';
import type { UseCase } from './use-case.ts';

interface StreamTriggerProps {
  readonly useCase: UseCase;
  readonly trigger: Declaration;
  readonly table: ContextTable;
  readonly settings: Settings;
}

export class StreamTrigger extends Construct {
  constructor(scope: Construct, id: string, { useCase, trigger, table, settings }: StreamTriggerProps) {
    super(scope, id);
    const deadLetters = new DeadLetters(this, 'DeadLetters', { owner: useCase.functionName, settings });
    Validations.of(deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This is a dead-letter queue: of a stream mapping, which the rule does not look at.',
    });

    table.grantStream(useCase.role);
    useCase.acknowledgeWildcard(
      `arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/${table.tableName}/stream/*`,
      'dynamodb:ListStreams is checked against all streams of a table; reading is granted on the one only.',
    );
    useCase.role.addToPolicy(new iam.PolicyStatement({
      actions: ['sqs:SendMessage'],
      resources: [deadLetters.queue.queueArn],
    }));

    new lambda.EventSourceMapping(this, 'Mapping', {
      target: useCase.function,
      eventSourceArn: table.streamArn,
      // It cannot be changed in place, and anything later would lose the events before the first deployment's end.
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: trigger.batchSize,
      parallelizationFactor: trigger.parallelization,
      // `exists` sees leaves only: a filter on the map itself would let nothing through. `v` is in every outbox.
      filters: [lambda.FilterCriteria.filter({
        dynamodb: { NewImage: { outbox: { M: { v: { N: lambda.FilterRule.exists() } } } } },
      })],
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // The relay parks what it cannot read, so failing means that publishing fails: try until it works again. One
      // hour before the stream forgets (24 h), the positions go to the dead letters while records are still there.
      retryAttempts: -1,
      maxRecordAge: Duration.hours(23),
      onFailure: { bind: () => ({ destination: deadLetters.queue.queueArn }) },
    });

    addAlarm(this, 'Behind', {
      name: `${useCase.functionName}-behind`,
      says: `${useCase.functionName} is an hour behind: events of its context are not published.`,
      metric: new cloudwatch.Metric({
        namespace: 'AWS/Lambda',
        metricName: 'IteratorAge',
        dimensionsMap: { FunctionName: useCase.functionName },
        period: FIVE_MINUTES,
        statistic: 'max',
      }),
      threshold: Duration.hours(1).toMilliseconds(),
      settings,
    });
  }
}
