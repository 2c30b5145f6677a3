// The stacks as a whole: complete, safe by default, and independent of each other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { parseManifest } from '../lib/manifest.ts';
import { committed, syntheses, synthesis as storySynthesis } from './default.ts';
import { storyJson } from './story.ts';
import { app, only, Synthesis, text, type Json } from './synthesis.ts';

for (const { of, synthesis } of syntheses) {
  const { manifest } = synthesis;

  test(`${of}: every function is deployed exactly once, and no other but the one that waits for the issuer`, () => {
    assert.deepEqual(
      synthesis.all('AWS::Lambda::Function').map(({ properties }) => properties.FunctionName as string).sort(),
      [...manifest.functions.map(({ name }) => `yarmarka-${name}`), 'yarmarka-wait-for-issuer'].sort(),
    );
    for (const { declared, resource: { stack, properties } } of synthesis.deployed()) {
      assert.equal(stack, `yarmarka-${declared.context}`);
      assert.equal(properties.Runtime, 'provided.al2023');
      assert.equal(properties.MemorySize, declared.memoryMb);
      assert.equal(properties.Timeout, declared.timeoutS);
      assert.deepEqual(properties.Architectures, ['x86_64']);
      const log = synthesis.one('AWS::Logs::LogGroup', 'LogGroupName', `/aws/lambda/yarmarka-${declared.name}`);
      assert.equal(text(properties.LoggingConfig.LogGroup), `<${log.id}>`);
      assert.ok(log.properties.RetentionInDays > 0);
    }
  });

  test(`${of}: every route leads to its function, without a token only where the use case is for anyone`, () => {
    assert.deepEqual(routesOf(synthesis), manifest.functions.flatMap(({ name, trigger }) =>
      trigger.kind === 'http'
        ? [`${trigger.method} ${trigger.path} ${trigger.caller === 'anyone' ? 'NONE' : 'JWT'} yarmarka-${name}`]
        : []).sort());
  });

  test(`${of}: every context has its topic and its table with stream, indexes and expiry`, () => {
    const topics = synthesis.all('AWS::SNS::Topic').map(({ properties }) => properties.TopicName as string);
    const expected = [...manifest.contexts.map(({ name }) => `yarmarka-${name}`), 'yarmarka-alarms'];
    const foreign = ['yarmarka-ses-feedback', 'yarmarka-activity-files-uploads'];
    assert.deepEqual(topics.filter((name) => !foreign.includes(name)).sort(), expected.sort());
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

  test(`${of}: data outlives mistakes: recovery, deletion protection, retention`, () => {
    for (const { properties } of synthesis.all('AWS::DynamoDB::Table')) {
      assert.equal(properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled, true);
      assert.equal(properties.DeletionProtectionEnabled, true);
    }
    for (const type of ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret']) {
      assert.deepEqual(removalPolicies(synthesis, type), synthesis.all(type).map(() => ['Retain', 'Retain']));
    }
  });

  test(`${of}: a context knows no stack but the base and the one that issues tokens`, () => {
    const issuing = synthesis.all('AWS::ApiGatewayV2::Authorizer').map(({ stack }) => stack);
    for (const [stack, template] of synthesis.templates) {
      const known = [...(stack === 'yarmarka-base' ? [] : ['yarmarka-base']), ...issuing.filter((name) => name !== stack)];
      for (const waitsFor of synthesis.dependencies.get(stack) ?? []) {
        assert.ok(stack !== 'yarmarka-base' && known.includes(waitsFor), `${stack} waits for ${waitsFor}`);
      }
      const imports = [...JSON.stringify(template).matchAll(/"Fn::(?:ImportValue|GetStackOutput)":("[^"]*"|\{[^}]*\})/g)];
      for (const [, imported] of imports) {
        assert.ok(stack !== 'yarmarka-base' && known.some((name) => imported?.startsWith(`"${name}:`)), `${stack} imports ${String(imported)}`);
      }
    }
  });

  test(`${of}: the AwsSolutions rules find nothing that is not acknowledged with a reason`, () => {
    assert.deepEqual(findings(synthesis), []);
  });
}

test('a context of 25 functions stays well below the 500 resources a stack may hold', () => {
  const [orders] = storyJson.functions.filter(({ name }: Json) => name === 'queue-messages');
  const many = new Synthesis(parseManifest({
    ...storyJson,
    functions: [...storyJson.functions, ...Array.from({ length: 25 }, (_, n) => (
      { ...orders, name: `copy-${String(n)}`, context: 'catalog' }))],
  }));
  for (const [stack, template] of many.templates) {
    assert.ok(Object.keys(template.Resources as object).length < 450, stack);
  }
});

test('only a use case for anyone is reached without a token', () => {
  const open = new Synthesis(parseManifest({
    contexts: [{ name: 'orders', indexes: [], publishes: [] }],
    functions: ['anyone', 'customer', 'staff:manager'].map((caller) => ({
      name: `for-${caller.replace(':', '-')}`, context: 'orders', memory_mb: 128, timeout_s: 5,
      trigger: { kind: 'http', method: 'GET', path: `/v1/${caller.replace(':', '-')}`, caller },
      table: 'read', reads_settings: [],
    })),
  }), { issuer: 'https://issuer.example' });
  assert.deepEqual(routesOf(open), [
    'GET /v1/anyone NONE yarmarka-for-anyone',
    'GET /v1/customer JWT yarmarka-for-customer',
    'GET /v1/staff-manager JWT yarmarka-for-staff-manager',
  ]);
  assert.deepEqual(findings(open), []);
});

test('a restored table takes the place of the damaged one, which the stack only lets go', () => {
  const arn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/yarmarka-orders-2';
  const stream = `${arn}/stream/2026-01-31T12:00:00.000`;
  const restored = new Synthesis(storySynthesis.manifest, { 'restored.orders': stream });
  assert.deepEqual(restored.all('AWS::DynamoDB::Table').filter(({ stack }) => stack === 'yarmarka-orders'), []);
  assert.equal(restored.mappingOf('relay-orders').properties.EventSourceArn, stream);
  for (const { declared, resource, variables } of restored.deployed().filter(({ declared: { context } }) => context === 'orders')) {
    assert.equal(variables.TABLE, 'yarmarka-orders-2', declared.name);
    const policies = restored.all('AWS::IAM::Policy').filter(({ stack, properties }) =>
      stack === 'yarmarka-orders' && properties.Roles.map(text).includes(text(resource.properties.Role).replace('.Arn>', '>')));
    const tables = [...JSON.stringify(policies).matchAll(/table\/([a-z0-9-]+)/g)].map(([, table]) => table);
    assert.ok(tables.length > 0 || declared.table === 'none', declared.name);
    assert.ok(tables.every((table) => table === 'yarmarka-orders-2'), declared.name);
  }
  assert.deepEqual(findings(restored), []);
});

test('a disposable deployment can be deleted, and has the API id it asks for', () => {
  const disposable = new Synthesis(storySynthesis.manifest, { disposable: 'true', 'api-id': '0123abcd' });
  for (const { properties } of disposable.all('AWS::DynamoDB::Table')) {
    assert.equal(properties.DeletionProtectionEnabled, false);
  }
  for (const type of ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret']) {
    assert.ok(removalPolicies(disposable, type).every(([deletion]) => deletion === 'Delete'));
  }
  assert.deepEqual(disposable.all('AWS::ApiGatewayV2::Api').map(({ properties }) => properties.Tags), [
    { 'ms-custom-id': '0123abcd' },
  ]);
  assert.deepEqual(committed.all('AWS::ApiGatewayV2::Api').map(({ properties }) => properties.Tags), [undefined]);
});

test('the AwsSolutions rules do look', () => {
  const flawed = app(storySynthesis.manifest);
  new Queue(new Stack(flawed, 'flawed'), 'WithoutDeadLetters');
  const found = new AwsSolutionsChecks().validateScope(flawed).violations.map(({ ruleName }) => ruleName);
  assert.deepEqual(found.sort(), ['AwsSolutions-SQS3', 'AwsSolutions-SQS4']);
});

function findings({ app }: Synthesis): string[] {
  return new AwsSolutionsChecks().validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} ${String(constructPath)}`));
}

function removalPolicies(synthesis: Synthesis, type: string): string[][] {
  return synthesis.all(type).map(({ stack, id }) => {
    const { DeletionPolicy: deletion, UpdateReplacePolicy: replacement } = synthesis.templates.get(stack).Resources[id];
    return [deletion, replacement];
  });
}

function keys(partition: string, sort: string | undefined): Json {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' }]),
  ];
}

/** `METHOD /path authorization function`, sorted. */
function routesOf(synthesis: Synthesis): string[] {
  const authorizer = only(synthesis.all('AWS::ApiGatewayV2::Authorizer'), 'authorizer');
  return synthesis.all('AWS::ApiGatewayV2::Route').map(({ stack, properties: route }) => {
    const { Resources: resources } = synthesis.templates.get(stack);
    const integration = resources[text(route.Target).replace(/^integrations\/<(.*)>$/, '$1')].Properties;
    const deployed = resources[text(integration.IntegrationUri).replace(/^<(.*)\.Arn>$/, '$1')].Properties;
    assert.equal(integration.PayloadFormatVersion, '2.0');
    assert.equal(route.AuthorizationType === 'JWT', route.AuthorizerId !== undefined);
    if (route.AuthorizerId !== undefined) {
      assert.ok(text(route.AuthorizerId).includes(authorizer.id), text(route.AuthorizerId));
    }
    return `${route.RouteKey as string} ${route.AuthorizationType as string} ${deployed.FunctionName as string}`;
  }).sort();
}
