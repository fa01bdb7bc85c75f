/* The panel's look, and the colour a business brings, kept readable (4.5:1). */

const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

function luminance(hex) {
  const [r, g, b] = channels(hex).map((v) => (v <= 10 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
}

const contrast = (one, other) => Math.max(luminance(one) / luminance(other), luminance(other) / luminance(one));

/** Moved towards black (0) or white (255) until it reads on `surface`. */
function readable(hex, surface, pole) {
  let colour = hex;
  for (let share = 0.05; contrast(colour, surface) < 4.6; share += 0.05) {
    colour = `#${channels(hex).map((v) => Math.round(v + (pole - v) * share).toString(16).padStart(2, '0')).join('')}`;
  }
  return colour;
}

/** Anything but #rrggbb is our own colour. */
export function paint(element, colour) {
  const accent = /^#[0-9a-f]{6}$/i.test(colour) ? colour : '#5b5bd6';
  const white = contrast(accent, '#ffffff') >= 4.5;
  const set = (name, value) => element.style.setProperty(`--${name}`, value);
  set('accent', accent);
  set('on-accent', white ? '#fff' : '#000');
  set('sheen', white ? '#0002' : '#fff3');
  set('on-light', readable(accent, '#f5f5f8', 0));
  set('on-dark', readable(accent, '#24242c', 255));
}

const LIGHT = `--bg:#fff;--ink:#1c1c28;--muted:#5f5f6d;--line:#e9e9f0;--soft:#f5f5f8;--link:var(--on-light);
  --danger:#b42318;--danger-bg:#fef1ef;--warm:#fdf3e7;--warm-line:#f3dcbd;color-scheme:light`;
const DARK = `--bg:#17171c;--ink:#ededf2;--muted:#a5a5b3;--line:#2d2d36;--soft:#24242c;--link:var(--on-dark);
  --danger:#ff9a8d;--danger-bg:#3a1f1c;--warm:#33291d;--warm-line:#4d3d28;color-scheme:dark`;

export const CSS = `
*{box-sizing:border-box}
.panel{${LIGHT};display:flex;flex-direction:column;overflow:hidden;background:var(--bg);color:var(--ink);text-align:start;
  font:15px/1.5 Inter,system-ui,sans-serif;border:1px solid var(--line)}
@media (prefers-color-scheme:dark){.panel{${DARK}}}
.panel[hidden],.panel [hidden],.chips:empty,.meta:empty{display:none}
.float{position:fixed;bottom:calc(92px + env(safe-area-inset-bottom));width:384px;height:min(620px,calc(100vh - 112px));
  border-radius:16px;box-shadow:0 16px 60px #0004}
.float.right{right:calc(20px + env(safe-area-inset-right))}
.float.left{left:calc(20px + env(safe-area-inset-left))}
.page{height:100%;border-radius:inherit;border:0}
.panel button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;touch-action:manipulation}
.panel{outline:0}
.panel :not(textarea):focus-visible{outline:2px solid var(--link);outline-offset:2px}
.panel svg{width:22px;height:22px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round;display:block}
p,ul,ol{margin:0;padding:0}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}

header{display:flex;align-items:center;gap:12px;padding:14px 10px 14px 18px;background:var(--accent) linear-gradient(120deg,transparent,var(--sheen));
  color:var(--on-accent);touch-action:none}
.panel header :focus-visible{outline-color:currentColor;outline-offset:-4px}
.avatar{width:42px;height:42px;border-radius:50%;flex:none;display:grid;place-items:center;object-fit:cover;font-weight:600;font-size:18px;background:#fff;color:var(--on-light)}
.who{flex:1;min-width:0;display:grid;line-height:1.3}
.who *{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.who strong{font-size:17px}
.who span{font-size:13px}
.close,.send,.thumb,.latest{width:44px;height:44px;flex:none;display:grid;place-items:center}
.panel .close{border-radius:12px}
.panel .close:hover,.panel .chip:hover{background:color-mix(in srgb,currentColor 12%,transparent)}
.banner{padding:9px 18px;font-size:13px;background:var(--warm);border-bottom:1px solid var(--warm-line)}

.stage{position:relative;flex:1;min-height:0;display:flex}
.scroll{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:18px 16px 10px}
.panel .scroll:focus-visible,.panel .thumb:focus-visible{outline-offset:-4px}
.log{display:grid;gap:12px}
.draft:not(:empty){margin-top:12px}
.row{display:flex;flex-direction:column;align-items:flex-start;min-width:0}
.visitor{align-items:flex-end}
.bubble{max-width:86%;padding:10px 14px;border-radius:16px;background:var(--soft);overflow-wrap:anywhere;border-end-start-radius:5px}
.human .bubble{background:var(--warm);border:1px solid var(--warm-line)}
.visitor .bubble{background:var(--accent);color:var(--on-accent);box-shadow:inset 0 0 0 1px #8884;border-end-start-radius:16px;border-end-end-radius:5px}
.visitor .bubble p{white-space:pre-wrap;min-height:1.5em}
.row:not(.visitor) .bubble>*+*{margin-top:.55em}
.bubble :is(ul,ol),.source ul{padding-inline-start:1.3em}
.bubble a{color:var(--link)}
.by,.meta,.source,.small{font-size:12px;color:var(--muted)}
.by{font-weight:600;margin:0 4px 4px}
.system{font-size:13px;color:var(--muted);text-align:center}
.meta{display:flex;align-items:center;gap:4px;min-height:20px;margin:3px 4px 0}
.thumb{margin:-10px 0 -12px}
.thumb+.thumb{margin-inline-start:-10px}
.panel .thumb svg{width:17px;height:17px}
.bad svg{transform:rotate(180deg)}
.panel .thumb[aria-pressed=true]{color:var(--link)}
.panel .thumb[aria-pressed=true] svg{fill:color-mix(in srgb,currentColor 25%,transparent)}
.source{margin:6px 4px 0;max-width:86%;overflow-wrap:anywhere}
.source summary{min-height:24px}
.trouble{display:flex;flex-wrap:wrap;align-items:center;justify-content:flex-end;gap:0 10px;margin-top:6px;font-size:13px;color:var(--muted)}
.failed{color:var(--danger);background:var(--danger-bg);border-radius:12px;padding:0 12px}
.panel .small button{display:block;margin:0 auto;min-height:44px;color:var(--link)}
.panel :is(.retry,.small button){font-weight:600;text-decoration:underline}
.panel .retry{min-height:44px}

.dots{display:flex;gap:5px;align-items:center;height:42px}
.dots i{width:7px;height:7px;border-radius:50%;background:var(--muted);opacity:.55}
.chips{display:flex;flex-wrap:wrap;gap:8px;padding:14px 0 6px}
.panel .chip{min-height:44px;padding:9px 15px;border:1px solid color-mix(in srgb,currentColor 38%,transparent);border-radius:22px;color:var(--link);
  line-height:1.35;text-align:start;font-weight:500}
.panel .latest{position:absolute;bottom:10px;left:calc(50% - 22px);border-radius:50%;background:var(--bg);border:1px solid var(--line);box-shadow:0 4px 14px #0003}

form{display:flex;align-items:flex-end;gap:8px;margin:4px 14px 0;padding:4px;border:1px solid var(--line);border-radius:18px;background:var(--soft)}
form:focus-within{border-color:var(--link);box-shadow:0 0 0 1px var(--link)}
.panel textarea{flex:1;min-width:0;height:44px;resize:none;border:0;outline:0;background:none;color:inherit;font:inherit;font-size:16px;line-height:24px;padding:10px 4px 10px 12px;margin:0}
textarea::placeholder{color:var(--muted);opacity:1}
.panel .send{border-radius:14px;background:var(--accent);color:var(--on-accent)}
.panel .send[aria-disabled=true]{background:none;color:var(--muted)}
.small{padding:8px 18px calc(12px + env(safe-area-inset-bottom));line-height:1.4;text-align:center}

@media (max-width:480px){
  .float.panel{left:0;right:0;top:var(--top,0);bottom:auto;width:auto;height:var(--height,100dvh);border:0;border-radius:0}
  .float header{padding-top:calc(12px + env(safe-area-inset-top))}
  .keyboard .small{display:none}.keyboard form{margin-bottom:8px}
}
@media (min-width:700px){.page .scroll{padding:24px}.page form{margin:4px 24px 0}}
@media (prefers-reduced-motion:no-preference){
  .float{animation:rise .2s ease-out}
  .dots i{animation:breathe 1.2s infinite}
  .dots i+i{animation-delay:.15s}.dots i+i+i{animation-delay:.3s}
}
@keyframes rise{from{opacity:0;transform:translateY(14px)}}
@keyframes breathe{0%,60%,100%{opacity:.35}30%{opacity:.9;transform:translateY(-3px)}}
@media (forced-colors:active){.bubble,.send,.avatar{border:1px solid}}
`;
