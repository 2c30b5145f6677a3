// The stacks as a whole: complete, safe by default, and independent of each other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { parseManifest } from '../lib/manifest.ts';
import { manifest, synthesis } from './default.ts';
import { app, Synthesis, text, type Json } from './synthesis.ts';

test('every function of the manifest is deployed exactly once, and no other', () => {
  assert.deepEqual(
    synthesis.all('AWS::Lambda::Function').map(({ properties }) => properties.FunctionName as string).sort(),
    manifest.functions.map(({ name }) => `yarmarka-${name}`).sort(),
  );
  for (const { name, context, memoryMb, timeoutS } of manifest.functions) {
    const { stack, properties } = synthesis.one('AWS::Lambda::Function', 'FunctionName', `yarmarka-${name}`);
    assert.equal(stack, `yarmarka-${context}`);
    assert.equal(properties.Runtime, 'provided.al2023');
    assert.equal(properties.MemorySize, memoryMb);
    assert.equal(properties.Timeout, timeoutS);
    assert.deepEqual(properties.Architectures, ['x86_64']);
    const log = synthesis.one('AWS::Logs::LogGroup', 'LogGroupName', `/aws/lambda/yarmarka-${name}`);
    assert.equal(text(properties.LoggingConfig.LogGroup), `<${log.id}>`);
    assert.ok(log.properties.RetentionInDays > 0);
  }
});

test('every route leads to its function', () => {
  assert.deepEqual(routesOf(synthesis), manifest.functions.flatMap(({ name, trigger }) =>
    trigger.kind === 'http'
      ? [`${trigger.method} ${trigger.path} ${trigger.caller === 'anyone' ? 'NONE' : 'JWT'} yarmarka-${name}`]
      : []).sort());
});

test('only a use case for anyone is reached without a token', () => {
  const open = new Synthesis(parseManifest({
    contexts: [{ name: 'orders', indexes: [], publishes: [] }],
    functions: ['anyone', 'customer', 'staff:manager'].map((caller) => ({
      name: `for-${caller.replace(':', '-')}`, context: 'orders', memory_mb: 128, timeout_s: 5,
      trigger: { kind: 'http', method: 'GET', path: `/v1/${caller.replace(':', '-')}`, caller },
      table: 'read', reads_settings: [],
    })),
  }));
  assert.deepEqual(routesOf(open), [
    'GET /v1/anyone NONE yarmarka-for-anyone',
    'GET /v1/customer JWT yarmarka-for-customer',
    'GET /v1/staff-manager JWT yarmarka-for-staff-manager',
  ]);
  assert.deepEqual(findings(open), []);
});

test('the API checks the tokens of the issuer', () => {
  const [authorizer, ...others] = synthesis.all('AWS::ApiGatewayV2::Authorizer');
  assert.equal(others.length, 0);
  assert.equal(authorizer?.properties.AuthorizerType, 'JWT');
  assert.deepEqual(authorizer.properties.JwtConfiguration, { Issuer: 'https://issuer.example', Audience: ['yarmarka'] });
});

test('every context has its topic and its table with stream, indexes and expiry', () => {
  assert.deepEqual(
    synthesis.all('AWS::SNS::Topic').map(({ properties }) => properties.TopicName as string).sort(),
    [...manifest.contexts.map(({ name }) => `yarmarka-${name}`), 'yarmarka-alarms'].sort(),
  );
  assert.equal(synthesis.all('AWS::DynamoDB::Table').length, manifest.contexts.length);
  for (const { name, indexes } of manifest.contexts) {
    const { properties } = synthesis.one('AWS::DynamoDB::Table', 'TableName', `yarmarka-${name}`);
    assert.deepEqual(properties.KeySchema, keys('pk', 'sk'));
    assert.equal(properties.BillingMode, 'PAY_PER_REQUEST');
    assert.equal(properties.StreamSpecification.StreamViewType, 'NEW_AND_OLD_IMAGES');
    assert.deepEqual(properties.TimeToLiveSpecification, { AttributeName: 'expires_at', Enabled: true });
    assert.deepEqual(properties.GlobalSecondaryIndexes ?? [], indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: keys(index.partitionKey, index.sortKey),
      Projection: { ProjectionType: index.projection === 'all' ? 'ALL' : 'KEYS_ONLY' },
    })));
  }
});

test('data outlives mistakes: recovery, deletion protection, retention', () => {
  for (const { stack, id, properties } of synthesis.all('AWS::DynamoDB::Table')) {
    assert.equal(properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled, true);
    assert.equal(properties.DeletionProtectionEnabled, true);
    assert.equal(synthesis.templates.get(stack).Resources[id].DeletionPolicy, 'Retain');
    assert.equal(synthesis.templates.get(stack).Resources[id].UpdateReplacePolicy, 'Retain');
  }
});

test('a disposable deployment can be deleted, and has the API id it asks for', () => {
  const disposable = new Synthesis(manifest, { disposable: 'true', 'api-id': '0123abcd' });
  for (const { stack, id, properties } of disposable.all('AWS::DynamoDB::Table')) {
    assert.equal(properties.DeletionProtectionEnabled, false);
    assert.equal(disposable.templates.get(stack).Resources[id].DeletionPolicy, 'Delete');
  }
  assert.deepEqual(disposable.all('AWS::ApiGatewayV2::Api').map(({ properties }) => properties.Tags), [
    { 'ms-custom-id': '0123abcd' },
  ]);
  assert.deepEqual(synthesis.all('AWS::ApiGatewayV2::Api').map(({ properties }) => properties.Tags), [undefined]);
});

test('a context knows no stack but the base', () => {
  for (const [stack, template] of synthesis.templates) {
    const waitsFor = stack === 'yarmarka-base' ? [] : ['yarmarka-base'];
    assert.deepEqual(synthesis.dependencies.get(stack), waitsFor, stack);
    const imports = [...JSON.stringify(template).matchAll(/"Fn::(?:ImportValue|GetStackOutput)":("[^"]*"|\{[^}]*\})/g)];
    for (const [, imported] of imports) {
      assert.ok(stack !== 'yarmarka-base' && imported?.startsWith('"yarmarka-base:'), `${stack} imports ${String(imported)}`);
    }
  }
});

test('a stack stays well below the 500 resources it may hold', () => {
  for (const [stack, template] of synthesis.templates) {
    assert.ok(Object.keys(template.Resources as object).length < 500, stack);
  }
});

test('the AwsSolutions rules find nothing that is not acknowledged with a reason', () => {
  assert.deepEqual(findings(synthesis), []);
});

test('the AwsSolutions rules do look', () => {
  const flawed = app(manifest);
  new Queue(new Stack(flawed, 'flawed'), 'WithoutDeadLetters');
  const found = new AwsSolutionsChecks().validateScope(flawed).violations.map(({ ruleName }) => ruleName);
  assert.deepEqual(found.sort(), ['AwsSolutions-SQS3', 'AwsSolutions-SQS4']);
});

function findings({ app }: Synthesis): string[] {
  return new AwsSolutionsChecks().validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} ${String(constructPath)}`));
}

function keys(partition: string, sort: string | undefined): Json {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' }]),
  ];
}

/** `METHOD /path authorization function`, sorted. */
function routesOf({ templates }: Synthesis): string[] {
  return [...templates.values()].flatMap(({ Resources: resources }) =>
    Object.values<Json>(resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route').map(({ Properties: route }) => {
      const integration = resources[text(route.Target).replace(/^integrations\/<(.*)>$/, '$1')].Properties;
      const deployed = resources[text(integration.IntegrationUri).replace(/^<(.*)\.Arn>$/, '$1')].Properties;
      assert.equal(integration.PayloadFormatVersion, '2.0');
      assert.equal(route.AuthorizationType === 'JWT', route.AuthorizerId !== undefined);
      return `${route.RouteKey as string} ${route.AuthorizationType as string} ${deployed.FunctionName as string}`;
    })).sort();
}
