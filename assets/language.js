/* Runs before the first paint. The pages are built in Spanish; the words change once the page lives. A browser that
   reads English is told so here, and theme.css keeps the Spanish unseen until the English is there. */
(() => {
  const key = 'vk_lang';
  // A press that comes before the page lives; afterwards it says what the page says itself.
  addEventListener('click', ({ target }) => {
    const pressed = target.closest?.('[data-picks][lang]');
    if (pressed) try { localStorage.setItem(key, pressed.lang); } catch { /* no storage */ }
  }, true);
  let lang = /^en\b/i.test(navigator.language) ? 'en' : 'es';
  try {
    lang = localStorage.getItem(key) || lang;
    localStorage.setItem(key, lang);
  } catch {
    lang = 'es'; // no storage: the page cannot be told
  }
  if (lang !== 'en') return;
  document.documentElement.lang = lang;
  document.documentElement.dataset.reads = lang;
})();
