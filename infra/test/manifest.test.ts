// A manifest that this app would misread is refused, with the place named.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseManifest, readManifest } from '../lib/manifest.ts';
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

test('the committed manifest and the sample are read', () => {
  assert.ok(readManifest().functions.length > 0);
  assert.equal(parseManifest(sample()).functions[0]?.publishes, false);
});

const REFUSED: [string, (manifest: Json) => void, RegExp][] = [
  ['an unknown field', (m) => { m.functions[0].may_scan = true; }, /manifest\.functions\[0\]\.may_scan: unknown field/],
  ['a missing field', (m) => { delete m.functions[0].timeout_s; }, /functions\[0\]\.timeout_s: expected a whole number .* got nothing/],
  ['an unknown trigger', (m) => { m.functions[0].trigger.kind = 'pigeon'; }, /trigger\.kind: expected http or events or stream, got "pigeon"/],
  ['an unknown right', (m) => { m.functions[0].table = 'all'; }, /functions\[0\]\.table: expected none or read or read-write/],
  ['an unknown setting', (m) => { m.functions[0].reads_settings = ['password']; }, /reads_settings\[0\]: expected issuer or audience/],
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
