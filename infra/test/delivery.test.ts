// No event is lost between contexts for want of a queue, a dead letter, a time-out or an alarm.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseManifest } from '../lib/manifest.ts';
import { manifest, synthesis } from './default.ts';
import { Synthesis, text, type Resource } from './synthesis.ts';

const queues = synthesis.all('AWS::SQS::Queue');
const mappings = synthesis.all('AWS::Lambda::EventSourceMapping');
const functions = synthesis.all('AWS::Lambda::Function');
const alarms = synthesis.all('AWS::CloudWatch::Alarm');

test('every queue has a dead-letter queue, and nothing else is one', () => {
  const named = queues.map(({ properties }) => properties.QueueName as string);
  for (const { properties } of queues.filter(({ properties }) => !isDeadLetterName(properties.QueueName))) {
    assert.equal(target(properties.RedrivePolicy), `${properties.QueueName as string}-dead-letters`);
    assert.ok(properties.RedrivePolicy.maxReceiveCount >= 1);
  }
  const consumers = manifest.functions.filter(({ trigger }) => trigger.kind === 'events');
  const relays = manifest.functions.filter(({ trigger }) => trigger.kind === 'stream');
  assert.deepEqual(named.sort(), [
    ...consumers.flatMap(({ name }) => [`yarmarka-${name}`, `yarmarka-${name}-dead-letters`]),
    ...relays.map(({ name }) => `yarmarka-${name}-dead-letters`),
  ].sort());
});

test('every queue is encrypted and refuses requests without TLS', () => {
  for (const { id, stack, properties } of queues) {
    assert.equal(properties.SqsManagedSseEnabled, true, id);
    assert.ok(statementsOn(stack, id).some(({ Effect, Condition }) =>
      Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] === 'false'), id);
  }
});

test('dead letters are kept for 14 days, and longer than what waits', () => {
  for (const { id, properties } of queues) {
    if (isDeadLetterName(properties.QueueName)) {
      assert.equal(properties.MessageRetentionPeriod, 14 * 86_400, id);
    } else {
      assert.ok(properties.MessageRetentionPeriod <= 4 * 86_400, id);
    }
  }
});

test('a dead letter raises an alarm', () => {
  for (const { id, stack, properties } of queues.filter(({ properties }) => isDeadLetterName(properties.QueueName))) {
    const alarm = only(alarms.filter(({ stack: where, properties: watched }) =>
      where === stack && watched.MetricName === 'ApproximateNumberOfMessagesVisible' &&
      text(watched.Dimensions[0].Value) === `<${id}.QueueName>`), properties.QueueName as string);
    assert.equal(alarm.properties.Threshold, 1);
    assert.equal(alarm.properties.ComparisonOperator, 'GreaterThanOrEqualToThreshold');
  }
});

test('a queue hides a batch six times as long as its function may take', () => {
  for (const mapping of mappingsOf('events')) {
    const consumer = functionOf(mapping);
    const queue = only(queues.filter(({ id, stack }) =>
      stack === mapping.stack && text(mapping.properties.EventSourceArn) === `<${id}.Arn>`), mapping.id);
    assert.ok(queue.properties.VisibilityTimeout >= 6 * consumer.properties.Timeout, queue.properties.QueueName);
  }
});

test('every mapping reports failures by record', () => {
  for (const { id, properties } of mappings) {
    assert.deepEqual(properties.FunctionResponseTypes, ['ReportBatchItemFailures'], id);
  }
});

test('a queue mapping takes the batch and the concurrency of the manifest', () => {
  for (const { name, trigger } of manifest.functions) {
    if (trigger.kind === 'events') {
      const { properties } = mappingOf(name);
      assert.equal(properties.BatchSize, trigger.batchSize);
      assert.equal(properties.ScalingConfig.MaximumConcurrency, trigger.maxConcurrency);
      const queue = synthesis.one('AWS::SQS::Queue', 'QueueName', `yarmarka-${name}`);
      assert.equal(queue.properties.RedrivePolicy.maxReceiveCount, trigger.maxReceiveCount);
    }
  }
});

test('a consumer gets the event types it declares, from the topics of their contexts', () => {
  for (const { name, trigger } of manifest.functions.filter(({ trigger }) => trigger.kind === 'events')) {
    assert.ok(trigger.kind === 'events');
    const queue = synthesis.one('AWS::SQS::Queue', 'QueueName', `yarmarka-${name}`);
    const subscribed = synthesis.all('AWS::SNS::Subscription').filter(({ stack, properties }) =>
      stack === queue.stack && text(properties.Endpoint) === `<${queue.id}.Arn>`);
    const received = subscribed.flatMap(({ properties }) => {
      const topic = text(properties.TopicArn);
      assert.equal(properties.Protocol, 'sqs');
      assert.equal(properties.RawMessageDelivery, true);
      assert.equal(properties.FilterPolicyScope, 'MessageAttributes');
      assert.deepEqual(Object.keys(properties.FilterPolicy as object), ['type']);
      assert.equal(target(properties.RedrivePolicy), `yarmarka-${name}-dead-letters`);
      const deadLetters = synthesis.one('AWS::SQS::Queue', 'QueueName', `yarmarka-${name}-dead-letters`);
      for (const { id, stack } of [queue, deadLetters]) {
        assert.ok(statementsOn(stack, id).some(({ Effect, Principal, Condition }) =>
          Effect === 'Allow' && Principal.Service === 'sns.amazonaws.com' &&
          text(Condition.ArnEquals['aws:SourceArn']) === topic), `${topic} may deliver to ${id}`);
      }
      return (properties.FilterPolicy.type as string[]).map((type) => [topic, type]);
    });
    assert.deepEqual(received.sort(), trigger.types.map((type) => [
      `arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:yarmarka-${String(type.split('.')[0])}`, type,
    ]).sort());
  }
});

test('a consumer of two contexts subscribes to each for what it publishes', () => {
  const types = ['catalog.stock-reserved.v1', 'catalog.stock-rejected.v1', 'orders.order-placed.v1'];
  const both = new Synthesis(parseManifest({
    contexts: ['catalog', 'orders'].map((name) => (
      { name, indexes: [], publishes: types.filter((type) => type.startsWith(name)) })),
    functions: [{
      name: 'count', context: 'orders', memory_mb: 128, timeout_s: 5, table: 'none', reads_settings: [],
      trigger: { kind: 'events', types, batch_size: 10, max_receive_count: 20, max_concurrency: 2 },
    }],
  }));
  assert.deepEqual(both.all('AWS::SNS::Subscription').map(({ properties }) =>
    [text(properties.TopicArn).split(':').at(-1), properties.FilterPolicy.type]), [
    ['yarmarka-catalog', types.slice(0, 2)],
    ['yarmarka-orders', types.slice(2)],
  ]);
});

test('a stream mapping loses nothing: from the start, retried until too old, then to dead letters', () => {
  const streams = mappingsOf('stream');
  assert.ok(streams.length > 0);
  for (const mapping of streams) {
    const { properties, stack } = mapping;
    assert.equal(properties.StartingPosition, 'TRIM_HORIZON');
    assert.ok(properties.BatchSize <= 100);
    assert.equal(properties.BisectBatchOnFunctionError, true);
    assert.equal(properties.MaximumRetryAttempts, -1);
    assert.ok(properties.MaximumRecordAgeInSeconds < 86_400);
    const destination = text(properties.DestinationConfig.OnFailure.Destination);
    assert.ok(queues.some(({ id, stack: where, properties: { QueueName } }) =>
      where === stack && destination === `<${id}.Arn>` && isDeadLetterName(QueueName)), destination);
    assert.deepEqual(properties.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern)), [
      { dynamodb: { NewImage: { outbox: { M: { v: { N: [{ exists: true }] } } } } } },
    ]);
  }
});

test('a relay that is an hour late raises an alarm', () => {
  for (const mapping of mappingsOf('stream')) {
    const name = functionOf(mapping).properties.FunctionName as string;
    const alarm = only(alarms.filter(({ properties }) =>
      properties.MetricName === 'IteratorAge' && properties.Dimensions[0].Value === name), name);
    assert.equal(alarm.properties.Threshold, 3_600_000);
    assert.equal(alarm.properties.Statistic, 'Maximum');
  }
});

test('every function has alarms for errors and throttles', () => {
  for (const { id, stack, properties } of functions) {
    for (const metric of ['Errors', 'Throttles']) {
      only(alarms.filter(({ stack: where, properties: watched }) =>
        where === stack && watched.MetricName === metric && text(watched.Dimensions[0].Value) === `<${id}>`),
      `${metric} of ${properties.FunctionName as string}`);
    }
  }
});

test('every alarm tells somebody', () => {
  for (const { id, properties } of alarms) {
    assert.deepEqual(properties.AlarmActions.map(text),
      ['arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:yarmarka-alarms'], id);
  }
});

function isDeadLetterName(name: string): boolean {
  return name.endsWith('-dead-letters');
}

function mappingsOf(kind: 'events' | 'stream'): Resource[] {
  return manifest.functions.filter(({ trigger }) => trigger.kind === kind).map(({ name }) => mappingOf(name));
}

/** The one event source mapping of a function. */
function mappingOf(name: string): Resource {
  return only(mappings.filter((mapping) => functionOf(mapping).properties.FunctionName === `yarmarka-${name}`), name);
}

function functionOf({ stack, properties }: Resource): Resource {
  return only(functions.filter(({ id, stack: where }) =>
    where === stack && text(properties.FunctionName) === `<${id}>`), stack);
}

/** The name of the queue that a redrive policy leads to. */
function target(redrive: { deadLetterTargetArn: unknown }): string {
  const arn = text(redrive.deadLetterTargetArn);
  return only(queues.filter(({ id }) => arn === `<${id}.Arn>`), arn).properties.QueueName as string;
}

/** The statements of the policies on a queue. */
function statementsOn(stack: string, queueId: string) {
  return synthesis.all('AWS::SQS::QueuePolicy')
    .filter(({ stack: where, properties }) => where === stack && properties.Queues.map(text).includes(`<${queueId}>`))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement);
}

function only<T>(found: readonly T[], what: string): T {
  const [first] = found;
  assert.ok(first !== undefined && found.length === 1, `${String(found.length)} for ${what}, expected one`);
  return first;
}
