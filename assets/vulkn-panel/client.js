/* What travels, and what one browser remembers of it. */

const QUIET_LIMIT = 45_000; // without a byte: the connection is dead
const ANSWER_LIMIT = 20_000;
const STALE = 24 * 3600_000; // an unsent message no longer says what its writer means

/** Falls back to the page's own memory. No cookie is ever written. */
export function createMemory(slug) {
  const key = `vulkn:${slug}`;
  let copy = {};

  function read() {
    try {
      return JSON.parse(localStorage.getItem(key)) || copy;
    } catch {
      return copy;
    }
  }

  function write(change) {
    copy = { ...read(), ...change };
    try {
      localStorage.setItem(key, JSON.stringify(copy));
    } catch { /* the copy serves */ }
  }

  const pending = () => (read().pending || []).filter(({ created_at: at }) => Date.now() - Date.parse(at) < STALE);

  return {
    token: () => read().token,
    keepToken: (token) => write({ token }),
    /** Unless another tab has already replaced it. */
    dropToken: (token) => read().token === token && write({ token: null }),
    pending,
    keep: (item) => write({ pending: [...pending().filter((other) => other.id !== item.id), item].slice(-20) }),
    drop: (id) => write({ pending: pending().filter((item) => item.id !== id) }),
  };
}

/** `crypto.randomUUID` is absent on plain http pages. */
export const newId = () => '10000000-1000-4000-8000-100000000000'.replace(/[018]/g,
  (c) => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));

class Refused extends Error {
  constructor({ status, headers }, body) {
    super(body?.error?.message || status);
    this.status = status;
    this.retryAfter = Number(headers.get('retry-after')) || 0;
  }
}

/** Server-sent events; throws if the stream breaks or falls silent. */
async function* events(response, controller) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  let quiet;
  try {
    for (;;) {
      quiet = setTimeout(() => controller.abort(), QUIET_LIMIT);
      const { value, done } = await reader.read();
      clearTimeout(quiet);
      if (done) return;
      const frames = (buffer + value).split(/\r?\n\r?\n/);
      buffer = frames.pop();
      for (const frame of frames) {
        const event = parse(frame);
        if (event) yield event;
      }
    }
  } finally {
    clearTimeout(quiet);
    controller.abort();
  }
}

function parse(frame) {
  const fields = { event: 'message', data: '' };
  for (const line of frame.split(/\r?\n/)) {
    const [, name, value] = /^(event|id|data): ?(.*)$/s.exec(line) || [];
    if (name) fields[name] = name === 'data' ? `${fields.data}${value}\n` : value;
  }
  return fields.data && { ...fields, data: JSON.parse(fields.data) };
}

export function createClient({ base, slug, lang, memory, onNewSession }) {
  let session = null;

  async function call(path, { token, body, lastEventId, controller = new AbortController() }) {
    const headers = {};
    if (token) headers.authorization = `Bearer ${token}`;
    if (body) headers['content-type'] = 'application/json';
    if (lastEventId) headers['last-event-id'] = lastEventId;
    const slow = setTimeout(() => controller.abort(), ANSWER_LIMIT);
    try {
      const response = await fetch(`${base}/api/widget/${encodeURIComponent(slug)}/${path}`, {
        method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body), credentials: 'omit', cache: 'no-store', signal: controller.signal,
      });
      if (response.ok) return response;
      throw new Refused(response, await response.json().catch(() => null));
    } finally {
      clearTimeout(slow);
    }
  }

  async function openSession() {
    const token = memory.token() || undefined;
    const body = { visitor_token: token, locale: lang, page: location.origin + location.pathname };
    const answer = await call('sessions', { body }).catch((error) => {
      if (!token || error.status !== 401) throw error;
      memory.dropToken(token);
      return call('sessions', { body: { ...body, visitor_token: undefined } });
    });
    const opened = await answer.json();
    memory.keepToken(opened.visitor_token);
    return opened;
  }

  /** The session, opened at the first call; after a failure the next call tries again. */
  function start() {
    session ||= openSession().catch((error) => {
      session = null;
      throw error;
    });
    return session;
  }

  /** A refused token is dropped and replaced by a new session, once. */
  async function asVisitor(path, options) {
    const used = start();
    const { visitor_token: token } = await used;
    try {
      return await call(path, { ...options, token });
    } catch (error) {
      if (error.status !== 401) throw error;
    }
    if (session === used) {
      memory.dropToken(token);
      session = null;
      onNewSession(await start());
    }
    return call(path, { ...options, token: (await start()).visitor_token });
  }

  return {
    start,

    /** The same id again replays the first answer. */
    async* say({ id, text }) {
      const controller = new AbortController();
      yield* events(await asVisitor('messages', { body: { id, text }, controller }), controller);
    },

    async history(after) {
      const answer = await asVisitor(`messages${after ? `?after=${encodeURIComponent(after)}` : ''}`);
      return (await answer.json()).messages;
    },

    /** What a person does here. */
    async* live(lastEventId, controller) {
      yield* events(await asVisitor('stream', { lastEventId, controller }), controller);
    },

    rate: (messageId, rating) => asVisitor('feedback', { body: { message_id: messageId, rating } }),

    whatsapp: async () => (await (await asVisitor('whatsapp-link', { body: {} })).json()).url,
  };
}
