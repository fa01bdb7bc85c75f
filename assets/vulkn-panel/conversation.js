/* The conversation as this tab knows it: what was shown, what waits, who answers. One message travels at a time,
   under an id that never changes, so a retry can never make a second one. */

import { newId } from './client.js';

const PAUSES = [600, 1500, 4000];
const LONGEST_WAIT = 20; // seconds that a Retry-After may ask of a visitor without a word
const TYPING_LASTS = 8000;

const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));
const isFinal = ({ status }) => status >= 400 && status < 500 && ![408, 425, 429].includes(status);

export function createConversation({ client, memory, view, texts, emit, track, tabs, greeting, suggestions }) {
  const shown = new Set();
  const queue = [];
  let sending = false;
  let human = false;
  let spoke = false;
  let lastId = null;
  let typingEnds = 0;

  /** Shows a message unless it is there already, by whatever road it came. */
  function show(message) {
    if (shown.has(message.id)) return false;
    shown.add(message.id);
    if (message.sender === 'human') setHuman(true, texts.handoff);
    view.add(message);
    if (message.sender === 'visitor') {
      spoke = true;
      view.suggest([]);
    }
    return true;
  }

  function setHuman(now, words) {
    if (now && !human && words) view.add({ sender: 'system', text: words });
    human = now;
    view.setHuman(now);
  }

  function received(message) {
    // Our own message, come back by another road before its posting was acknowledged.
    if (message.sender === 'visitor' && sending && !queue[0]?.messageId) return;
    lastId = message.id || lastId;
    if (show(message)) emit('message', message);
  }

  /** Draws what the server knows, then what it does not know yet. */
  function adopt({ messages }) {
    shown.clear();
    spoke = false;
    lastId = messages.at(-1)?.id;
    view.redraw(() => {
      setHuman(false);
      if (greeting) view.add({ sender: 'agent', text: greeting });
      messages.forEach(show);
      for (const item of memory.pending()) {
        if (isAnswered(item, messages)) memory.drop(item.id);
        else present(item);
      }
      if (!spoke) view.suggest(suggestions);
    });
  }

  function isAnswered(item, messages) {
    const place = messages.findIndex(({ id }) => id === item.id || id === item.messageId);
    return place >= 0 && messages.slice(place).some(({ sender }) => sender === 'agent' || sender === 'human');
  }

  /** A message not yet answered: its bubble, and its place in the queue. */
  function present(item) {
    if (!shown.has(item.messageId)) show({ ...item, sender: 'visitor' });
    if (!queue.some(({ id }) => id === item.id)) queue.push(item);
  }

  async function deliver(item) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await exchange(item);
      } catch (error) {
        const hopeless = error.said || isFinal(error) || error.retryAfter > LONGEST_WAIT;
        if (hopeless || attempt === PAUSES.length || !navigator.onLine) throw error;
        await pause(Math.max(PAUSES[attempt], error.retryAfter * 1000 || 0));
      }
    }
  }

  /** One posting of one message, to its end. Throws when the stream ends before the answer does. */
  async function exchange(item) {
    let text = '';
    let over = false;
    view.trouble(item);
    view.typing('agent');
    for await (const { event, data } of client.say(item)) {
      if (event === 'accepted') accepted(item, data.message_id);
      else if (event === 'delta') view.showDraft(text += data.text);
      else if (event === 'message') answered({ ...data, sender: 'agent', created_at: null });
      else if (event === 'handoff') setHuman(true, data.message || texts.handoff);
      else if (event === 'error') throw Object.assign(new Error(data.message || texts.noAnswer), { said: true });
      over ||= ['message', 'handoff', 'done'].includes(event);
    }
    if (!over) throw new Error('the stream ended before the answer');
  }

  function accepted(item, messageId) {
    const { first, messageId: before } = item;
    Object.assign(item, { messageId, first: false });
    lastId = messageId;
    // Stored by an earlier posting that never heard back, and shown since as history: once is enough.
    if (!before && shown.has(messageId)) view.remove(item.id);
    shown.add(messageId);
    memory.keep(item);
    if (!before) tabs.postMessage({ id: messageId, sender: 'visitor', text: item.text, created_at: item.created_at });
    if (!first) return;
    track('conversation_started');
    emit('conversation_started');
  }

  function answered(message) {
    view.dropDraft();
    received(message);
    tabs.postMessage(message);
  }

  /** Sends what waits, oldest first. Off line it stays where it is, in the queue and in memory. */
  async function flush() {
    if (sending) return;
    sending = true;
    while (queue.length && navigator.onLine) {
      const item = queue[0];
      try {
        await deliver(item);
        memory.drop(item.id);
        queue.shift();
      } catch (error) {
        if (!navigator.onLine) break;
        queue.shift();
        failed(item, error);
      } finally {
        view.dropDraft();
      }
    }
    sending = false;
    queue.forEach((item) => view.trouble(item, texts.offline));
  }

  function failed(item, error) {
    const byStatus = { 409: texts.unavailable, 429: texts.busy }[error.status] || (isFinal(error) && texts.refused);
    const words = error.said ? error.message : byStatus || (item.messageId ? texts.noAnswer : texts.failed);
    if (isFinal(error)) memory.drop(item.id);
    emit('error', words);
    view.trouble(item, words, () => {
      queue.push(item);
      flush();
    });
  }

  /** The dots of a person: they go by themselves if the word that they stopped never comes. */
  function personTypes(on) {
    clearTimeout(typingEnds);
    if (sending) return;
    view.dropDraft();
    if (!on) return;
    view.typing('human');
    typingEnds = setTimeout(() => personTypes(false), TYPING_LASTS);
  }

  return {
    adopt, flush, received,
    get lastId() { return lastId; },

    async catchUp() {
      (await client.history(lastId)).forEach(received);
    },

    say(text) {
      const item = { id: newId(), text: text.toWellFormed?.() ?? text, created_at: new Date().toISOString(), first: !spoke };
      memory.keep(item);
      present(item);
      flush();
    },

    /** Events of the live stream: a person writes, or takes the conversation over, or gives it back. */
    heard({ event, data }) {
      if (event === 'message') {
        personTypes(false);
        received({ sender: 'human', ...data });
      } else if (event === 'typing') personTypes(data.on ?? true);
      else if (event === 'handoff') setHuman(true, texts.handoff);
      else if (event === 'state') setHuman(data.status === 'human', texts.handoff);
    },
  };
}
