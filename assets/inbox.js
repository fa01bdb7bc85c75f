/* What the inbox cannot do over its own socket: send a file that was looked at first, and notice that the time in
   which one may write freely is over. Listens at the document: pages come and go under it. */
(() => {
  const LARGEST = 16_000_000;
  const MINUTE = 60_000;
  let chosen = null;
  let looked = Date.now();

  const room = () => document.querySelector('[data-attached]');

  function made(tag, className, text = '') {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  }

  function forget() {
    if (chosen?.preview) URL.revokeObjectURL(chosen.preview);
    chosen = null;
    room()?.replaceChildren();
  }

  function weight(bytes) {
    return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
  }

  // Under it a second try is the same message. (randomUUID is absent on plain http pages.)
  const draft = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

  function show(file) {
    const box = room();
    if (!box) return;
    forget();
    chosen = { file, draft: draft(), conversation: box.dataset.attached, preview: file.type.startsWith('image/') ? URL.createObjectURL(file) : '' };
    const words = made('span', 'stack-none grow');
    const note = made('span', 'tiny soft', `${weight(file.size)} · ${box.dataset.caption}`);
    const send = made('button', 'button button-primary button-small', box.dataset.send);
    const remove = made('button', 'button button-ghost button-small', box.dataset.remove);
    words.append(made('span', 'strong small clip', file.name), note);
    send.type = remove.type = 'button';
    remove.addEventListener('click', forget);
    send.addEventListener('click', () => post(box, send, note));
    if (chosen.preview) box.append(Object.assign(document.createElement('img'), { src: chosen.preview, alt: '' }));
    box.append(words, remove, send);
    send.focus();
  }

  async function post(box, send, note) {
    const { file, conversation } = chosen;
    const form = box.parentElement.querySelector('form');
    const caption = form.querySelector('textarea').value.trim();
    if (file.size > LARGEST) return refuse(note, box.dataset.refused);
    send.disabled = true;
    note.textContent = box.dataset.sending;
    note.className = 'tiny soft';
    const answer = await fetch('/api/attachments', {
      method: 'POST',
      body: file,
      headers: {
        'content-type': 'application/octet-stream',
        'accept-language': document.querySelector('.shell')?.lang || 'es',
        'x-file-name': encodeURIComponent(file.name),
        'x-caption': encodeURIComponent(caption),
        'x-conversation': conversation,
        'x-draft': chosen.draft,
        'x-reply-to': box.dataset.quoting || '',
      },
    }).catch(() => null);
    if (answer?.ok) {
      if (caption) form.reset();
      document.querySelector('[data-unquote]')?.click();
      return forget();
    }
    send.disabled = false;
    const told = await answer?.json().catch(() => null);
    refuse(note, told?.error?.message || box.dataset.refused);
  }

  function refuse(note, why) {
    note.textContent = why;
    note.className = 'small wrong';
  }

  document.addEventListener('change', ({ target }) => {
    if (!target.matches?.('[data-attach]') || !target.files[0]) return;
    show(target.files[0]);
    target.value = '';
  });

  // A picture from the clipboard, as from a screenshot.
  document.addEventListener('paste', (event) => {
    const file = [...(event.clipboardData?.files ?? [])][0];
    if (file && room() && event.target.matches?.('.composer textarea')) {
      event.preventDefault();
      show(file);
    }
  });

  setInterval(() => {
    const box = room();
    if (chosen && box?.dataset.attached !== chosen.conversation) forget();
    const left = document.querySelector('[data-until]');
    if (!left || document.hidden) return;
    const over = Date.parse(left.dataset.until.replace(' ', 'T')) <= Date.now();
    if (!over && Date.now() - looked < MINUTE) return;
    looked = Date.now();
    left.querySelector('button')?.click();
  }, 4000);
})();
