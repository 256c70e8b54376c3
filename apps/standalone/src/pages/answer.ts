import { textPage } from './html.js';

const STYLE = `
.notice { border-left: 4px solid var(--link); background: var(--paper); padding: .8rem 1.2rem; margin: 1.5rem 0; }
.notice p { margin: .3rem 0; }
fieldset { border: 0; padding: 0; margin: 0 0 1.6rem; }
legend { padding: 0; margin-bottom: .5rem; }
.scale { display: flex; align-items: end; gap: .3rem; }
.scale label { flex: 1; text-align: center; padding: .35rem 0; border: 1px solid var(--line); border-radius: 6px;
  cursor: pointer; }
.scale label:has(:checked) { background: var(--paper); border-color: var(--link); font-weight: 600; }
.scale input { display: block; margin: 0 auto .2rem; }
.ends { display: flex; justify-content: space-between; font-size: .85rem; }
button { font: inherit; padding: .6rem 1.4rem; border: 0; border-radius: 6px; background: var(--link); color: white;
  cursor: pointer; }
button:disabled { opacity: .5; }
[role=alert] { color: #a11; }
`;

/*
 * It reads the token from the fragment, which reaches no server, and sends it in bodies alone. Whatever the service says is
 * put in as text, never as HTML.
 */
const SCRIPT = `
const main = document.querySelector('main');
const make = (name, members = {}, ...children) => {
  const element = Object.assign(document.createElement(name), members);
  element.append(...children);
  return element;
};
const say = (title, ...texts) =>
  main.replaceChildren(make('h1', {}, title), ...texts.map((text) => make('p', {}, text)));
const post = async (service, path, body) => {
  const response = await fetch('/' + service + '/v1/answers' + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: response.status === 204 ? null : await response.json() };
};
const token = location.hash.slice(1);
const words = (theme) => theme.replaceAll('-', ' ').replace(/^./, (first) => first.toUpperCase());

function question(text, scale, name) {
  const choices = scale.map((label, index) => {
    const ariaLabel = [index + 1, label].filter(Boolean).join(', ');
    const choice = { type: 'radio', name, value: index + 1, required: true, ariaLabel };
    return make('label', { title: label }, make('input', choice), String(index + 1));
  });
  return make('fieldset', {}, make('legend', {}, text), make('div', { className: 'scale' }, ...choices),
    make('div', { className: 'ends soft' }, make('span', {}, scale[0]), make('span', {}, scale.at(-1))));
}

function show(service, { about, anonymous, category, notice, scale: told, themes, closesAt }) {
  const scale = Array.isArray(told) ? told : [told.fromText, '', '', '', '', '', told.toText];
  const problem = make('p');
  problem.setAttribute('role', 'alert');
  const button = make('button', {}, 'Send my answers');
  const form = make('form', {},
    ...themes.flatMap(({ theme, items }) => [
      make('h2', {}, words(theme)),
      ...items.map((text, item) => question(text, scale, theme + ' ' + item)),
    ]),
    problem, button);
  const day = closesAt && new Date(Date.parse(closesAt) - 1).toLocaleDateString('en', { dateStyle: 'long' });
  const title = about ? 'Questions about ' + about : category === 'self' ? 'Questions about your own work' : 'Questions';
  const kind = anonymous ? 'Anonymous' : category === 'self' ? 'Your own view' : 'Not anonymous';
  main.replaceChildren(
    make('h1', {}, title),
    make('div', { className: 'notice' }, make('p', {}, make('strong', {}, kind)), make('p', {}, notice)),
    make('p', {}, 'How far do you agree, from 1 (' + scale[0] + ') to 7 (' + scale.at(-1) + ')? Answer every question; '
      + 'what you have sent cannot be changed.' + (day ? ' You can answer until ' + day + '.' : '')),
    form);
  // Whether answers of this page may have arrived without its being told.
  let unsure = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const chosen = new FormData(form);
    const answers = themes.map(({ theme, items }) =>
      ({ theme, values: items.map((_, item) => Number(chosen.get(theme + ' ' + item))) }));
    button.disabled = true;
    problem.textContent = '';
    try {
      const { status, body } = await post(service, '', { token, answers });
      if (status === 204 || (unsure && body.type === 'urn:cairn:problem:already-answered')) {
        history.replaceState(null, '', location.pathname);
        say('Thank you', 'Your answers have arrived. You can close this page.');
        return;
      }
      unsure ||= status >= 500;
      problem.textContent = body.detail;
    } catch {
      unsure = true;
      problem.textContent = 'Your answers could not be sent. They are still here: try again in a moment.';
    }
    button.disabled = false;
  });
}

async function open() {
  if (token === '') return say('No questions', 'Open the whole link that you were given, with what stands behind its #.');
  try {
    // An assessment's or a pulse's: the link does not say which.
    for (const service of ['enrollment', 'goals']) {
      const { status, body } = await post(service, '/open', { token });
      if (status === 200) return show(service, body);
      say('No questions', body.detail);
      if (status !== 404) return;
    }
  } catch {
    say('Not now', 'The questions could not be loaded. Open the link again in a moment.');
  }
}
open();
`;

/** The page to which a rater's link leads. It is the same for everybody: the questions come by the token. */
export const answerPage = textPage(
  '/answer',
  'Cairn: questions',
  `<main><h1>Questions</h1>
<noscript><p>This page needs JavaScript. Without it, whoever gave you the link can tell you another way.</p></noscript>
</main>
<script>${SCRIPT}</script>`,
  STYLE,
);
