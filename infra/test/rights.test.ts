// A function may do what the manifest says and nothing else: its rights are listed here one by one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionDeclaration } from '../lib/manifest.ts';
import { manifest, synthesis } from './default.ts';
import { text, type Json, type Resource } from './synthesis.ts';

const functions = synthesis.all('AWS::Lambda::Function');
const HERE = '<AWS::Region>:<AWS::AccountId>';

for (const declared of manifest.functions) {
  test(`${declared.name} has exactly the rights it declares`, () => {
    const deployed = synthesis.one('AWS::Lambda::Function', 'FunctionName', `yarmarka-${declared.name}`);
    assert.deepEqual(rightsOf(deployed), expectedRights(declared, deployed));
  });
}

test('every role belongs to one function, trusts Lambda only, and has no policies but its own', () => {
  const used = functions.map(({ stack, properties }) => `${stack} ${text(properties.Role)}`).sort();
  const roles = synthesis.all('AWS::IAM::Role');
  assert.deepEqual(roles.map(({ stack, id }) => `${stack} <${id}.Arn>`).sort(), used);
  for (const { properties } of roles) {
    assert.equal(properties.ManagedPolicyArns, undefined);
    assert.deepEqual(properties.AssumeRolePolicyDocument.Statement, [
      { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } },
    ]);
  }
});

test('no right has a wildcard, except to list the streams of its own table', () => {
  for (const deployed of functions) {
    for (const right of rightsOf(deployed).filter((right) => right.includes('*'))) {
      const { CONTEXT: context } = deployed.properties.Environment.Variables;
      assert.equal(right, `dynamodb:ListStreams arn:<AWS::Partition>:dynamodb:${HERE}:table/yarmarka-${String(context)}/stream/*`);
    }
  }
});

test('nothing secret is in the environment of a function', () => {
  for (const declared of manifest.functions) {
    const { properties } = synthesis.one('AWS::Lambda::Function', 'FunctionName', `yarmarka-${declared.name}`);
    const expected: Record<string, string> = {
      CONTEXT: declared.context,
      TABLE: `yarmarka-${declared.context}`,
      EPOCH: '1',
      ...(declared.publishes
        ? { TOPIC: `arn:<AWS::Partition>:sns:${HERE}:yarmarka-${declared.context}` } : {}),
      ...(declared.readsSettings.includes('issuer') ? { ISSUER: 'https://issuer.example' } : {}),
      ...(declared.readsSettings.includes('audience') ? { AUDIENCE: 'yarmarka' } : {}),
    };
    const actual = Object.entries<Json>(properties.Environment.Variables).map(([name, value]) => [name, text(value)]);
    assert.deepEqual(Object.fromEntries(actual), expected);
  }
});

test('only the API, and only for its route, may invoke a function', () => {
  const permissions = synthesis.all('AWS::Lambda::Permission');
  const routes = manifest.functions.flatMap(({ trigger }) =>
    trigger.kind === 'http' ? [`/*/${trigger.method}${trigger.path}`] : []);
  assert.equal(permissions.length, routes.length);
  for (const { properties } of permissions) {
    assert.equal(properties.Principal, 'apigateway.amazonaws.com');
    assert.ok(routes.some((route) => JSON.stringify(properties.SourceArn).includes(`"${route}"`)), properties.SourceArn);
  }
});

/** `action resource`, sorted, as the policies of a function's role grant them. */
function rightsOf({ stack, properties }: Resource): string[] {
  const role = text(properties.Role).replace('.Arn>', '>');
  const statements = synthesis.all('AWS::IAM::Policy')
    .filter((policy) => policy.stack === stack && policy.properties.Roles.map(text).includes(role))
    .flatMap((policy) => policy.properties.PolicyDocument.Statement as Json[]);
  return statements.flatMap((statement) => {
    assert.equal(statement.Effect, 'Allow');
    assert.equal(statement.NotAction ?? statement.NotResource, undefined);
    return [statement.Action].flat().flatMap((action) =>
      [statement.Resource].flat().map((resource) => `${String(action)} ${text(resource)}`));
  }).sort();
}

function expectedRights(declared: FunctionDeclaration, { stack }: Resource): string[] {
  const context = manifest.contexts.find(({ name }) => name === declared.context);
  assert.ok(context);
  const id = (type: string, property: string, value: string) => {
    const resource = synthesis.one(type, property, value);
    assert.equal(resource.stack, stack);
    return resource.id;
  };
  const table = id('AWS::DynamoDB::Table', 'TableName', `yarmarka-${declared.context}`);
  const log = id('AWS::Logs::LogGroup', 'LogGroupName', `/aws/lambda/yarmarka-${declared.name}`);
  const queue = (suffix: string) => id('AWS::SQS::Queue', 'QueueName', `yarmarka-${declared.name}${suffix}`);
  const each = (resource: string, ...actions: string[]) => actions.map((action) => `${action} ${resource}`);

  const rights = each(`<${log}.Arn>`, 'logs:CreateLogStream', 'logs:PutLogEvents');
  if (declared.table !== 'none') {
    rights.push(
      ...each(`<${table}.Arn>`, 'dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'),
      ...context.indexes.map(({ name }) => `dynamodb:Query <${table}.Arn>/index/${name}`),
    );
  }
  if (declared.table === 'read-write') {
    rights.push(...each(`<${table}.Arn>`, 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'));
  }
  if (declared.publishes) {
    const topic = `arn:<AWS::Partition>:sns:${HERE}:yarmarka-${declared.context}`;
    rights.push(...each(topic, 'sns:Publish', 'sns:PublishBatch'));
  }
  if (declared.trigger.kind === 'events') {
    rights.push(...each(`<${queue('')}.Arn>`, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'));
  }
  if (declared.trigger.kind === 'stream') {
    rights.push(
      ...each(`<${table}.StreamArn>`, 'dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'),
      `dynamodb:ListStreams arn:<AWS::Partition>:dynamodb:${HERE}:table/yarmarka-${declared.context}/stream/*`,
      `sqs:SendMessage <${queue('-dead-letters')}.Arn>`,
    );
  }
  return rights.sort();
}
