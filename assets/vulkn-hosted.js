/* The hosted chat page: the widget's own panel, as a page of its own. */
import { mount, newId, paint, pickLanguage, textsIn } from './vulkn-panel.js';

const element = (id) => document.getElementById(id);
const config = JSON.parse(element('vulkn-config').textContent);
const base = new URL('.', import.meta.url).href.slice(0, -1);
const root = document.documentElement;
const lang = pickLanguage([new URLSearchParams(location.search).get('lang'), ...navigator.languages], config);

function track(type) {
  const event = { type, id: newId(), page: location.origin + location.pathname };
  const body = new Blob([JSON.stringify({ events: [event] })], { type: 'text/plain' });
  navigator.sendBeacon(`${base}/api/widget/${encodeURIComponent(config.slug)}/events`, body);
}

/** A phone's keyboard covers the page instead of shrinking it: keep to the part that is seen. */
function fit() {
  root.style.setProperty('--height', `${visualViewport.height}px`);
  scrollTo(0, 0);
}

root.lang = lang;
paint(root, config.branding?.color);
document.querySelector('meta[name=theme-color]').content = root.style.getPropertyValue('--accent');

if (config.live === false) {
  element('chat').textContent = textsIn(lang).closed;
  element('chat').className = 'closed';
} else {
  window.visualViewport?.addEventListener('resize', fit);
  mount({ root: element('chat'), base, slug: config.slug, config, lang, mode: 'page', track }).open();
  track('impression');
  track('open');
}
