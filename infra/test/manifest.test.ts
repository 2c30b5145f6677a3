// A manifest that this app would misread is refused, with the place named.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseManifest, readManifest } from '../lib/manifest.ts';
import { story } from './story.ts';
import type { Json } from './synthesis.ts';

function sample(): Json {
  return {
    contexts: [
      { name: 'orders', indexes: [{ name: 'by-customer', partition_key: 'customer', projection: 'all' }], publishes: ['orders.order-placed.v1'] },
    ],
    functions: [
      {
        name: 'place-order', context: 'orders', memory_mb: 256, timeout_s: 10, table: 'read-write', reads_settings: ['issuer'],
        trigger: { kind: 'http', method: 'POST', path: '/v1/orders', caller: 'customer' },
      },
      {
        name: 'count-orders', context: 'orders', memory_mb: 256, timeout_s: 10, table: 'read', reads_settings: [],
        trigger: { kind: 'events', types: ['orders.order-placed.v1'], batch_size: 10, max_receive_count: 20, max_concurrency: 2 },
      },
    ],
  };
}

test('the committed manifest, the story and the sample are read', () => {
  assert.ok(readManifest().functions.length > 0);
  assert.ok(story.functions.length > 0);
  const [place, count] = parseManifest(sample()).functions;
  // What a function does not say, it does not do.
  assert.deepEqual([place?.publishes, place?.walks, place?.signs, place?.secrets, place?.figures], [false, false, false, [], []]);
  assert.ok(count?.trigger.kind === 'events');
  assert.equal(count.trigger.delayS, 0);
});

const REFUSED: [string, (manifest: Json) => void, RegExp][] = [
  ['an unknown field', (m) => { m.functions[0].may_scan = true; }, /manifest\.functions\[0\]\.may_scan: unknown field/],
  ['a missing field', (m) => { delete m.functions[0].timeout_s; }, /functions\[0\]\.timeout_s: expected a whole number .* got nothing/],
  ['an unknown trigger', (m) => { m.functions[0].trigger.kind = 'pigeon'; }, /trigger\.kind: expected http or events or foreign or stream or schedule or direct, got "pigeon"/],
  ['an unknown right', (m) => { m.functions[0].table = 'all'; }, /functions\[0\]\.table: expected none or read or read-write/],
  ['an unknown setting', (m) => { m.functions[0].reads_settings = ['password']; }, /reads_settings\[0\]: expected issuer or audience or first-admin/],
  ['too long a delay', (m) => { m.functions[1].trigger.delay_s = 901; }, /delay_s: expected a whole number from 0 to 900, got 901/],
  ['an unknown topic', (m) => { m.functions[1].trigger = { kind: 'foreign', topic: 'news' }; }, /trigger\.topic: expected ses-feedback or activity-files-uploads, got "news"/],
  ['a schedule without a zone', (m) => { m.functions[1].trigger = { kind: 'schedule', expression: 'rate(1 day)' }; }, /trigger\.zone/],
  ['a schedule of five fields', (m) => { m.functions[1].trigger = { kind: 'schedule', expression: 'cron(0 3 * * *)', zone: 'UTC' }; }, /trigger\.expression/],
  ['a period of two day', (m) => { m.functions[1].trigger = { kind: 'schedule', expression: 'rate(2 day)', zone: 'UTC' }; }, /trigger\.expression/],
  ['a direct trigger that says more', (m) => { m.functions[1].trigger = { kind: 'direct', who: 'all' }; }, /trigger\.who: unknown field/],
  ['a right that is no yes or no', (m) => { m.functions[0].signs = 'yes'; }, /functions\[0\]\.signs: expected true or false/],
  ['a secret with a path', (m) => { m.functions[0].secrets = ['other/key']; }, /secrets\[0\]/],
  ['an unknown channel', (m) => { m.functions[0].sends = ['fax']; }, /sends\[0\]: expected email or sms/],
  ['a question to nobody', (m) => { m.functions[0].asks = ['read-minds']; }, /place-order asks read-minds, which is no function that answers others/],
  ['a question to a function with another trigger', (m) => { m.functions[0].asks = ['count-orders']; }, /asks count-orders/],
  ['an unknown partner', (m) => { m.functions[0].partners = ['strip']; }, /place-order calls the partner strip, which/],
  ['a figure with the name of a setting', (m) => { m.functions[0].figures = [{ name: 'TABLE', default: '1' }]; }, /a figure TABLE, a name taken/],
  ['a figure with two defaults', (m) => { [15, 20].forEach((n) => { m.functions[n / 5 - 3].figures = [{ name: 'MINUTES', default: String(n) }]; }); }, /figure MINUTES has two defaults/],
  ['tokens signed in two contexts', (m) => { m.contexts.push({ name: 'other', indexes: [], publishes: [] }); m.functions.push({ ...m.functions[1], name: 'x', context: 'other', signs: true }); m.functions[0].signs = true; }, /orders and other sign tokens/],
  ['a publisher of SMS', (m) => { Object.assign(m.functions[1], { trigger: { kind: 'direct' }, publishes: true, sends: ['sms'] }); }, /cannot be kept from topics/],
  ['too large a batch', (m) => { m.functions[1].trigger.batch_size = 11; }, /batch_size: expected a whole number from 1 to 10, got 11/],
  ['a relative path', (m) => { m.functions[0].trigger.path = 'v1/orders'; }, /trigger\.path/],
  ['an unknown context', (m) => { m.functions[0].context = 'ordres'; }, /place-order belongs to an unknown context "ordres"/],
  ['an event nobody publishes', (m) => { m.contexts[0].publishes = []; }, /count-orders consumes orders\.order-placed\.v1, which no context publishes/],
  ['a publisher that is no relay', (m) => { m.functions[0].publishes = true; }, /place-order publishes/],
  ['a function declared twice', (m) => { m.functions.push(m.functions[0]); }, /function place-order is declared twice/],
  ['a route declared twice', (m) => { m.functions.push({ ...m.functions[0], name: 'again' }); }, /route POST \/v1\/orders is declared twice/],
];

for (const [what, change, message] of REFUSED) {
  test(`${what} is refused`, () => {
    const manifest = sample();
    change(manifest);
    assert.throws(() => parseManifest(manifest), message);
  });
}
