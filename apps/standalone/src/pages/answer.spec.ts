import { describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { runInNewContext, Script } from 'node:vm';
import { answerPage } from './answer.js';

const script = /<main>[\s\S]*<script>([\s\S]*)<\/script>/.exec(answerPage)![1]!;

it('runs, loads nothing from anywhere, and puts in what it is told as text alone', () => {
  expect(() => new Script(script)).not.toThrow();
  expect(answerPage).not.toMatch(/\b(src|href)="https?:/);
  expect(script).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|eval\(/);
});

it('sends the token in bodies alone', () => {
  expect(script.match(/fetch\(/g)).toHaveLength(1);
  expect(script).toContain(`fetch('/' + service + '/v1/answers' + path`);
  expect(script.match(/\btoken\b/g)).toHaveLength(4);
  for (const call of ["post(service, '', { token, answers })", "post(service, '/open', { token })"])
    expect(script).toContain(call);
});

it('says what is anonymous before the first question', () => {
  const [said, asked] = [script.indexOf("className: 'notice'"), script.indexOf('    form);')];
  expect(said).toBeGreaterThan(0);
  expect(asked).toBeGreaterThan(said);
});

/** As much of an element as the page asks for. */
class Element {
  children: (Element | string)[] = [];
  submit: (event: object) => Promise<void> = async () => undefined;
  append(...children: (Element | string)[]) {
    this.children.push(...children);
  }
  replaceChildren(...children: (Element | string)[]) {
    this.children = children;
  }
  addEventListener(_: string, submit: (event: object) => Promise<void>) {
    this.submit = submit;
  }
  setAttribute() {}
  set textContent(text: string) {
    this.children = [text];
  }
  get textContent(): string {
    return this.children.map((each) => (typeof each === 'string' ? each : each.textContent)).join(' ');
  }
}

/** What the page says after each of some attempts to send answers, each replied to so; a connection breaks by null. */
async function saidAfter(...replies: ([status: number, body: object | null] | null)[]): Promise<string[]> {
  const main = new Element();
  const questions = { anonymous: true, notice: 'n', scale: ['Never', 'Always'], themes: [] };
  const answers = [[200, questions] as const, ...replies];
  runInNewContext(script, {
    document: { querySelector: () => main, createElement: () => new Element() },
    location: { hash: '#token', pathname: '/answer' },
    history: { replaceState() {} },
    FormData: Object,
    async fetch() {
      const reply = answers.shift();
      if (!reply) throw new TypeError('fetch failed');
      return { status: reply[0], json: async () => reply[1] };
    },
  });
  await setImmediate();
  const form = main.children.at(-1) as Element;
  const said = [];
  for (const _ of replies) {
    await form.submit({ preventDefault() {} });
    said.push(main.textContent);
  }
  return said;
}

describe('thanks for answers', () => {
  const used = [409, { type: 'urn:cairn:problem:already-answered', detail: 'were given' }] as [
    number,
    object,
  ];
  const thanks = expect.stringContaining('Your answers have arrived');
  const thanked = (said: string[]) => said.at(-1);

  it('that arrived, as far as it knows: where an attempt before had no reply, they are its own', async () => {
    expect(thanked(await saidAfter([204, null]))).toEqual(thanks);
    expect(thanked(await saidAfter(null, used))).toEqual(thanks);
    expect(thanked(await saidAfter([500, { detail: 'later' }], used))).toEqual(thanks);
  });

  it('but not where somebody else has used the link meanwhile', async () => {
    for (const before of [[], [[422, { detail: 'all of them' }]] as [number, object][]]) {
      const said = thanked(await saidAfter(...before, used));
      expect(said).toContain('were given');
      expect(said).not.toEqual(thanks);
    }
  });
});
