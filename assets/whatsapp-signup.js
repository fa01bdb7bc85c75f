/* Meta's own window for connecting a number (Embedded Signup, version 4). Meta's script is fetched when somebody asks for
   it, and never before. The window tells the page which number it was, and gives a code that the server turns into a token. */
(() => {
  const SDK = 'https://connect.facebook.net/en_US/sdk.js';
  let told = null;
  let loading = null;

  const load = (app, version) => loading ||= new Promise((done, failed) => {
    window.fbAsyncInit = () => {
      window.FB.init({ appId: app, version, xfbml: false });
      done(window.FB);
    };
    document.head.append(Object.assign(document.createElement('script'), { src: SDK, async: true, onerror: failed }));
  }).catch((error) => {
    loading = null;
    throw error;
  });

  // The window's news come from Meta's own site and from nobody else.
  addEventListener('message', ({ origin, data }) => {
    if (!/^https:\/\/([a-z0-9-]+\.)*facebook\.com$/.test(origin)) return;
    try {
      const news = typeof data === 'string' ? JSON.parse(data) : data;
      if (news?.type === 'WA_EMBEDDED_SIGNUP') told = news;
    } catch { /* some other message of theirs */ }
  });

  // One sentence at a time; Meta's own words stand behind ours, for whoever helps.
  function explain(why, words = '') {
    for (const line of document.querySelectorAll('[data-signup-trouble]')) {
      line.hidden = line.dataset.signupTrouble !== why;
      line.querySelector('span')?.replaceChildren(words);
    }
  }

  // The window is closed. Meta says CANCEL for a person who left and, with an error in it, for itself.
  function ended(form, code) {
    const about = told?.data ?? {};
    const error = about.error_message || about.error_code || about.error_id;
    if (told?.event === 'ERROR' || error) return explain('failed', [about.error_message, about.error_code || about.error_id].filter(Boolean).join(' · '));
    if (!code) return explain('cancelled');
    if (!told?.event?.startsWith('FINISH')) return explain('unclear');
    finish(form, code, about);
  }

  function finish(form, code, about) {
    const values = { code, event: told?.event, waba: about.waba_id, phone_number_id: about.phone_number_id };
    for (const [name, value] of Object.entries(values)) form.elements[name].value = value ?? '';
    told = null;
    form.requestSubmit();
  }

  document.addEventListener('click', async ({ target }) => {
    const button = target.closest?.('[data-signup-app]');
    if (!button) return;
    const { signupApp, signupConfig, signupVersion } = button.dataset;
    const form = document.querySelector('form[data-signup]');
    explain('');
    told = null;
    try {
      const meta = await load(signupApp, signupVersion);
      // Its last message may come after the window's answer.
      meta.login(({ authResponse }) => setTimeout(() => ended(form, authResponse?.code), 300), {
        config_id: signupConfig,
        response_type: 'code',
        override_default_response_type: true,
        extras: { version: 'v4', featureType: 'whatsapp_business_app_onboarding', sessionInfoVersion: '3' },
      });
    } catch {
      explain('away');
    }
  });
})();
