// docs/operations.md knows every alarm and every setting, and its links lead somewhere.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { syntheses } from './default.ts';

const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const rows = [...operations.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => String(name));

test('what to do is written for every alarm, and for none that there is not', () => {
  const documented = rows.filter((name) => name.startsWith('…')).map((name) => name.slice(1));
  const alarms = syntheses.flatMap(({ synthesis }) =>
    synthesis.all('AWS::CloudWatch::Alarm').map(({ properties }) => properties.AlarmName as string));
  for (const name of alarms) {
    assert.ok(documented.some((ending) => name.endsWith(ending)), name);
  }
  for (const ending of documented) {
    assert.ok(alarms.some((name) => name.endsWith(ending)), ending);
  }
});

test('every setting is described, and none that there is not', () => {
  const source = readFileSync(new URL('../lib/settings.ts', import.meta.url), 'utf8');
  const read = [...source.matchAll(/(text|oneOf|group|tryGetContext)\((?:node, )?'([a-z-]+)'/g)].map(([, , name]) => name);
  const documented = rows.filter((name) => !name.startsWith('…')).map((name) => name.replace(/\.[A-Z]+$/, ''));
  assert.deepEqual(documented.sort(), read.sort());
});

test('links within it lead to its headings', () => {
  const headings = [...operations.matchAll(/^##+ (.*)$/gm)].map(([, title]) =>
    String(title).toLowerCase().replaceAll(' ', '-').replaceAll(/[^a-z-]/g, ''));
  for (const [, anchor] of operations.matchAll(/\]\(#([^)]*)\)/g)) {
    assert.ok(headings.includes(String(anchor)), anchor);
  }
});
