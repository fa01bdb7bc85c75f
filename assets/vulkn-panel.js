/* The chat panel: what is seen, said, and travels. */
import { createClient, createMemory, newId } from './vulkn-panel/client.js';
import { createConversation } from './vulkn-panel/conversation.js';
import { CSS, paint } from './vulkn-panel/look.js';
import { textsIn } from './vulkn-panel/texts.js';
import { createView } from './vulkn-panel/view.js';

export { newId, paint };

const FIRST_PAUSE = 1000;
const LAST_PAUSE = 30_000;
const phone = matchMedia('(max-width:480px)');
const nothing = () => {};

/** What one tab of this site hears, all show. */
function joinTabs(slug, onMessage) {
  const channel = new BroadcastChannel(`vulkn:${slug}`);
  channel.onmessage = ({ data }) => onMessage(data);
  return channel;
}

/** Keeps Tab inside: on a phone the panel is the page. */
function keepTab(event, panel, shadow) {
  const stops = [...panel.querySelectorAll('button,textarea,a,summary,[tabindex="0"]')].filter((stop) => stop.offsetParent);
  const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (shadow.activeElement !== from && !(event.shiftKey && shadow.activeElement === panel)) return;
  event.preventDefault();
  to.focus();
}

/** A phone's keyboard shrinks what is visible but not the page. */
function followKeyboard(panel) {
  const seen = window.visualViewport;
  if (!seen) return nothing;
  const fit = () => {
    panel.style.setProperty('--height', `${seen.height}px`);
    panel.style.setProperty('--top', `${seen.offsetTop}px`);
    panel.classList.toggle('keyboard', window.innerHeight - seen.height > 140);
  };
  seen.addEventListener('resize', fit);
  seen.addEventListener('scroll', fit);
  return () => ['resize', 'scroll'].forEach((name) => seen.removeEventListener(name, fit));
}

/** Until `controller` says stop, coming back after every break. */
async function listen({ client, controller, lastEventId, onEvent }) {
  let wait = FIRST_PAUSE;
  while (!controller.signal.aborted) {
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    controller.signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const event of client.live(lastEventId, attempt)) {
        lastEventId = event.id || lastEventId;
        wait = FIRST_PAUSE;
        onEvent(event);
      }
    } catch (error) {
      if ([400, 403, 404].includes(error.status)) return;
      wait = Math.max(wait, (error.retryAfter || 0) * 1000);
    } finally {
      controller.signal.removeEventListener('abort', stop);
    }
    if (controller.signal.aborted) return;
    await new Promise((wake) => setTimeout(wake, wait));
    wait = Math.min(wait * 2, LAST_PAUSE);
  }
}

/** Builds the panel, closed: over a site (mode 'float') or as a page of its own ('page'). The session begins at the first
    `open()`. */
export function mount({ root, base, slug, config, lang, mode = 'float', emit = nothing, track = nothing, onClose = nothing, onUnread = nothing }) {
  const shadow = root instanceof ShadowRoot ? root : root.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];

  const floats = mode === 'float';
  const texts = textsIn(lang);
  const memory = createMemory(slug);
  const tabs = joinTabs(slug, (message) => conversation.received(message));
  const client = createClient({ base, slug, lang, memory, onNewSession: (opened) => conversation.adopt(opened) });
  const view = createView({
    shadow, base, config, texts, lang, floats, onClose, ...client, onSend: (text) => conversation.say(text),
  });
  const conversation = createConversation({
    client, memory, view, texts, track, tabs, greeting: config.greeting?.[lang], suggestions: config.suggestions?.[lang] || [],
    emit(name, detail) {
      emit(name, detail);
      if (name === 'message' && detail.sender !== 'visitor' && !isOpen) onUnread();
    },
  });
  const { panel } = view;
  const forgetKeyboard = floats ? followKeyboard(panel) : nothing;
  let isOpen = false;
  let resumed = false;
  let live = null;

  paint(panel, config.branding?.color);
  // A new visitor is greeted before the network has said a word.
  const greeted = !memory.token();
  if (greeted) conversation.adopt({ messages: [] });
  panel.addEventListener('keydown', (event) => {
    if (!floats || event.isComposing) return;
    if (event.key === 'Tab' && phone.matches) keepTab(event, panel, shadow);
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onClose();
  });

  /** Opens or resumes the session, sends what waits, and listens. */
  async function connect() {
    live?.abort();
    const mine = live = new AbortController();
    view.trouble();
    try {
      if (resumed) await conversation.catchUp();
      else {
        const opened = await client.start();
        if (opened.messages.length || !greeted) conversation.adopt(opened);
      }
      resumed = true;
    } catch {
      if (!resumed) return view.trouble(null, texts.unavailable, connect);
    }
    conversation.flush();
    if (!mine.signal.aborted) listen({ client, controller: mine, lastEventId: conversation.lastId, onEvent: conversation.heard });
  }

  function network() {
    view.notice(navigator.onLine ? '' : texts.offline);
    if (navigator.onLine && isOpen) connect();
    else if (navigator.onLine && resumed) conversation.flush();
  }
  addEventListener('online', network);
  addEventListener('offline', network);

  return {
    get isOpen() { return isOpen; },

    open({ focus = true } = {}) {
      isOpen = true;
      panel.hidden = false;
      panel.setAttribute('aria-modal', floats && phone.matches);
      view.toEnd(true);
      if (focus) view.focus();
      network();
    },

    close() {
      isOpen = false;
      panel.hidden = true;
      live?.abort();
    },

    destroy() {
      this.close();
      tabs.onmessage = null;
      forgetKeyboard();
      removeEventListener('online', network);
      removeEventListener('offline', network);
      panel.remove();
    },
  };
}
