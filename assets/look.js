/* The branding page: what the form says goes to the widget in the frame beside it at once, a logo to the server first.
   Listens at the document: pages come and go under it. */
(() => {
  const COLOUR = /^#?[0-9a-f]{6}$/i;
  const SIZES = { phone: [390, 720], desk: [1180, 760] };
  const find = (name) => document.querySelector(`[data-look-${name}]`);
  let waiting = 0;

  /** As somebody typing: React hears it, too. */
  function put(input, value) {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, value);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  const theme = () => (document.documentElement.classList.contains('dark') ? 'dark' : 'light');

  function tell() {
    const form = find('form');
    const frame = find('preview');
    if (!form || !frame) return;
    const said = Object.fromEntries(new FormData(form));
    // A form that may not be changed says nothing.
    for (const field of form.querySelectorAll('[name]')) {
      if (!(field.name in said) && (field.type !== 'radio' || field.checked)) said[field.name] = field.value;
    }
    const { agent, business, lang } = frame.dataset;
    const color = COLOUR.test(said.color) ? `#${said.color.replace('#', '')}` : '';
    const config = {
      slug: 'vulkn-preview', name: business, agent_name: agent, live: true, whatsapp: false,
      languages: ['es', 'en'], default_language: lang,
      greeting: { es: said.greeting_es, en: said.greeting_en },
      suggestions: JSON.parse(frame.dataset.suggestions || '{}'),
      branding: { color, logo_url: said.logo || null, position: said.position },
    };
    frame.contentWindow?.postMessage({ kind: 'vulkn-look', config, lang, theme: theme() }, location.origin);
  }

  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(tell, 200);
  }

  /** A whole screen of that device, as large as there is room for it. */
  function fit() {
    const frame = find('preview');
    const mirror = find('mirror');
    if (!frame || !mirror) return;
    const [width, height] = SIZES[frame.dataset.device] || SIZES.phone;
    const tallest = matchMedia('(min-width: 1000px)').matches ? 720 : 440;
    const scale = Math.min(1, mirror.parentNode.clientWidth / width, tallest / height);
    Object.assign(frame.style, { width: `${width}px`, height: `${height}px`, transform: `scale(${scale})` });
    Object.assign(mirror.style, { width: `${Math.floor(width * scale)}px`, height: `${Math.floor(height * scale)}px` });
  }

  function showLogo(url) {
    const form = find('form');
    form.elements.logo.value = url;
    const shown = find('shown');
    shown.src = url;
    shown.parentNode.dataset.empty = url ? 'no' : 'yes';
    soon();
  }

  async function send(input) {
    const [file] = input.files;
    const wrong = find('wrong');
    input.value = ''; // the same file again is a change again
    if (!file) return;
    wrong.textContent = '';
    if (file.size > Number(input.dataset.most)) {
      wrong.textContent = wrong.dataset.large;
      return;
    }
    const button = input.closest('label');
    button.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch('/api/branding/logo', {
        method: 'POST', body: file, headers: { 'accept-language': document.querySelector('.shell')?.lang || 'es' },
      });
      const said = await answer.json().catch(() => null);
      if (answer.ok) showLogo(said.url);
      else wrong.textContent = said?.error?.message || wrong.dataset.failed;
    } catch {
      wrong.textContent = wrong.dataset.failed;
    } finally {
      button.removeAttribute('aria-busy');
    }
  }

  document.addEventListener('input', ({ target }) => {
    const form = target.closest?.('[data-look-form]');
    if (!form) return;
    if (target.matches('[data-look-pick]')) put(form.elements.color, target.value);
    else if (target.name === 'color' && COLOUR.test(target.value)) find('pick').value = `#${target.value.replace('#', '')}`;
    soon();
  });
  document.addEventListener('change', ({ target }) => {
    if (target.matches?.('[data-look-logo]')) send(target);
  });
  document.addEventListener('click', ({ target }) => {
    const colour = target.closest?.('[data-look-color]')?.dataset.lookColor;
    if (colour) put(find('form').elements.color, colour);
    if (target.closest?.('[data-look-bare]')) showLogo('');
  });
  addEventListener('message', ({ origin, data }) => {
    if (origin !== location.origin || data?.kind !== 'vulkn-preview-ready') return;
    fit();
    tell();
  });
  addEventListener('resize', fit);
  // Another device or language is an attribute of the frame; another theme one of the page.
  new MutationObserver((changes) => {
    if (!find('preview')) return;
    fit();
    if (changes.some(({ attributeName }) => attributeName !== 'data-device')) soon();
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-device', 'data-lang', 'class'] });
})();
