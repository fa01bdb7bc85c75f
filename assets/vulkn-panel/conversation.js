/* The conversation as this tab knows it. A message keeps its id, so a retry never makes a second one; the next
   goes once it is accepted. */

import { newId } from './client.js';

const PAUSES = [600, 1500, 4000];
const LONGEST_WAIT = 20; // seconds, without a word
const TYPING_LASTS = 8000;

const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));
const isFinal = ({ status }) => status >= 400 && status < 500 && ![408, 425, 429].includes(status);

export function createConversation({ client, memory, view, texts, emit, track, tabs, greeting, suggestions }) {
  const shown = new Set();
  const queue = [];
  let sending = null; // until it is accepted
  let drawn = null;
  let human = false;
  let unanswered = null; // our own, while nobody said anything after it
  let spoke = false;
  let lastId = null;
  let typingEnds = 0;

  /** Unless it is there already, by whatever road it came. */
  function show(message) {
    if (shown.has(message.id)) return false;
    shown.add(message.id);
    if (message.sender === 'human' && !message.notice) setHuman(true, texts.handoff);
    if (message.sender !== 'system' && !message.notice) unanswered = null;
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
    // Our own, before its posting was acknowledged.
    if (message.sender === 'visitor' && sending) return;
    lastId = message.id || lastId;
    if (show(message)) emit('message', message);
  }

  /** What the server knows, then what it does not. */
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
        else present({ ...item, sent: false });
      }
      if (!spoke) view.suggest(suggestions);
    });
  }

  function isAnswered(item, messages) {
    const place = messages.findIndex(({ id }) => id === item.id || id === item.messageId);
    return place >= 0 && messages.slice(place).some(({ sender }) => sender === 'agent' || sender === 'human');
  }

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

  /** Throws when the stream ends before the answer does. */
  async function exchange(item) {
    let text = '';
    let over = false;
    view.trouble(item);
    view.typing('agent');
    for await (const { event, data } of client.say(item)) {
      if (event === 'accepted') accepted(item, data.message_id);
      else if (event === 'delta') {
        text += data.text;
        if ((drawn ||= item) === item) view.showDraft(text);
      }
      else if (event === 'message') answered({ ...data, sender: 'agent', created_at: null });
      else if (event === 'handoff') setHuman(true, texts.handoff);
      else if (event === 'error') throw Object.assign(new Error(data.message || texts.noAnswer), { said: true });
      over ||= ['message', 'handoff', 'kept', 'done'].includes(event);
    }
    if (!over) throw new Error('the stream ended before the answer');
  }

  function accepted(item, messageId) {
    const { first, messageId: before } = item;
    Object.assign(item, { messageId, first: false });
    lastId = messageId;
    // Stored by an earlier posting, and shown since as history.
    if (!before && shown.has(messageId)) view.remove(item.id);
    shown.add(messageId);
    memory.keep(item);
    if (!before) tabs.postMessage({ id: messageId, sender: 'visitor', text: item.text, created_at: item.created_at });
    if (sending === item) sending = null;
    flush();
    if (!first) return;
    track('conversation_started', item.id); // posted again, it is still the same conversation
    emit('conversation_started');
  }

  function answered(message) {
    view.dropDraft();
    received(message);
    tabs.postMessage(message);
  }

  /** Sends what waits, oldest first. */
  async function flush() {
    const item = queue.find(({ sent }) => !sent);
    if (sending || !item) return;
    if (!navigator.onLine) {
      queue.forEach((waiting) => view.trouble(waiting, texts.offline));
      return;
    }
    sending = item;
    item.sent = true;
    try {
      await deliver(item);
      memory.drop(item.id);
    } catch (error) {
      if (navigator.onLine) failed(item, error);
      else item.sent = false;
    }
    if (item.sent) queue.splice(queue.indexOf(item), 1);
    if (sending === item) sending = null;
    if (drawn === item) drawn = null;
    if (!drawn) view.dropDraft();
    flush();
  }

  function failed(item, error) {
    const byStatus = { 409: texts.unavailable, 429: texts.busy }[error.status] || (isFinal(error) && texts.refused);
    const words = error.said ? error.message : byStatus || (item.messageId ? texts.noAnswer : texts.failed);
    if (isFinal(error)) memory.drop(item.id);
    emit('error', words);
    view.trouble(item, words, () => again(item));
  }

  function again(item) {
    item.sent = false;
    queue.push(item);
    flush();
  }

  /** The dots of a person end by themselves. */
  function personTypes(on) {
    clearTimeout(typingEnds);
    if (queue[0]) return;
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
      unanswered = item;
      flush();
    },

    /** Events of the live stream. */
    heard({ event, data }) {
      if (event === 'message') {
        personTypes(false);
        received({ sender: 'human', ...data });
      } else if (event === 'typing') personTypes(data.on ?? true);
      else if (event === 'handoff') setHuman(true, texts.handoff);
      else if (event === 'state') {
        // The agent's now: the same id brings its answer.
        const item = human && !queue[0] && data.status === 'open' && unanswered;
        setHuman(data.status === 'human', texts.handoff);
        if (item) again(item);
      }
    },
  };
}
