// One kind of alarm for everything: something is there that should not be, and people are told.
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { alarmTopicName, topicArn } from './names.ts';
import type { Settings } from './settings.ts';

export const FIVE_MINUTES = Duration.minutes(5);

interface AlarmProps {
  /** `<whose>-<what>`: docs/operations.md says what to do for each `<what>`. */
  readonly name: string;
  /** One sentence for whoever is woken by it. */
  readonly says: string;
  readonly metric: cloudwatch.IMetric;
  /** The first value that is too much; 1 where not given. */
  readonly threshold?: number;
  /** How many periods in a row; 1 where not given. */
  readonly periods?: number;
  readonly settings: Settings;
}

export function addAlarm(scope: Construct, id: string, props: AlarmProps): void {
  const alarm = new cloudwatch.Alarm(scope, id, {
    alarmName: props.name,
    alarmDescription: props.says,
    metric: props.metric,
    threshold: props.threshold ?? 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: props.periods ?? 1,
    // No data means nothing happened.
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction({ bind: () => ({ alarmActionArn: topicArn(scope, alarmTopicName(props.settings)) }) });
}
