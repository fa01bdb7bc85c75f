/* The hosted chat page: the widget's own panel, as a page of its own. */
import { mount, newId, paint } from './vulkn-panel.js';

const element = (id) => document.getElementById(id);
const config = JSON.parse(element('vulkn-config').textContent);
const base = new URL('.', import.meta.url).href.slice(0, -1);
const root = document.documentElement;
const CLOSED = {
  es: ['Este chat aún no está abierto.', 'Vuelve pronto: aquí te responderemos al momento.'],
  en: ['This chat is not open yet.', 'Come back soon: here you will get an answer at once.'],
};

/** The first wish that the business speaks too: `?lang=`, the browser's languages, the business's own. */
function pickLanguage() {
  const known = config.languages.filter((tag) => tag in CLOSED);
  const wishes = [new URLSearchParams(location.search).get('lang') || '', ...navigator.languages, config.default_language];
  return wishes.map((tag) => tag.toLowerCase().split('-')[0]).find((tag) => known.includes(tag)) || 'es';
}

function track(type, id = newId()) {
  const event = { type, id, page: location.origin + location.pathname };
  const body = new Blob([JSON.stringify({ events: [event] })], { type: 'text/plain' });
  navigator.sendBeacon(`${base}/api/widget/${encodeURIComponent(config.slug)}/events`, body);
}

/** A phone's keyboard covers the page instead of shrinking it: keep to the part that is seen. */
function fit() {
  root.style.setProperty('--height', `${visualViewport.height}px`);
  scrollTo(0, 0);
}

const lang = pickLanguage();
root.lang = lang;
paint(root, config.branding?.color);
document.querySelector('meta[name=theme-color]').content = root.style.getPropertyValue('--accent');

if (config.live === false) {
  element('chat').append(...CLOSED[lang].map((words) => Object.assign(document.createElement('p'), { textContent: words })));
  document.body.className = 'closed';
} else {
  window.visualViewport?.addEventListener('resize', fit);
  mount({ root: element('chat'), base, slug: config.slug, config, lang, mode: 'page', track }).open();
  track('impression');
  track('open');
}
