/* The chat is fetched when somebody asks for it; without this script the same links lead to its own page. */
let chat;

const load = (slug) => chat ||= new Promise((done, failed) => {
  const script = document.createElement('script');
  Object.assign(script, { src: '/vulkn-widget.js', onload: done, onerror: failed });
  Object.assign(script.dataset, { org: slug, lang: document.documentElement.lang });
  document.head.append(script);
}).catch((problem) => { chat = null; throw problem; });

document.addEventListener('click', async (event) => {
  const link = event.target.closest('[data-chat]');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  link.setAttribute('aria-busy', 'true');
  try {
    await load(link.dataset.chat);
    await window.vulkn.open();
  } catch {
    location.href = link.href;
  } finally {
    link.removeAttribute('aria-busy');
  }
});
