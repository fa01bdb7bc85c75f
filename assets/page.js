/* A name for this page as long as it lives. By it the server tells a page whose line was lost from one that begins
   (state/arriving.py). A doubled tab copies what is stored here, so every page says its own. */
(() => {
  const name = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const say = () => {
    try {
      sessionStorage.setItem('vk_page', name);
    } catch { /* no storage: it begins with every line */ }
  };
  say();
  // Shown again from memory, after another page of this tab.
  addEventListener('pageshow', ({ persisted }) => persisted && say());
})();
