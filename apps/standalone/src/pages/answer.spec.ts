import { expect, it } from '@jest/globals';
import { Script } from 'node:vm';
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
