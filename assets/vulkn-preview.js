/* The widget as it would look, on a page of its own inside the branding page: the real scripts, with what the form says
   in place of what is saved. Nothing of it leaves the browser: no session, no count, no message. */
(() => {
  const SLUG = 'vulkn-preview'; // also what it remembers is its own
  const SAMPLE = {
    es: 'Así se verán mis respuestas. Esta es una vista previa: aquí nadie recibe nada.',
    en: 'This is how my answers will look. It is a preview: nobody receives anything here.',
  };
  let look = null;
  let open = true;

  const json = (body, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
  const frame = (event, data) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

  function answer() {
    const id = crypto.randomUUID?.() || String(Math.random());
    return new Response([
      frame('accepted', { message_id: `${id}-asked` }),
      frame('message', { id, text: SAMPLE[look.lang], sources: [], language: look.lang }),
      frame('done', { latency_ms: 0 }),
    ].join(''), { headers: { 'content-type': 'text/event-stream' } });
  }

  window.fetch = async (address, options = {}) => {
    const path = new URL(address, location.href).pathname;
    if (path.endsWith('/config')) return json(look.config);
    if (path.endsWith('/sessions')) return json({ visitor_token: 'preview', conversation_id: 'preview', messages: [] }, 201);
    if (path.endsWith('/messages')) return options.method === 'POST' ? answer() : json({ messages: [] });
    if (path.endsWith('/stream')) return new Response(new ReadableStream({}));
    return json({}, 404);
  };
  navigator.sendBeacon = () => true;

  // Whoever types in the form stays there: until somebody touches the preview itself, nothing in it takes the focus.
  const focus = HTMLElement.prototype.focus;
  let touched = false;
  HTMLElement.prototype.focus = function focusIfTouched(...how) { if (touched) focus.apply(this, how); };
  for (const name of ['pointerdown', 'keydown']) addEventListener(name, () => { touched = true; }, true);

  function show() {
    touched = false;
    window.vulkn?.destroy();
    localStorage.removeItem(`vulkn:${SLUG}`);
    const script = Object.assign(document.createElement('script'), { src: '/vulkn-widget.js' });
    script.dataset.org = SLUG;
    script.dataset.lang = look.lang;
    script.addEventListener('load', () => {
      const { vulkn } = window;
      vulkn.on('ready', () => open && vulkn.open());
      vulkn.on('open', () => { open = true; });
      vulkn.on('close', () => { open = false; });
      script.remove();
    });
    document.body.append(script);
  }

  addEventListener('message', ({ origin, source, data }) => {
    if (origin !== location.origin || source !== parent || data?.kind !== 'vulkn-look') return;
    const { kind, ...brought } = data;
    look = brought;
    document.documentElement.lang = look.lang;
    document.documentElement.style.colorScheme = look.theme;
    show();
  });
  parent.postMessage({ kind: 'vulkn-preview-ready' }, location.origin);
})();
