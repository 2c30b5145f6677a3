'use strict';
// A customer's phone. What must survive a kill (the session, the keys of requests without an answer) is in localStorage.
const $ = (id) => document.getElementById(id);
const kept = {
  get: (name) => JSON.parse(localStorage.getItem(name) ?? 'null'),
  set: (name, value) => localStorage.setItem(name, JSON.stringify(value)),
};
const PASSWORD = 'correct horse battery staple';
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

function say(text) {
  $('notice').textContent = text;
  $('notice').hidden = !text;
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// The key of a request stays the same until it is answered, so that repeating it after a kill does it once.
function keyOf(what) {
  const keys = kept.get('keys') ?? {};
  keys[what] ??= crypto.randomUUID();
  kept.set('keys', keys);
  return keys[what];
}
function answered(what) {
  const keys = kept.get('keys') ?? {};
  delete keys[what];
  kept.set('keys', keys);
}

// Sends until there is an answer: the process may be killed at any time.
async function send(method, path, { body, key, token } = {}) {
  for (;;) {
    let response;
    try {
      response = await fetch(path, {
        method,
        headers: {
          ...(body && { 'content-type': 'application/json' }),
          ...(key && { 'idempotency-key': key }),
          ...(token && { authorization: `Bearer ${token}` }),
        },
        body: body && JSON.stringify(body),
      });
    } catch {
      say('Nobody answers. Waiting for ./scripts/up …');
      await wait(1000);
      continue;
    }
    if (response.status >= 500) {
      await wait(500);
      continue;
    }
    const text = await response.text();
    const answer = { status: response.status, body: text ? JSON.parse(text) : null };
    say(response.ok || response.status === 401 ? '' : `${answer.body?.title ?? response.status}. ${answer.body?.detail ?? ''}`);
    return answer;
  }
}

async function signedIn(method, path, options = {}) {
  const session = kept.get('session');
  const first = session && await send(method, path, { ...options, token: session.access_token });
  if (first && first.status !== 401) return first;
  const fresh = await signIn();
  return fresh && send(method, path, { ...options, token: fresh.access_token });
}

// Signs in; who is unknown registers and types in the code that the e-mail brings (here the page reads the mailbox).
async function signIn() {
  const email = $('email').value;
  const credentials = { email, password: PASSWORD };
  const open = () => send('POST', '/v1/sessions', { body: { ...credentials, device: 'the page' }, key: crypto.randomUUID() });
  let session = await open();
  if (session.status === 401) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const account = await send('POST', '/v1/accounts', {
      body: { ...credentials, locale: $('locale').value, time_zone: zone }, key: `registering-${email}-at-the-page`,
    });
    if (account.status !== 201) return null;
    for (let tries = 0; tries < 50 && session.status === 401; tries += 1) {
      await wait(200);
      const letters = await send('GET', `/__local/messages?to=${encodeURIComponent(email)}`);
      const code = /\b\d{6}\b/.exec(letters.body[0]?.text ?? '')?.[0];
      if (!code) continue;
      const verified = await send('POST', `/v1/accounts/${account.body.id}/verifications`, { body: { kind: 'email', code } });
      if (verified.status < 300) session = await open();
    }
  }
  if (session.status !== 201) return null;
  kept.set('session', session.body);
  return session.body;
}

const money = ({ amount_minor: minor, currency }) =>
  new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(minor / 100);

let next = null;
async function showProducts(again) {
  if (again) { next = null; $('products').replaceChildren(); }
  const query = new URLSearchParams({ limit: '20', currency: 'GBP' });
  if ($('search').value) query.set('title', $('search').value);
  if (next) query.set('cursor', next);
  const page = await send('GET', `/v1/products?${query}`);
  if (page.status !== 200) return;
  for (const product of page.body.items) {
    const price = product.prices.find(({ currency }) => currency === 'GBP');
    const buy = element('button', { textContent: `${money(price)} +`, ariaLabel: `Put ${product.title} into the cart` });
    buy.onclick = () => change(product.sku, 1);
    $('products').append(element('li', { className: 'row' }, element('span', { textContent: product.title }), buy));
  }
  next = page.body.next ?? null;
  $('more').hidden = !next;
}

let cart = { lines: [] };
async function change(sku, by) {
  const line = cart.lines.find((line) => line.sku === sku);
  await signedIn('PUT', `/v1/cart/lines/${encodeURIComponent(sku)}`, { body: { quantity: Math.max(0, (line?.quantity ?? 0) + by) } });
  await showCart();
}

async function showCart() {
  const answer = await signedIn('GET', '/v1/cart');
  if (answer?.status !== 200) return;
  cart = answer.body;
  $('pieces').textContent = cart.lines.reduce((sum, { quantity }) => sum + quantity, 0) || '';
  $('lines').replaceChildren(...cart.lines.map(({ sku, title, quantity, unit_price }) => {
    const less = element('button', { textContent: '−', ariaLabel: `One ${title} less`, onclick: () => change(sku, -1) });
    const more = element('button', { textContent: '+', ariaLabel: `One ${title} more`, onclick: () => change(sku, 1) });
    const text = element('span', { textContent: `${quantity} × ${title}, ${money(unit_price)}` });
    return element('li', { className: 'row' }, text, element('span', { className: 'actions' }, less, more));
  }));
  $('total').textContent = cart.lines.length ? `${money(cart.total)}, of it ${money(cart.delivery)} for the delivery` : 'Nothing yet.';
}

$('place').onsubmit = async (event) => {
  event.preventDefault();
  if (!cart.lines.length) return say('Put something into the cart first.');
  const body = {
    lines: cart.lines.map(({ sku, quantity }) => ({ sku, quantity })),
    address: { name: $('name').value, street: $('street').value, city: 'London', postcode: 'N1 9GU', country: 'GB' },
    expected_total: cart.total,
  };
  const what = `order ${JSON.stringify(body)}`;
  const placed = await signedIn('POST', '/v1/orders', { body, key: keyOf(what) });
  answered(what);
  if (placed?.status === 201) open('orders');
};

async function command(order, name, body = {}) {
  const what = `${name} ${order}`;
  const answer = await signedIn('POST', `/v1/orders/${order}/${name}`, { body, key: keyOf(what) });
  answered(what);
  return answer;
}

async function pay(order, card) {
  const started = await command(order, 'payments');
  if (started?.status !== 201) return;
  const secret = started.body.client_secret;
  const form = new URLSearchParams({ payment_method: card, client_secret: secret, key: 'pk_test_development' });
  const confirmed = await fetch(`/__sandbox/stripe/v1/payment_intents/${secret.split('_secret')[0]}/confirm`, { method: 'POST', body: form });
  if (!confirmed.ok) say((await confirmed.json()).error.message);
}

const ACTIONS = {
  reserved: [['Pay', (id) => pay(id, 'pm_card_visa')], ['Pay with a bad card', (id) => pay(id, 'pm_card_chargeDeclined')], ['Cancel', (id) => command(id, 'cancel')]],
  paid: [['Cancel', (id) => command(id, 'cancel')]],
  delivered: [['Return all of it', (id) => command(id, 'returns')]],
};

async function showOrders() {
  const page = await signedIn('GET', '/v1/orders?limit=20');
  if (page?.status !== 200) return;
  $('list').replaceChildren(...page.body.items.map(({ id, state, total, placed_at }) => {
    const actions = (ACTIONS[state] ?? []).map(([textContent, act]) =>
      element('button', { textContent, onclick: async () => { await act(id); await showOrders(); } }));
    return element('li', {},
      element('div', { className: 'row' }, element('strong', { textContent: state }), element('span', { textContent: money(total) })),
      element('div', { className: 'small', textContent: `${new Date(placed_at).toLocaleString()} · ${id}` }),
      element('div', { className: 'actions' }, ...actions));
  }));
}

async function showMail() {
  const letters = await send('GET', `/__local/messages?to=${encodeURIComponent($('email').value)}`);
  $('letters').replaceChildren(...letters.body.map(({ subject, html, at }) => {
    const open = element('details', {}, element('summary', { textContent: subject }));
    open.ontoggle = () => open.append(element('iframe', { sandbox: '', title: subject, srcdoc: html }));
    return element('li', {}, open, element('div', { className: 'small', textContent: new Date(at).toLocaleString() }));
  }));
}

const SHOW = { shop: () => {}, cart: showCart, orders: showOrders, mail: showMail };
let tab = 'shop';
function open(name) {
  tab = name;
  for (const button of document.querySelectorAll('nav button')) {
    if (button.dataset.tab === name) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }
  for (const section of document.querySelectorAll('section')) section.hidden = section.id !== name;
  return SHOW[name]();
}
for (const button of document.querySelectorAll('nav button')) button.onclick = () => open(button.dataset.tab);
$('more').onclick = () => showProducts(false);
$('search').oninput = () => { clearTimeout(showProducts.soon); showProducts.soon = setTimeout(() => showProducts(true), 250); };
$('email').value = kept.get('email') ?? $('email').value;
$('email').onchange = () => { kept.set('email', $('email').value); kept.set('session', null); };
showProducts(true);
if (kept.get('session')) showCart();
// Orders move on by themselves.
setInterval(() => { if (tab === 'orders' && !document.hidden) showOrders(); }, 2000);
