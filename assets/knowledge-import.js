/* Sends files to /api/knowledge/uploads, one after another, and shows how far each is. What became of them then
   comes over the page's own socket. Listens at the document: pages come and go under it. */
(() => {
  const LARGEST = 20_000_000;
  const queue = [];
  let sending = false;

  const room = () => document.querySelector('[data-import-progress]');

  function line(file) {
    const words = room()?.dataset ?? {};
    const box = document.createElement('div');
    const name = document.createElement('span');
    const note = document.createElement('span');
    const bar = document.createElement('progress');
    box.className = 'upload';
    name.className = 'clip strong small';
    name.textContent = file.name;
    note.className = 'tiny soft';
    note.textContent = words.sending ?? '';
    bar.className = 'progress';
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute('aria-label', file.name);
    box.append(name, note, bar);
    room()?.append(box);
    return { box, note, bar, words };
  }

  function refuse({ box, note, bar, words }, why) {
    const gone = document.createElement('button');
    bar.remove();
    note.textContent = why || words.refused;
    note.className = 'small wrong';
    gone.type = 'button';
    gone.className = 'button button-ghost button-small';
    gone.textContent = '×';
    gone.setAttribute('aria-label', words.dismiss ?? '');
    gone.addEventListener('click', () => box.remove());
    box.append(gone);
  }

  function send(file, shown) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open('POST', '/api/knowledge/uploads');
      request.setRequestHeader('x-file-name', encodeURIComponent(file.name));
      request.setRequestHeader('content-type', 'application/octet-stream');
      request.setRequestHeader('accept-language', document.querySelector('.shell')?.lang || 'es');
      request.upload.addEventListener('progress', (event) => { shown.bar.value = event.loaded / (event.total || 1); });
      request.addEventListener('loadend', () => {
        if (request.status === 201) shown.box.remove();
        else refuse(shown, told(request));
        done();
      });
      request.send(file);
    });
  }

  function told(request) {
    try {
      return JSON.parse(request.responseText).error.message;
    } catch {
      return '';
    }
  }

  async function take(files) {
    for (const file of files) {
      const shown = line(file);
      if (file.size > LARGEST) refuse(shown, shown.words.large);
      else queue.push([file, shown]);
    }
    if (sending) return;
    sending = true;
    while (queue.length) await send(...queue.shift());
    sending = false;
  }

  document.addEventListener('change', (event) => {
    if (!event.target.matches?.('[data-import-files]')) return;
    take([...event.target.files]);
    event.target.value = ''; // the same file again is a change again
  });
  for (const name of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(name, (event) => {
      const zone = event.target.closest?.('[data-import-drop]');
      if (!zone) return;
      event.preventDefault();
      zone.toggleAttribute('data-over', name === 'dragover');
      if (name === 'drop') take([...event.dataTransfer.files]);
    });
  }
})();
