/* What the visitor sees. Knows nothing of the network. */
import { createRow, h, icon, render, safeUrl } from './message.js';

const NEAR_THE_END = 90;
const TALLEST = 132;

function avatar({ branding, agent_name: name }, base) {
  const initial = h('span', { class: 'avatar', 'aria-hidden': 'true' }, [...name.trim()][0]?.toUpperCase());
  const logo = branding?.logo_url && safeUrl(branding.logo_url, `${base}/`);
  if (!logo) return initial;
  const image = h('img', { class: 'avatar', src: logo, alt: '', onerror: () => image.replaceWith(initial) });
  return image;
}

/** Grows with the text; Enter sends, Shift+Enter breaks the line. */
function createComposer({ texts, onSend }) {
  const box = h('textarea', {
    rows: 1, maxlength: 4000, placeholder: texts.write, 'aria-label': texts.write, dir: 'auto', enterkeyhint: 'send',
    oninput: fit,
    onkeydown(event) {
      // 229: an input method is composing, and its Enter picks a word.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      form.requestSubmit();
    },
  });
  const button = h('button', { class: 'send', 'aria-label': texts.send, 'aria-disabled': 'true' }, icon('M12 19V5M5.5 11.5 12 5l6.5 6.5'));
  const form = h('form', {
    onsubmit(event) {
      event.preventDefault();
      const text = box.value.trim();
      if (!text) return;
      box.value = '';
      fit();
      onSend(text);
    },
  }, box, button);

  function fit() {
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, TALLEST)}px`;
    button.setAttribute('aria-disabled', !box.value.trim());
  }

  return { form, box };
}

export function createView({ shadow, base, config, texts, lang, floats, onSend, onClose, rate, whatsapp }) {
  const { agent_name: agent, name: business, branding, disclosure } = config;
  const names = { visitor: texts.you, agent, human: `${texts.team} ${business}` };
  const status = h('span', { class: 'sr', role: 'status' });
  const announce = (words) => { status.textContent = words; };
  const log = h('div', { class: 'log', role: 'log', 'aria-live': 'off', 'aria-label': texts.conversation });
  const draft = h('div', { class: 'draft', 'aria-hidden': 'true' });
  const chips = h('div', { class: 'chips' });
  const scroller = h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': texts.conversation, onscroll: follow }, log, draft, chips);
  const latest = h('button', { type: 'button', class: 'latest', hidden: true, 'aria-label': texts.latest, onclick: () => toEnd(true) }, icon('M12 5v14M6 13l6 6 6-6'));
  const banner = h('p', { class: 'banner', role: 'status', hidden: true });
  const byMachine = disclosure?.[lang] || texts.disclosure;
  const said = h('span', {}, byMachine);
  const small = h('p', { class: 'small' }, said, config.whatsapp && h('button', { type: 'button', onclick: goOn }, texts.whatsapp));
  const { form, box } = createComposer({ texts, onSend });
  const panel = h('section', {
    class: `panel ${floats ? 'float' : 'page'} ${branding?.position === 'left' ? 'left' : 'right'}`, tabindex: -1, hidden: floats,
    role: floats ? 'dialog' : 'region', 'aria-label': agent,
  }, h('header', {}, avatar(config, base),
    h('div', { class: 'who' }, h('strong', { dir: 'auto' }, agent), h('span', { dir: 'auto' }, `${texts.online} ${business}`)),
    floats && h('button', { type: 'button', class: 'close', 'aria-label': texts.close, onclick: onClose }, icon('M6 6l12 12M18 6 6 18'))),
  banner, h('div', { class: 'stage' }, scroller, latest), form, small, status);
  const rows = new Map();
  let following = true;
  let drawing = 0;

  /** The window is opened by the click itself: browsers stop one that opens later. */
  async function goOn() {
    const other = window.open();
    try {
      (other || window).location = await whatsapp();
    } catch {
      other?.close();
      announce(banner.textContent = texts.failed);
      banner.hidden = false;
    }
  }

  function follow() {
    following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_THE_END;
    latest.hidden = following;
  }

  function toEnd(always) {
    if (always || following) scroller.scrollTop = scroller.scrollHeight;
    follow();
  }

  /** Outside the live region, so that an answer is announced once, when it is whole. */
  function drafted(sender, bubble) {
    draft.replaceChildren(h('div', { class: `row ${sender}` }, bubble));
    toEnd();
  }

  function showTrouble(place, words, onRetry) {
    place.querySelector(':scope>.trouble')?.remove();
    if (words) place.append(h('div', { class: `trouble ${onRetry ? 'failed' : ''}` }, words,
      onRetry && h('button', { type: 'button', class: 'retry', onclick: onRetry }, texts.retry)));
    toEnd();
  }

  /** On a touch screen to the panel: the box would bring up the keyboard. */
  const focus = () => (matchMedia('(pointer:coarse)').matches ? panel : box).focus({ preventScroll: true });

  shadow.append(panel);
  new ResizeObserver(() => toEnd()).observe(scroller);
  return {
    panel, announce, toEnd, focus,

    add(message) {
      const row = createRow(message, { texts, names, lang, rate, announce });
      if (message.id) rows.set(message.id, row);
      log.append(row);
      toEnd(message.sender === 'visitor');
    },

    remove(id) {
      rows.get(id)?.remove();
    },

    /** What `fill` adds is history: not read out. */
    redraw(fill) {
      log.setAttribute('aria-live', 'off');
      log.replaceChildren();
      rows.clear();
      fill();
      toEnd(true);
      setTimeout(() => log.setAttribute('aria-live', 'polite'), 150);
    },

    /** Why a message is not answered, or why there is no conversation; without words, takes that away. */
    trouble: (item, words, onRetry) => showTrouble(rows.get(item?.id) || rows.get(item?.messageId) || log, words, onRetry),

    typing(sender) {
      announce(`${names[sender]} ${texts.typing}`);
      drafted(sender, h('div', { class: 'bubble dots' }, h('i'), h('i'), h('i')));
    },

    /** At most once a frame. */
    showDraft(text) {
      cancelAnimationFrame(drawing);
      drawing = requestAnimationFrame(() => {
        const bubble = h('div', { class: 'bubble' });
        render(bubble, text);
        drafted('agent', bubble);
      });
    },

    dropDraft() {
      cancelAnimationFrame(drawing);
      draft.replaceChildren();
      announce('');
    },

    suggest(questions) {
      chips.replaceChildren(...questions.map((question) => h('button', {
        type: 'button', class: 'chip', dir: 'auto', onclick: () => { focus(); onSend(question); },
      }, question)));
      toEnd();
    },

    notice(words) {
      banner.textContent = words;
      banner.hidden = !words;
    },

    /** It must not lie once a person has taken over. */
    setHuman(human) {
      said.textContent = human ? texts.human : byMachine;
    },
  };
}
