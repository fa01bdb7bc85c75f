/* VULKN chat launcher. The panel itself (vulkn-panel.js) is fetched when it is likely to be needed. */
(() => {
  const INSTALLED = Symbol.for('vulkn.widget');
  const script = document.currentScript || document.querySelector('script[data-org][src*="vulkn-widget.js"]');
  if (!script || window[INSTALLED]) return;
  const slug = script.dataset.org;
  if (!slug) return console.warn('VULKN: the script tag needs data-org="your-organization"');
  window[INSTALLED] = true;

  const base = new URL('.', script.src).href.slice(0, -1);
  const api = `${base}/api/widget/${encodeURIComponent(slug)}`;
  const LABELS = {
    es: { open: 'Abrir el chat', close: 'Cerrar el chat' },
    en: { open: 'Open the chat', close: 'Close the chat' },
  };
  const CSS = `
    :host{all:initial!important;position:fixed!important;z-index:2147483000!important;width:0!important;height:0!important}
    @media print{:host{display:none!important}}
    .launcher{position:fixed;bottom:calc(20px + env(safe-area-inset-bottom));width:60px;height:60px;padding:0;border:0;border-radius:50%;
      display:grid;place-items:center;cursor:pointer;background:var(--accent);color:var(--on-accent);-webkit-tap-highlight-color:transparent;
      box-shadow:0 8px 28px rgb(20 20 43/.28)}
    .right{right:calc(20px + env(safe-area-inset-right))}.left{left:calc(20px + env(safe-area-inset-left))}
    .launcher:focus-visible{outline:3px solid var(--on-accent);outline-offset:-6px}
    svg{width:28px;height:28px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
    .badge{position:absolute;top:-3px;right:-3px;min-width:22px;height:22px;box-sizing:border-box;padding:0 6px;border:2px solid #fff;border-radius:11px;
      background:#c8301f;color:#fff;font:600 12px/18px system-ui,sans-serif;text-align:center}
    .badge[hidden]{display:none}
    @media (max-width:480px){.launcher[aria-expanded=true]{display:none}}
    @media (prefers-reduced-motion:no-preference){.launcher{transition:transform .16s ease}.launcher:hover{transform:scale(1.06)}}
    @media (forced-colors:active){.launcher{border:2px solid}}`;

  const listeners = {};
  const emit = (name, detail) => listeners[name]?.forEach((fn) => {
    try { fn(detail); } catch (error) { console.error(error); }
  });
  // Without the query: a reset token is none of our business.
  const page = () => location.origin + location.pathname;
  // randomUUID is absent on plain http pages.
  const uuid = () => '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
  // Outlives the page. What is told twice under one id counts once.
  const track = (type, id = uuid()) => navigator.sendBeacon?.(`${api}/events`,
    new Blob([JSON.stringify({ events: [{ type, id, page: page() }] })], { type: 'text/plain' }));
  const kept = (name, value) => {
    try {
      if (value === undefined) return JSON.parse(sessionStorage.getItem(`vulkn:${slug}:${name}`));
      sessionStorage.setItem(`vulkn:${slug}:${name}`, JSON.stringify(value));
    } catch { /* storage is denied */ }
  };

  const host = document.createElement('vulkn-chat');
  let launcher, badge, labels, config, lang, panel, loading, returnTo, unread = 0, tries = 0, opened = 0, gone = 0;

  const icon = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const stroke = document.createElementNS(icon.namespaceURI, 'path');
  const TALK = 'M21 11.5a8.4 8.4 0 0 1-8.5 8.2 9 9 0 0 1-3.6-.8L3.5 20.5l1.5-4.6a7.9 7.9 0 0 1-1-4.4 8.4 8.4 0 0 1 8.5-8.2 8.4 8.4 0 0 1 8.5 8.2zM8.5 11.5h.01M12.5 11.5h.01M16.5 11.5h.01';
  const FOLD = 'M6 9.5l6 6 6-6';

  // White where it reads well (4.5:1), otherwise black.
  function paintColours(colour) {
    const hex = /^#[0-9a-f]{6}$/i.test(colour) ? colour : '#5b5bd6';
    const [r, g, b] = [1, 3, 5].map((i) => (parseInt(hex.slice(i, i + 2), 16) / 255) ** 2.2);
    host.style.setProperty('--accent', hex);
    host.style.setProperty('--on-accent', 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.18 ? '#fff' : '#000');
  }

  function showState() {
    const open = Boolean(panel?.isOpen);
    if (open) unread = 0;
    stroke.setAttribute('d', open ? FOLD : TALK);
    badge.hidden = !unread;
    badge.textContent = unread > 9 ? '9+' : unread;
    launcher.setAttribute('aria-expanded', open);
    launcher.setAttribute('aria-label', open ? labels.close : labels.open + (unread ? ` (${unread})` : ''));
  }

  function paintLauncher() {
    const root = host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [sheet];
    paintColours(config.branding?.color);
    launcher = document.createElement('button');
    launcher.type = 'button';
    launcher.className = `launcher ${config.branding?.position === 'left' ? 'left' : 'right'}`;
    launcher.setAttribute('aria-haspopup', 'dialog');
    badge = document.createElement('span');
    badge.className = 'badge';
    icon.setAttribute('viewBox', '0 0 24 24');
    icon.append(stroke);
    launcher.append(icon, badge);
    launcher.addEventListener('click', () => (panel?.isOpen ? vulkn.close() : vulkn.open().catch(console.error)));
    launcher.addEventListener('pointerenter', () => load().catch(() => {}), { once: true });
    showState();
    root.append(launcher);
  }

  /** The mounted panel. A failed download is tried afresh at the next call. */
  const load = () => loading ||= import(`${base}/vulkn-panel.js${tries++ ? `?retry=${tries}` : ''}`).then((module) => {
    if (gone) return;
    panel = module.mount({
      root: host.shadowRoot, base, slug, config, lang, emit, track,
      onClose: () => vulkn.close(),
      onUnread: () => { unread += 1; showState(); emit('unread', unread); },
    });
  }).catch((error) => { loading = null; throw error; });

  const stay = new MutationObserver(attach);
  function attach() {
    if (gone || !document.body || host.parentNode === document.body) return;
    document.body.append(host);
    stay.disconnect();
    stay.observe(document.documentElement, { childList: true });
    stay.observe(document.body, { childList: true });
  }

  const short = (tag) => String(tag || '').toLowerCase().split('-')[0];
  function pickLanguage() {
    const known = (config.languages || []).filter((tag) => LABELS[tag]);
    const wishes = [script.dataset.lang, document.documentElement.lang, ...(navigator.languages || []), config.default_language];
    return wishes.map(short).find((tag) => known.includes(tag)) || known[0] || 'es';
  }

  async function readConfig(attempt = 0) {
    const answer = await fetch(`${api}/config`, { credentials: 'omit' }).catch(() => null);
    if (answer?.ok) return answer.json().catch(() => null);
    if (answer && answer.status < 500 && answer.status !== 429) {
      console.warn(`VULKN: no chat for "${slug}" on ${location.origin} (${answer.status})`);
      return null;
    }
    if (attempt === 3) return null;
    await new Promise((wake) => setTimeout(wake, 1000 * 3 ** attempt));
    return readConfig(attempt + 1);
  }

  const ready = (async () => {
    // A page that the browser prepares is not seen by anybody yet.
    if (document.prerendering) await new Promise((go) => document.addEventListener('prerenderingchange', go, { once: true }));
    if (document.readyState === 'loading') await new Promise((go) => document.addEventListener('DOMContentLoaded', go, { once: true }));
    config = await readConfig();
    if (gone || !config || config.live === false) return false;
    lang = pickLanguage();
    labels = LABELS[lang];
    host.lang = lang;
    host.dir = 'ltr';
    paintLauncher();
    attach();
    track('impression');
    let seen = page();
    window.navigation?.addEventListener('navigatesuccess', () => {
      if (!gone && page() !== seen) { seen = page(); track('impression'); }
    });
    emit('ready');
    // On a phone the panel covers the page, so it stays shut after a navigation.
    if (kept('open') && matchMedia('(min-width:481px)').matches) show({ restored: true }).catch(console.error);
    else if (!navigator.connection?.saveData) (window.requestIdleCallback || ((fn) => setTimeout(fn, 2500)))(() => load().catch(() => {}));
    return true;
  })();

  async function show({ restored = false } = {}) {
    await load();
    if (gone || panel.isOpen) return;
    returnTo = host.shadowRoot.activeElement || document.activeElement;
    panel.open({ focus: !restored });
    kept('open', true);
    showState();
    if (!restored && !opened++) track('open');
    emit('open');
  }

  const vulkn = {
    open: async () => { if (await ready) await show(); },
    close() {
      if (!panel?.isOpen) return;
      const held = host.shadowRoot.activeElement;
      panel.close();
      kept('open', false);
      showState();
      if (held) (returnTo?.isConnected && returnTo !== document.body && returnTo !== host ? returnTo : launcher).focus();
      emit('close');
    },
    toggle: () => (panel?.isOpen ? vulkn.close() : vulkn.open()),
    on(name, fn) {
      (listeners[name] ||= []).push(fn);
      return () => { listeners[name] = listeners[name].filter((other) => other !== fn); };
    },
    identify: ({ name, email } = {}) => kept('visitor', { name, email }),
    get visitor() { return kept('visitor') || null; },
    destroy() {
      gone = true;
      stay.disconnect();
      panel?.destroy();
      host.remove();
      delete window[INSTALLED];
      if (window.vulkn === vulkn) delete window.vulkn;
    },
  };
  window.vulkn = vulkn;
})();
