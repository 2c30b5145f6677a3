// A function that the clock starts. What the scheduler cannot hand to Lambda, and what the function cannot do after
// three attempts, becomes a dead letter.
import { Duration, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { DeadLetters } from './dead-letters.ts';
import type { ScheduleTrigger as Declaration } from './manifest.ts';
import type { Settings } from './settings.ts';
import type { UseCase } from './use-case.ts';

interface ScheduleTriggerProps {
  readonly useCase: UseCase;
  readonly trigger: Declaration;
  readonly group: scheduler.CfnScheduleGroup;
  readonly settings: Settings;
}

export class ScheduleTrigger extends Construct {
  constructor(scope: Construct, id: string, { useCase, trigger, group, settings }: ScheduleTriggerProps) {
    super(scope, id);
    const deadLetters = new DeadLetters(this, 'DeadLetters', {
      owner: useCase.functionName,
      says: `${useCase.functionName} was not started, or failed three times: find out why, then invoke it again.`,
      settings,
    });
    Validations.of(deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This is a dead-letter queue: of a schedule, which the rule does not look at.',
    });

    const role = new iam.Role(this, 'Role', {
      // Without these conditions anybody's schedule could be made to use the role.
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': group.attrArn } },
      }),
    });
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: [useCase.function.functionArn],
    }));
    const toDeadLetters = new iam.PolicyStatement({
      actions: ['sqs:SendMessage'],
      resources: [deadLetters.queue.queueArn],
    });
    role.addToPolicy(toDeadLetters);
    // Lambda sends there in the function's name.
    useCase.role.addToPolicy(toDeadLetters);

    const schedule = new scheduler.CfnSchedule(this, 'Schedule', {
      name: useCase.functionName,
      groupName: group.ref,
      scheduleExpression: trigger.expression,
      scheduleExpressionTimezone: trigger.zone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: useCase.function.functionArn,
        roleArn: role.roleArn,
        // The planned time, not the actual one: a run that is repeated or late does the same.
        input: JSON.stringify({ scheduled_at: '<aws.scheduler.scheduled-time>' }),
        deadLetterConfig: { arn: deadLetters.queue.queueArn },
        // As long as a next run may be an hour away, a late one is better than none.
        retryPolicy: { maximumEventAgeInSeconds: Duration.hours(1).toSeconds(), maximumRetryAttempts: 60 },
      },
    });
    // Else the scheduler finds a role without rights.
    schedule.node.addDependency(role);

    // The scheduler is done as soon as Lambda has taken the start; from there on these hold.
    new lambda.EventInvokeConfig(this, 'Attempts', {
      function: useCase.function,
      maxEventAge: Duration.hours(1),
      retryAttempts: 2,
      onFailure: { bind: () => ({ destination: deadLetters.queue.queueArn }) },
    });
  }
}
