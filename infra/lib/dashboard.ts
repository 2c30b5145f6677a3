// One dashboard for the whole platform. It searches for metrics by the deployment's prefix, so that it never needs to
// know which functions, queues and tables there are.
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { FIVE_MINUTES } from './alarm.ts';
import { topicName } from './names.ts';
import type { Settings } from './settings.ts';

interface DashboardProps {
  readonly apiId: string;
  readonly sendsMail: boolean;
  readonly settings: Settings;
}

export function addDashboard(scope: Construct, { apiId, sendsMail, settings }: DashboardProps): void {
  const dashboard = new cloudwatch.Dashboard(scope, 'Dashboard', {
    dashboardName: settings.prefix,
    defaultInterval: Duration.hours(12),
  });
  const { prefix } = settings;
  const api = (metricName: string, statistic: string) => new cloudwatch.Metric({
    namespace: 'AWS/ApiGateway', metricName, dimensionsMap: { ApiId: apiId }, period: FIVE_MINUTES, statistic,
  });
  /** The ten highest of all metrics of this name. */
  const highest = (from: string, metric: string, statistic: string) => new cloudwatch.MathExpression({
    expression: `SORT(SEARCH('{${from}} MetricName="${metric}" "${prefix}"', '${statistic}', 300), MAX, DESC, 10)`,
    label: '',
    period: FIVE_MINUTES,
  });
  const graph = (title: string, ...left: cloudwatch.IMetric[]) =>
    new cloudwatch.GraphWidget({ title, left, width: 8, height: 6, leftYAxis: { min: 0 } });

  dashboard.addWidgets(
    graph('API: requests', api('Count', 'sum'), api('4xx', 'sum'), api('5xx', 'sum')),
    graph('API: how long people wait (ms)', api('Latency', 'p50'), api('Latency', 'p99')),
    graph('Functions: invocations', highest('AWS/Lambda,FunctionName', 'Invocations', 'Sum')),
  );
  dashboard.addWidgets(
    graph('Functions: crashes and time-outs', highest('AWS/Lambda,FunctionName', 'Errors', 'Sum')),
    graph('Functions: throttled', highest('AWS/Lambda,FunctionName', 'Throttles', 'Sum')),
    graph('Functions: slowest (ms, p99)', highest('AWS/Lambda,FunctionName', 'Duration', 'p99')),
  );
  dashboard.addWidgets(
    graph('Relays: how far behind (ms)', highest('AWS/Lambda,FunctionName', 'IteratorAge', 'Maximum')),
    graph('Queues: oldest message (s)', highest('AWS/SQS,QueueName', 'ApproximateAgeOfOldestMessage', 'Maximum')),
    graph('Dead letters', new cloudwatch.MathExpression({
      expression: `SEARCH('{AWS/SQS,QueueName} MetricName="ApproximateNumberOfMessagesVisible" "${prefix}" "dead-letters"', `
        + '\'Maximum\', 300)',
      label: '',
      period: FIVE_MINUTES,
    })),
  );
  dashboard.addWidgets(
    graph('Tables: write units', highest('AWS/DynamoDB,TableName', 'ConsumedWriteCapacityUnits', 'Sum')),
    graph('Tables: read units', highest('AWS/DynamoDB,TableName', 'ConsumedReadCapacityUnits', 'Sum')),
    graph('Topics: not delivered', highest('AWS/SNS,TopicName', 'NumberOfNotificationsFailed', 'Sum')),
  );
  if (sendsMail) {
    const mail = (metricName: string) => new cloudwatch.Metric({
      namespace: 'AWS/SES', metricName, period: Duration.hours(1), statistic: 'max',
    });
    const told = new cloudwatch.Metric({
      namespace: 'AWS/SNS',
      metricName: 'NumberOfMessagesPublished',
      dimensionsMap: { TopicName: topicName(settings, 'ses-feedback') },
      period: FIVE_MINUTES,
      statistic: 'sum',
    });
    dashboard.addWidgets(
      graph('E-mail: share bounced, called spam', mail('Reputation.BounceRate'), mail('Reputation.ComplaintRate')),
      graph('E-mail: what SES reports', told),
    );
  }
}
