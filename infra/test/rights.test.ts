// A function may do what the manifest says and nothing else: its rights are listed here one by one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionDeclaration } from '../lib/manifest.ts';
import { syntheses } from './default.ts';
import { only, text, type Json, type Resource, type Synthesis } from './synthesis.ts';

const HERE = '<AWS::Region>:<AWS::AccountId>';
const each = (resource: string, ...actions: string[]) => actions.map((action) => `${action} ${resource}`);

for (const { of, synthesis } of syntheses) {
  for (const { declared, resource } of synthesis.deployed()) {
    test(`${of}: ${declared.name} has exactly the rights it declares`, () => {
      assert.deepEqual(rightsOf(synthesis, resource), expectedRights(synthesis, declared));
    });
  }

  test(`${of}: every role is a function's or a schedule's, trusts one service, and has no policies but its own`, () => {
    const scheduled = synthesis.all('AWS::Scheduler::Schedule');
    const used = [
      ...synthesis.all('AWS::Lambda::Function').map(({ stack, properties }) => [stack, text(properties.Role), 'lambda']),
      ...scheduled.map(({ stack, properties }) => [stack, text(properties.Target.RoleArn), 'scheduler']),
    ];
    const roles = synthesis.all('AWS::IAM::Role');
    assert.deepEqual(roles.map(({ stack, id }) => `${stack} <${id}.Arn>`).sort(), used.map(([stack, role]) => `${String(stack)} ${String(role)}`).sort());
    for (const { stack, id, properties } of roles) {
      assert.equal(properties.ManagedPolicyArns, undefined);
      assert.equal(properties.Policies, undefined);
      const [, , service] = only(used.filter(([where, role]) => where === stack && role === `<${id}.Arn>`), id);
      const { Condition: condition, ...statement } = only<Json>(properties.AssumeRolePolicyDocument.Statement, id);
      assert.deepEqual(statement, { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: `${String(service)}.amazonaws.com` } });
      if (service === 'scheduler') {
        assert.equal(text(condition.StringEquals['aws:SourceAccount']), '<AWS::AccountId>');
        assert.equal(text(condition.StringEquals['aws:SourceArn']), '<Schedules.Arn>');
      }
    }
  });

  test(`${of}: a schedule's role may start its function and nothing else`, () => {
    for (const { stack, properties } of synthesis.all('AWS::Scheduler::Schedule')) {
      assert.deepEqual(rightsOfRole(synthesis, stack, text(properties.Target.RoleArn)), [
        `lambda:InvokeFunction ${text(properties.Target.Arn)}`,
        `sqs:SendMessage ${text(properties.Target.DeadLetterConfig.Arn)}`,
      ]);
    }
  });

  test(`${of}: no right has a wildcard but the few that cannot be narrower`, () => {
    for (const { declared: { name, context, sends, putsInto, looksInto }, resource } of synthesis.deployed()) {
      for (const right of rightsOf(synthesis, resource).filter((right) => right.includes('*') && !right.startsWith('not '))) {
        assert.ok([
          `dynamodb:ListStreams arn:<AWS::Partition>:dynamodb:${HERE}:table/yarmarka-${context}/stream/*`,
          `s3:PutObject arn:<AWS::Partition>:s3:::yarmarka-parked-<AWS::AccountId>-<AWS::Region>/${context}/*`,
          ...putsInto.map((bucket) => `s3:PutObject ${bucketArn(bucket)}/*`),
          ...looksInto.map((bucket) => `s3:GetObject ${bucketArn(bucket)}/*`),
          ...(sends.includes('sms') ? ['sns:Publish *'] : []),
        ].includes(right), `${name}: ${right}`);
      }
    }
  });

  test(`${of}: a function is told what it declares, and nothing secret`, () => {
    for (const { declared, variables } of synthesis.deployed()) {
      const actual = Object.entries<Json>(variables).map(([name, value]) => [name, text(value)]);
      assert.deepEqual(Object.fromEntries(actual), expectedVariables(synthesis, declared), declared.name);
    }
  });

  test(`${of}: only the API, and only for its route, may invoke a function; nothing has a URL of its own`, () => {
    const permissions = synthesis.all('AWS::Lambda::Permission');
    const routes = synthesis.manifest.functions.flatMap(({ trigger }) =>
      trigger.kind === 'http' ? [`/*/${trigger.method}${trigger.path}`] : []);
    assert.equal(permissions.length, routes.length);
    for (const { properties } of permissions) {
      assert.equal(properties.Principal, 'apigateway.amazonaws.com');
      assert.ok(routes.some((route) => text(properties.SourceArn).endsWith(`>${route}`)), text(properties.SourceArn));
    }
    assert.deepEqual(synthesis.all('AWS::Lambda::Url'), []);
  });

  test(`${of}: queues, topics and buckets let in only the services that fill them, each from one source`, () => {
    const statements = ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy', 'AWS::S3::BucketPolicy'].flatMap((type) =>
      synthesis.all(type).flatMap(({ properties }) => properties.PolicyDocument.Statement as Json[]));
    const FROM: Record<string, string[]> = {
      'sns.amazonaws.com': ['aws:SourceArn'],
      'ses.amazonaws.com': ['aws:SourceAccount', 'aws:SourceArn'],
      's3.amazonaws.com': ['aws:SourceAccount', 'aws:SourceArn'],
      'events.amazonaws.com': ['aws:SourceAccount', 'aws:SourceArn'],
      'cloudwatch.amazonaws.com': ['aws:SourceAccount'],
    };
    for (const { Effect, Principal, Condition } of statements) {
      if (Effect === 'Allow') {
        const conditions = Object.values<Json>(Condition).flatMap((operator) => Object.keys(operator as object)).sort();
        assert.deepEqual(conditions, FROM[Principal.Service as string], JSON.stringify(Principal));
      }
    }
  });
}

/** `action resource`, sorted, as the policies of a function's role grant them; what they deny begins with `not`. */
function rightsOf(synthesis: Synthesis, { stack, properties }: Resource): string[] {
  return rightsOfRole(synthesis, stack, text(properties.Role));
}

function rightsOfRole(synthesis: Synthesis, stack: string, role: string): string[] {
  const statements = synthesis.all('AWS::IAM::Policy')
    .filter((policy) => policy.stack === stack && policy.properties.Roles.map(text).includes(role.replace('.Arn>', '>')))
    .flatMap((policy) => policy.properties.PolicyDocument.Statement as Json[]);
  return statements.flatMap((statement) => {
    assert.equal(statement.NotAction ?? statement.NotResource, undefined);
    return [statement.Action].flat().flatMap((action) => [statement.Resource].flat().map((resource) =>
      `${statement.Effect === 'Allow' ? '' : 'not '}${String(action)} ${text(resource)}`));
  }).sort();
}

function expectedRights(synthesis: Synthesis, declared: FunctionDeclaration): string[] {
  const { stack } = synthesis.functionOf(declared.name);
  const context = only(synthesis.manifest.contexts.filter(({ name }) => name === declared.context), declared.context);
  const own = (type: string, property: string, value: string) => {
    const resource = synthesis.one(type, property, value);
    assert.equal(resource.stack, stack);
    return resource.id;
  };
  const table = own('AWS::DynamoDB::Table', 'TableName', `yarmarka-${declared.context}`);
  const log = own('AWS::Logs::LogGroup', 'LogGroupName', `/aws/lambda/yarmarka-${declared.name}`);
  const queue = (suffix: string) => `<${own('AWS::SQS::Queue', 'QueueName', `yarmarka-${declared.name}${suffix}`)}.Arn>`;
  const arn = (service: string, resource: string) => `arn:<AWS::Partition>:${service}:${HERE}:${resource}`;
  const { kind } = declared.trigger;

  return [
    ...each(`<${log}.Arn>`, 'logs:CreateLogStream', 'logs:PutLogEvents'),
    ...(declared.table === 'none' ? [] : [
      ...each(`<${table}.Arn>`, 'dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'),
      ...context.indexes.map(({ name }) => `dynamodb:Query <${table}.Arn>/index/${name}`),
    ]),
    ...(declared.table === 'read-write'
      ? each(`<${table}.Arn>`, 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem') : []),
    ...(declared.walks ? each(`<${table}.Arn>`, 'dynamodb:Scan') : []),
    ...(declared.publishes ? each(arn('sns', `yarmarka-${declared.context}`), 'sns:Publish', 'sns:PublishBatch') : []),
    ...(declared.parks
      ? [`s3:PutObject arn:<AWS::Partition>:s3:::yarmarka-parked-<AWS::AccountId>-<AWS::Region>/${declared.context}/*`] : []),
    ...(declared.signs
      ? signingKeys(synthesis).flatMap((key) => each(key, 'kms:Sign', 'kms:GetPublicKey')) : []),
    ...declared.asks.map((name) => `lambda:InvokeFunction ${arn('lambda', `function:yarmarka-${name}`)}`),
    ...declared.secrets.map((name) => `secretsmanager:GetSecretValue ${arn('secretsmanager', `secret:yarmarka/${name}-??????`)}`),
    ...declared.putsInto.map((name) => `s3:PutObject ${bucketArn(name)}/*`),
    ...declared.looksInto.flatMap((name) => [`s3:GetObject ${bucketArn(name)}/*`, `s3:ListBucket ${bucketArn(name)}`]),
    ...(declared.sends.includes('email')
      ? [arn('ses', 'identity/shop.example'), arn('ses', 'configuration-set/yarmarka-mail')].map((to) => `ses:SendEmail ${to}`) : []),
    ...(declared.sends.includes('sms') ? ['sns:Publish *', 'not sns:Publish arn:<AWS::Partition>:sns:*:*:*'] : []),
    ...(kind === 'events' || kind === 'foreign'
      ? each(queue(''), 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes') : []),
    ...(kind === 'stream' || kind === 'schedule' ? [`sqs:SendMessage ${queue('-dead-letters')}`] : []),
    ...(kind === 'stream' ? [
      ...each(`<${table}.StreamArn>`, 'dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'),
      `dynamodb:ListStreams ${arn('dynamodb', `table/yarmarka-${declared.context}/stream/*`)}`,
    ] : []),
  ].sort();
}

function bucketArn(name: string): string {
  return `arn:<AWS::Partition>:s3:::yarmarka-${name}-<AWS::AccountId>-<AWS::Region>`;
}

function expectedVariables(synthesis: Synthesis, declared: FunctionDeclaration): Record<string, string> {
  const optional = (wanted: boolean, variables: () => Record<string, string>) => wanted ? variables() : {};
  return {
    CONTEXT: declared.context,
    TABLE: `yarmarka-${declared.context}`,
    EPOCH: '1',
    ...optional(declared.publishes, () => ({ TOPIC: `arn:<AWS::Partition>:sns:${HERE}:yarmarka-${declared.context}` })),
    ...optional(declared.readsSettings.includes('issuer'), () => ({ ISSUER: synthesis.issuer })),
    ...optional(declared.readsSettings.includes('audience'), () => ({ AUDIENCE: 'yarmarka' })),
    ...optional(declared.readsSettings.includes('first-admin'), () => ({ FIRST_ADMIN: '' })),
    ...optional(declared.parks, () => ({ PARKING: 'yarmarka-parked-<AWS::AccountId>-<AWS::Region>' })),
    ...optional(declared.signs, () => ({ SIGNING_KEYS: signingKeys(synthesis).join(',') })),
    ...optional(declared.asks.length > 0, () => ({ FUNCTIONS: 'yarmarka' })),
    ...optional(declared.secrets.length > 0, () => ({ SECRETS: 'yarmarka' })),
    ...optional(declared.sends.includes('email'), () => ({ MAIL_FROM: 'Yarmarka <shop@shop.example>', MAIL_EVENTS: 'yarmarka-mail' })),
    ...optional(declared.partners.includes('biscuit'), () => ({ PARTNER_BISCUIT: 'https://api.biscuit.example' })),
    ...optional(declared.partners.includes('happy-cat-box'), () =>
      ({ PARTNER_HAPPY_CAT_BOX: 'https://api.happycatbox.example' })),
    ...optional(declared.partners.includes('golden-hat'), () => ({ PARTNER_GOLDEN_HAT: 'https://api.golden-hat.example' })),
    ...optional(declared.partners.includes('stripe'), () => ({ PARTNER_STRIPE: 'https://api.stripe.com' })),
    ...Object.fromEntries([...declared.putsInto, ...declared.looksInto].map((name) =>
      [`BUCKET_${name.toUpperCase().replaceAll('-', '_')}`, `yarmarka-${name}-<AWS::AccountId>-<AWS::Region>`])),
    ...Object.fromEntries(declared.figures.map(({ name, default: usual }) => [name, name === 'API_URL' ? synthesis.issuer : usual])),
  };
}

/** The keys of the generations 1 and 2, which are the default. */
function signingKeys(synthesis: Synthesis): string[] {
  return ['1', '2'].map((generation) => text(synthesis.one('AWS::KMS::Alias', 'AliasName', `alias/yarmarka/tokens-${generation}`).properties.TargetKeyId));
}
