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

  function finish(form, code) {
    const about = told?.data ?? {};
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
    const trouble = document.querySelector('[data-signup-trouble]');
    trouble.hidden = true;
    try {
      const meta = await load(signupApp, signupVersion);
      meta.login(({ authResponse }) => authResponse?.code && finish(form, authResponse.code), {
        config_id: signupConfig,
        response_type: 'code',
        override_default_response_type: true,
        extras: { version: 'v4', featureType: 'whatsapp_business_app_onboarding', sessionInfoVersion: '3' },
      });
    } catch {
      trouble.hidden = false;
    }
  });
})();
