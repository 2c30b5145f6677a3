// A setting that would silently do nothing, or something else, is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { story } from './story.ts';
import { only, Synthesis, text } from './synthesis.ts';

const variablesOf = (settings: Record<string, string>, name: string) =>
  only(new Synthesis(story, settings).deployed().filter(({ declared }) => declared.name === name), name).variables;

test('business figures, partners and the first admin are what the settings say', () => {
  assert.equal(variablesOf({ 'figures.UNPAID_MINUTES': '20' }, 'expire-order').UNPAID_MINUTES, '20');
  assert.equal(variablesOf({ 'partners.stripe': 'http://127.0.0.1:8788' }, 'start-payment').PARTNER_STRIPE, 'http://127.0.0.1:8788');
  for (const name of ['register-account', 'verify-contact']) {
    assert.equal(variablesOf({ 'first-admin': 'maria@shop.example' }, name).FIRST_ADMIN, 'maria@shop.example');
  }
});

test('letters name the API where it answers, unless they are told otherwise', () => {
  const own = { issuer: 'https://api.shop.example' };
  assert.equal(variablesOf(own, 'send-email').API_URL, 'https://api.shop.example');
  assert.equal(text(variablesOf({}, 'send-email').API_URL), new Synthesis(story).issuer);
  const told = { ...own, 'figures.API_URL': 'https://mail.shop.example' };
  assert.equal(variablesOf(told, 'send-email').API_URL, 'https://mail.shop.example');
});

test('e-mails are sent in the name of the address\' domain, or of the identity that is named', () => {
  for (const [settings, identity] of [
    [{ 'mail-from': 'shop@shop.example' }, 'identity/shop.example'],
    [{ 'mail-from': 'Shop <shop@shop.example>' }, 'identity/shop.example'],
    [{ 'mail-from': 'Shop <shop@shop.example>', 'mail-identity': 'shop@shop.example' }, 'identity/shop@shop.example'],
  ] as const) {
    const template = JSON.stringify(new Synthesis(story, settings).templates.get('yarmarka-notifications'));
    assert.ok(template.includes(`:${identity}"`), identity);
  }
});

const REFUSED: [string, Record<string, string>, RegExp][] = [
  ['a figure that no function has', { 'figures.UNPAID_MINUTS': '20' }, /setting figures\.UNPAID_MINUTS: nothing has this name/],
  ['an unknown partner', { 'partners.strip': 'https://api.stripe.com' }, /setting partners\.strip: nothing/],
  ['no sender although e-mails are sent', { 'mail-from': '' }, /setting mail-from is missing/],
  ['a sender that is no address', { 'mail-from': 'shop' }, /setting mail-from: expected/],
  ['a first admin that is no address', { 'first-admin': 'maria' }, /setting first-admin/],
  ['an issuer with a slash at its end', { issuer: 'https://issuer.example/' }, /setting issuer/],
  ['one signing key only', { 'signing-keys': '1' }, /setting signing-keys/],
  ['the same signing key twice', { 'signing-keys': '1,1' }, /setting signing-keys: expected different names/],
  ['a restored table that is no stream', { 'restored.orders': 'yarmarka-orders-2' }, /setting restored\.orders: expected/],
  ['a restored table of an unknown context',
    { 'restored.ordres': 'arn:aws:dynamodb:eu-central-1:123456789012:table/x/stream/2026-01-31T12:00:00.000' }, /setting restored\.ordres: nothing/],
  ['an unknown architecture', { architecture: 'sparc' }, /setting architecture: expected x86_64 or arm64/],
  ['an API id that is none', { 'api-id': 'abc' }, /setting api-id/],
  ['too long a prefix', { prefix: 'a'.repeat(25) }, /setting prefix/],
];

for (const [what, settings, message] of REFUSED) {
  test(`${what} is refused`, () => {
    assert.throws(() => new Synthesis(story, settings), message);
  });
}

test('an epoch of an unknown context, or that is no number, is refused', () => {
  const withEpochs = (epochs: object) => new Synthesis(story, { epochs } as unknown as Record<string, string>);
  assert.throws(() => withEpochs({ ordres: 2 }), /setting epochs\.ordres: nothing has this name/);
  assert.throws(() => withEpochs({ orders: 0 }), /setting epochs\.orders: expected a whole number from 1/);
  const { variables } = only(withEpochs({ orders: 2 }).deployed().filter(({ declared }) => declared.name === 'get-order'), 'get-order');
  assert.equal(variables.EPOCH, '2');
});
