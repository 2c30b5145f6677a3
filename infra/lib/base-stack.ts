// What all contexts share: the HTTP API, the topics, the secrets, the place for what cannot be published, and what
// people watch it all with.
import { CfnOutput, RemovalPolicy, Stack, Tags, type StackProps } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { addAlarm, FIVE_MINUTES } from './alarm.ts';
import { addDashboard } from './dashboard.ts';
import { Mail } from './mail.ts';
import type { FunctionDeclaration, Manifest } from './manifest.ts';
import { alarmTopicName, topicName } from './names.ts';
import { Parking } from './parking.ts';
import { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import { Uploads } from './uploads.ts';

interface BaseStackProps extends StackProps {
  readonly manifest: Manifest;
  readonly settings: Settings;
}

export class BaseStack extends Stack {
  readonly apiId: string;
  /** Where the API answers. */
  readonly url: string;

  constructor(scope: Construct, id: string, { manifest, settings, ...props }: BaseStackProps) {
    super(scope, id, { terminationProtection: !settings.disposable, ...props });

    this.#addAlarmTopic(settings);
    for (const { name } of manifest.contexts) {
      this.#addTopic(name, settings);
    }
    const uses = (ability: (declared: FunctionDeclaration) => boolean) => manifest.functions.some(ability);
    const heard = new Set<string>(manifest.functions.flatMap(({ trigger }) => trigger.kind === 'foreign' ? [trigger.topic] : []));
    const sendsMail = uses(({ sends }) => sends.includes('email'));
    if (sendsMail || heard.has('ses-feedback')) {
      new Mail(this, 'Mail', { feedback: this.#addTopic('ses-feedback', settings), settings });
    }
    new Secrets(this, 'Secrets', {
      names: [...new Set(manifest.functions.flatMap(({ secrets }) => secrets))].sort(),
      settings,
    });
    if (uses(({ parks }) => parks)) {
      new Parking(this, 'Parking', { settings });
    }

    const buckets = new Set(manifest.functions.flatMap(({ putsInto, looksInto }) => [...putsInto, ...looksInto]));
    for (const bucket of [...buckets].sort()) {
      const topic = `${bucket}-uploads`;
      const tells = heard.has(topic) ? this.#addTopic(topic, settings) : undefined;
      new Uploads(this, `Uploads-${bucket}`, { bucket, tells, settings });
    }

    const api = new apigateway.HttpApi(this, 'Api', { apiName: settings.prefix, createDefaultStage: false });
    if (settings.apiId !== undefined) {
      Tags.of(api).add('ms-custom-id', settings.apiId);
    }
    this.#addStage(api, settings);
    addAlarm(this, 'ApiFails', {
      name: `${settings.prefix}-api-fails`,
      says: 'The API answers 5xx.',
      metric: api.metricServerError({ period: FIVE_MINUTES, statistic: 'sum' }),
      settings,
    });
    this.apiId = api.apiId;
    // Made of the id, which contexts import anyhow.
    this.url = `https://${api.apiId}.execute-api.${this.region}.${this.urlSuffix}`;
    new CfnOutput(this, 'ApiUrl', { value: this.url });

    addDashboard(this, { apiId: api.apiId, sendsMail, settings });
  }

  #addTopic(name: string, settings: Settings): sns.Topic {
    return new sns.Topic(this, `Topic-${name}`, { topicName: topicName(settings, name), enforceSSL: true });
  }

  #addAlarmTopic(settings: Settings): void {
    const alarms = new sns.Topic(this, 'Alarms', { topicName: alarmTopicName(settings), enforceSSL: true });
    // A topic with a policy of its own (enforceSSL makes one) loses the default one that let CloudWatch in.
    alarms.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [alarms.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
    }));
    if (settings.alarmsTo !== undefined) {
      new sns.CfnSubscription(this, 'AlarmsTo', {
        topicArn: alarms.topicArn, protocol: 'email', endpoint: settings.alarmsTo,
      });
    }
  }

  #addStage(api: apigateway.HttpApi, settings: Settings): void {
    const accessLog = new logs.LogGroup(this, 'AccessLog', {
      // Under this prefix log delivery is allowed once for all groups; the account's policy has room for few others.
      logGroupName: `/aws/vendedlogs/${settings.prefix}-api`,
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: settings.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    new apigateway.HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      // The account's own limit is 10,000 a second for all its APIs; one API must not take all of it.
      throttle: { rateLimit: 2_000, burstLimit: 1_000 },
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new apigateway.LogGroupLogDestination(accessLog),
        // Ids and figures only: no addresses, paths or agents, which point at people.
        format: AccessLogFormat.custom(JSON.stringify({
          requestId: '$context.requestId',
          time: '$context.requestTimeEpoch',
          route: '$context.routeKey',
          status: '$context.status',
          latencyMs: '$context.responseLatency',
          functionMs: '$context.integrationLatency',
          authorizer: '$context.authorizer.error',
          integration: '$context.integrationErrorMessage',
        })),
      },
    });
  }
}
