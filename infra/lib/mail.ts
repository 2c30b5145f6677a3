// What e-mails are sent with: SES tells the topic `ses-feedback` what became of each. The identity they are sent in the
// name of belongs to the account: it needs DNS records and outlives a deployment.
import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ses from 'aws-cdk-lib/aws-ses';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { addAlarm } from './alarm.ts';
import { mailEventsName } from './names.ts';
import type { Settings } from './settings.ts';

interface MailProps {
  readonly feedback: sns.Topic;
  readonly settings: Settings;
}

export class Mail extends Construct {
  constructor(scope: Construct, id: string, { feedback, settings }: MailProps) {
    super(scope, id);
    const set = new ses.CfnConfigurationSet(this, 'Set', {
      name: mailEventsName(settings),
      deliveryOptions: { tlsPolicy: 'REQUIRE' },
      reputationOptions: { reputationMetricsEnabled: true },
      suppressionOptions: { suppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    });
    feedback.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('ses.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [feedback.topicArn],
      conditions: {
        StringEquals: {
          'aws:SourceAccount': Stack.of(this).account,
          'aws:SourceArn': Stack.of(this).formatArn({
            service: 'ses', resource: 'configuration-set', resourceName: mailEventsName(settings),
          }),
        },
      },
    }));
    const destination = new ses.CfnConfigurationSetEventDestination(this, 'Feedback', {
      configurationSetName: set.ref,
      eventDestination: {
        name: 'ses-feedback',
        enabled: true,
        // No opens and clicks: they would need tracking links.
        matchingEventTypes: ['send', 'delivery', 'bounce', 'complaint', 'reject', 'deliveryDelay', 'renderingFailure'],
        snsDestination: { topicArn: feedback.topicArn },
      },
    });
    // SES tries to publish before it accepts the topic.
    destination.node.addDependency(feedback);

    // SES reviews an account at 5 % and 0.1 %, and stops it at 10 % and 0.5 %.
    for (const [what, metricName, threshold] of [
      ['bounces', 'Reputation.BounceRate', 0.04],
      ['complaints', 'Reputation.ComplaintRate', 0.0008],
    ] as const) {
      addAlarm(this, what, {
        name: `${settings.prefix}-mail-${what}`,
        says: `E-mails get too many ${what}: find out who is written to in vain, before SES stops the account.`,
        metric: new cloudwatch.Metric({
          namespace: 'AWS/SES', metricName, period: Duration.hours(1), statistic: 'max',
        }),
        threshold,
        settings,
      });
    }
  }
}
