/* A message as a row. What people or models wrote enters the page as text nodes only. */

/** Functions are listeners; null, undefined and false are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value != null && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

export function icon(path) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const stroke = document.createElementNS(svg.namespaceURI, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  stroke.setAttribute('d', path);
  svg.append(stroke);
  return svg;
}

/** http and https only; else null. */
export function safeUrl(address, base) {
  try {
    const url = new URL(address, base);
    return /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

const INLINE = /\*\*(?=\S)(.{1,600}?)\*\*|\[([^\]\n]{1,300})\]\((\S{1,2000}?)\)|(https?:\/\/[^\s<>"']{1,2000})/g;
const ITEM = /^\s{0,6}(?:[-*•]|(\d{1,3})[.)])\s+(.*)/;

const link = (url, words) => h('a', { href: url, target: '_blank', rel: 'noopener noreferrer nofollow' }, words);

function inline(text) {
  const parts = [];
  let from = 0;
  for (const { 0: whole, 1: bold, 2: words, 3: address, 4: bare, index } of text.matchAll(INLINE)) {
    // The full stop after a bare address is not part of it.
    const target = address || bare?.replace(/[.,;:!?)\]*]+$/, '');
    const url = target && safeUrl(target);
    parts.push(text.slice(from, index));
    if (bold) parts.push(h('strong', {}, ...inline(bold)));
    else parts.push(url ? link(url, words || target) : whole);
    from = index + (bare ? target : whole).length;
  }
  return [...parts, text.slice(from)];
}

/** The part of Markdown that answers use: paragraphs, lists, bold, links. */
export function render(box, text) {
  const blocks = [];
  let open = null;
  const start = (tag, attributes) => blocks.push(open = h(tag, { dir: 'auto', ...attributes }));
  for (const line of text.split('\n')) {
    const [, number, item] = ITEM.exec(line) || [];
    const [, heading] = /^#{1,6}\s+(.*)/.exec(line) || [];
    if (item) {
      if (open?.tagName !== (number ? 'OL' : 'UL')) start(number ? 'ol' : 'ul', { start: number });
      open.append(h('li', {}, ...inline(item))); // no dir of its own: the list finds its direction in its items
    } else if (!line.trim()) open = open?.tagName === 'OL' ? open : null;
    else {
      if (open?.tagName !== 'P' || heading) start('p');
      else open.append(h('br'));
      open.append(...inline(heading ? `**${heading}**` : line));
      if (heading) open = null;
    }
  }
  box.replaceChildren(...blocks);
}

function clock(createdAt, lang) {
  const at = new Date(createdAt || Date.now());
  if (Number.isNaN(at.getTime())) return null;
  const time = { hour: 'numeric', minute: '2-digit' };
  const today = at.toDateString() === new Date().toDateString();
  return h('time', {}, at.toLocaleString(lang, today ? time : { day: 'numeric', month: 'short', ...time }));
}

/** One source is a line; several fold away. */
function sourcesOf(sources, texts) {
  const titles = [...new Set(sources?.map((source) => source.title).filter(Boolean))];
  if (titles.length < 2) return titles[0] && h('p', { class: 'source', dir: 'auto' }, `${texts.source}: ${titles[0]}`);
  return h('details', { class: 'source' }, h('summary', {}, `${texts.sources} (${titles.length})`),
    h('ul', { dir: 'auto' }, ...titles.map((title) => h('li', {}, title))));
}

const THUMB = 'M7 10.5v9.5H4v-9.5zM7 10.5l4-7.5a2.2 2.2 0 0 1 2.2 2.2V9h5.3a2 2 0 0 1 2 2.3l-1.2 7A2 2 0 0 1 17.3 20H7';

function thumbs({ id, rating }, { texts, rate, announce }) {
  const press = (chosen) => buttons.forEach((button) => button.setAttribute('aria-pressed', button === chosen));
  const buttons = ['good', 'bad'].map((kind) => h('button', {
    type: 'button', class: `thumb ${kind}`, 'aria-label': texts[kind], title: texts[kind], 'aria-pressed': String(rating === (kind === 'good' ? 1 : -1)),
    onclick: async ({ currentTarget }) => {
      const before = buttons.find((button) => button.getAttribute('aria-pressed') === 'true');
      press(currentTarget);
      await rate(id, kind === 'good' ? 'up' : 'down').then(() => announce(texts.thanks), () => press(before));
    },
  }, icon(THUMB)));
  return buttons;
}

/** Undefined `created_at`: no time; null: now. */
export function createRow(message, context) {
  const { sender, text, id } = message;
  if (sender === 'system') return h('p', { class: 'system', dir: 'auto' }, text);
  const { texts, names, lang } = context;
  const bubble = h('div', { class: 'bubble', lang: message.language });
  if (sender === 'visitor') bubble.append(...text.split('\n').map((line) => h('p', { dir: 'auto' }, line)));
  else render(bubble, text);
  return h('div', { class: `row ${sender}` },
    sender === 'human' && h('span', { class: 'by', 'aria-hidden': 'true' }, names.human),
    h('span', { class: 'sr' }, `${names[sender]}: `), bubble, sourcesOf(message.sources, texts),
    // Not live: a screen reader hears the message, not its buttons.
    h('div', { class: 'meta', 'aria-live': 'off' }, message.created_at !== undefined && clock(message.created_at, lang),
      ...(sender === 'agent' && id ? thumbs(message, context) : [])));
}
