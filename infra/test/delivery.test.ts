// No event is lost between contexts for want of a queue, a dead letter, a time-out or an alarm.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseManifest } from '../lib/manifest.ts';
import { syntheses } from './default.ts';
import { only, Synthesis, text, type Resource } from './synthesis.ts';

for (const { of, synthesis } of syntheses) {
  const queues = synthesis.all('AWS::SQS::Queue');
  const consumers = synthesis.triggeredBy('events', 'foreign');
  const relays = synthesis.triggeredBy('stream');
  const scheduled = synthesis.triggeredBy('schedule');

  test(`${of}: every consumer's queue has a dead-letter queue, and every relay and schedule has one`, () => {
    for (const name of consumers) {
      const { stack, properties } = synthesis.queueOf(name);
      assert.equal(synthesis.queueAt(stack, properties.RedrivePolicy.deadLetterTargetArn), `yarmarka-${name}-dead-letters`);
      assert.ok(properties.RedrivePolicy.maxReceiveCount >= 1);
    }
    const parking = synthesis.manifest.functions.some(({ parks }) => parks) ? ['parked'] : [];
    assert.deepEqual(queues.map(({ properties }) => properties.QueueName as string).sort(), [
      ...consumers.map((name) => `yarmarka-${name}`),
      ...[...consumers, ...relays, ...scheduled, ...parking].map((name) => `yarmarka-${name}-dead-letters`),
    ].sort());
  });

  test(`${of}: every queue is encrypted and refuses requests without TLS`, () => {
    for (const queue of queues) {
      assert.equal(queue.properties.SqsManagedSseEnabled, true, queue.id);
      assert.ok(synthesis.statementsOn(queue).some(({ Effect, Condition }) =>
        Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] === 'false'), queue.id);
    }
  });

  test(`${of}: dead letters are kept for 14 days, and longer than what waits`, () => {
    for (const { id, properties } of queues) {
      if (isDeadLetterName(properties.QueueName)) {
        assert.equal(properties.MessageRetentionPeriod, 14 * 86_400, id);
      } else {
        assert.ok(properties.MessageRetentionPeriod <= 4 * 86_400, id);
      }
    }
  });

  test(`${of}: a dead letter raises an alarm`, () => {
    for (const { id, stack, properties } of queues.filter(({ properties }) => isDeadLetterName(properties.QueueName))) {
      const alarm = only(synthesis.alarmsOn('ApproximateNumberOfMessagesVisible', stack, `<${id}.QueueName>`),
        properties.QueueName as string);
      assert.equal(alarm.properties.Threshold, 1);
      assert.equal(alarm.properties.ComparisonOperator, 'GreaterThanOrEqualToThreshold');
    }
  });

  test(`${of}: a message that nobody handles raises an alarm long before the queue forgets it`, () => {
    for (const { id, stack, properties } of queues.filter(({ properties }) => !isDeadLetterName(properties.QueueName))) {
      const alarm = only(synthesis.alarmsOn('ApproximateAgeOfOldestMessage', stack, `<${id}.QueueName>`),
        properties.QueueName as string);
      assert.ok(alarm.properties.Threshold <= properties.MessageRetentionPeriod / 2);
      // What fails again and again is a dead letter by then, which is another alarm.
      const { RedrivePolicy: redrive, VisibilityTimeout: hidden, DelaySeconds: delay } = properties;
      const failing = Number(redrive.maxReceiveCount) * Number(hidden) + Number(delay);
      assert.ok(alarm.properties.Threshold > failing, `${properties.QueueName as string}: ${String(failing)} s`);
    }
  });

  test(`${of}: a queue hides a batch six times as long as its function may take`, () => {
    for (const name of consumers) {
      const queue = synthesis.queueOf(name);
      assert.equal(synthesis.queueAt(queue.stack, synthesis.mappingOf(name).properties.EventSourceArn), `yarmarka-${name}`);
      assert.ok(queue.properties.VisibilityTimeout >= 6 * synthesis.functionOf(name).properties.Timeout, name);
    }
  });

  test(`${of}: every mapping reports failures by record, and there is one for each consumer and relay`, () => {
    const mappings = synthesis.all('AWS::Lambda::EventSourceMapping');
    assert.equal(mappings.length, consumers.length + relays.length);
    for (const { id, properties } of mappings) {
      assert.deepEqual(properties.FunctionResponseTypes, ['ReportBatchItemFailures'], id);
    }
  });

  test(`${of}: a queue mapping takes the batch, the concurrency and the delay of the manifest`, () => {
    for (const { name, trigger } of synthesis.manifest.functions) {
      if (trigger.kind === 'events') {
        const { properties } = synthesis.mappingOf(name);
        assert.equal(properties.BatchSize, trigger.batchSize);
        assert.equal(properties.ScalingConfig.MaximumConcurrency, trigger.maxConcurrency);
        const queue = synthesis.queueOf(name);
        assert.equal(queue.properties.RedrivePolicy.maxReceiveCount, trigger.maxReceiveCount);
        assert.equal(queue.properties.DelaySeconds, trigger.delayS);
      }
    }
  });

  test(`${of}: a consumer gets the event types it declares, from the topics of their contexts`, () => {
    for (const { name, trigger } of synthesis.manifest.functions) {
      if (trigger.kind === 'events') {
        const received = subscriptionsOf(synthesis, name).flatMap(({ topic, properties }) => {
          assert.equal(properties.FilterPolicyScope, 'MessageAttributes');
          assert.deepEqual(Object.keys(properties.FilterPolicy as object), ['type']);
          return (properties.FilterPolicy.type as string[]).map((type) => [topic, type]);
        });
        assert.deepEqual(received.sort(), trigger.types.map((type) => [`yarmarka-${String(type.split('.')[0])}`, type]).sort());
      }
    }
  });

  test(`${of}: a stream mapping loses nothing: from the start, retried until too old, then to dead letters`, () => {
    assert.ok(relays.length > 0);
    for (const name of relays) {
      const { properties, stack } = synthesis.mappingOf(name);
      assert.equal(properties.StartingPosition, 'TRIM_HORIZON');
      assert.ok(properties.BatchSize <= 100);
      assert.equal(properties.BisectBatchOnFunctionError, true);
      assert.equal(properties.MaximumRetryAttempts, -1);
      assert.ok(properties.MaximumRecordAgeInSeconds < 86_400);
      assert.equal(synthesis.queueAt(stack, properties.DestinationConfig.OnFailure.Destination), `yarmarka-${name}-dead-letters`);
      assert.deepEqual(properties.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern)), [
        { dynamodb: { NewImage: { outbox: { M: { v: { N: [{ exists: true }] } } } } } },
      ]);
    }
  });

  test(`${of}: a relay that is an hour late raises an alarm`, () => {
    for (const name of relays) {
      const { stack } = synthesis.functionOf(name);
      const alarm = only(synthesis.alarmsOn('IteratorAge', stack, `yarmarka-${name}`), name);
      assert.equal(alarm.properties.Threshold, 3_600_000);
      assert.equal(alarm.properties.Statistic, 'Maximum');
    }
  });

  test(`${of}: a start by the clock is in its zone, carries the planned time, and is retried, then a dead letter`, () => {
    const schedules = synthesis.all('AWS::Scheduler::Schedule');
    assert.equal(schedules.length, scheduled.length);
    for (const { name, trigger } of synthesis.manifest.functions) {
      if (trigger.kind === 'schedule') {
        const { stack, properties } = only(schedules.filter(({ properties: { Name } }) => Name === `yarmarka-${name}`), name);
        const deployed = synthesis.functionOf(name);
        assert.equal(properties.ScheduleExpression, trigger.expression);
        assert.equal(properties.ScheduleExpressionTimezone, trigger.zone);
        assert.equal(properties.FlexibleTimeWindow.Mode, 'OFF');
        assert.equal(text(properties.Target.Arn), `<${deployed.id}.Arn>`);
        assert.deepEqual(JSON.parse(properties.Target.Input as string), { scheduled_at: '<aws.scheduler.scheduled-time>' });
        assert.ok(properties.Target.RetryPolicy.MaximumRetryAttempts > 0);
        const deadLetters = `yarmarka-${name}-dead-letters`;
        assert.equal(synthesis.queueAt(stack, properties.Target.DeadLetterConfig.Arn), deadLetters);
        // Lambda takes the start at once and runs the function later: what fails then is Lambda's to keep.
        const attempts = only(synthesis.all('AWS::Lambda::EventInvokeConfig').filter((config) =>
          config.stack === stack && text(config.properties.FunctionName) === `<${deployed.id}>`), name);
        assert.equal(synthesis.queueAt(stack, attempts.properties.DestinationConfig.OnFailure.Destination), deadLetters);
      }
    }
  });

  test(`${of}: every function has alarms for errors and throttles`, () => {
    for (const { id, stack, properties } of synthesis.deployed().map(({ resource }) => resource)) {
      for (const metric of ['Errors', 'Throttles']) {
        only(synthesis.alarmsOn(metric, stack, `<${id}>`), `${metric} of ${properties.FunctionName as string}`);
      }
    }
  });

  test(`${of}: the API's failures raise an alarm, and every alarm tells somebody`, () => {
    only(synthesis.all('AWS::CloudWatch::Alarm').filter(({ properties }) =>
      properties.Namespace === 'AWS/ApiGateway' && properties.MetricName === '5xx'), '5xx');
    for (const { id, properties } of synthesis.all('AWS::CloudWatch::Alarm')) {
      assert.deepEqual(properties.AlarmActions.map(text),
        ['arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:yarmarka-alarms'], id);
      assert.equal(properties.TreatMissingData, 'notBreaching', id);
      assert.ok(properties.AlarmDescription, id);
    }
  });
}

test('a consumer of two contexts subscribes to each for what it publishes', () => {
  const types = ['catalog.stock-reserved.v1', 'catalog.stock-rejected.v1', 'orders.order-placed.v1'];
  const both = new Synthesis(parseManifest({
    contexts: ['catalog', 'orders'].map((name) => (
      { name, indexes: [], publishes: types.filter((type) => type.startsWith(name)) })),
    functions: [{
      name: 'count', context: 'orders', memory_mb: 128, timeout_s: 5, table: 'none', reads_settings: [],
      trigger: { kind: 'events', types, batch_size: 10, max_receive_count: 20, max_concurrency: 2 },
    }],
  }), { issuer: 'https://issuer.example' });
  assert.deepEqual(both.all('AWS::SNS::Subscription').map(({ properties }) =>
    [text(properties.TopicArn).split(':').at(-1), properties.FilterPolicy.type]), [
    ['yarmarka-catalog', types.slice(0, 2)],
    ['yarmarka-orders', types.slice(2)],
  ]);
});

test('a foreign function hears all that another service tells its topic, as it is', () => {
  const { synthesis } = only(syntheses.filter(({ of }) => of === 'the story'), 'the story');
  const [feedback, ...others] = subscriptionsOf(synthesis, 'hear-feedback');
  assert.equal(others.length, 0);
  assert.equal(feedback?.topic, 'yarmarka-ses-feedback');
  assert.equal(feedback.properties.FilterPolicy, undefined);
});

function isDeadLetterName(name: string): boolean {
  return name.endsWith('-dead-letters');
}

/** What fills a consumer's queue, after a check of what all of it has in common. */
function subscriptionsOf(synthesis: Synthesis, name: string): (Resource & { topic: string })[] {
  const queue = synthesis.queueOf(name);
  const found = synthesis.all('AWS::SNS::Subscription').filter(({ stack, properties }) =>
    stack === queue.stack && text(properties.Endpoint) === `<${queue.id}.Arn>`);
  return found.map((subscription) => {
    const { stack, properties } = subscription;
    const topic = text(properties.TopicArn);
    assert.equal(properties.Protocol, 'sqs');
    assert.equal(properties.RawMessageDelivery, true);
    assert.equal(synthesis.queueAt(stack, properties.RedrivePolicy.deadLetterTargetArn), `yarmarka-${name}-dead-letters`);
    for (const target of [queue, synthesis.queueOf(`${name}-dead-letters`)]) {
      assert.ok(synthesis.statementsOn(target).some(({ Effect, Principal, Condition }) =>
        Effect === 'Allow' && Principal.Service === 'sns.amazonaws.com' &&
        text(Condition.ArnEquals['aws:SourceArn']) === topic), `${topic} may deliver to ${target.id}`);
    }
    const prefix = 'arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:';
    assert.ok(topic.startsWith(prefix), topic);
    return { ...subscription, topic: topic.slice(prefix.length) };
  });
}
