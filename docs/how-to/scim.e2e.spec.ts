import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { programsOrSkip } from '@cairn/testing';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openCairn, type Cairn } from '../../apps/standalone/test/harness.js';

/* The commands of the how-to, every ```sh block of it, in one shell. */
const runs = programsOrSkip('SCIM as the how-to has it', 'bash', 'curl');
let cairn: Cairn;
afterAll(() => cairn?.stop());

(runs ? describe : describe.skip)('SCIM as the how-to has it', () => {
  let answers: string[];
  beforeAll(async () => {
    cairn = await openCairn('postgres');
    const page = await readFile(join(import.meta.dirname, 'provision-people-with-scim.md'), 'utf8');
    const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
    const TOKEN = await cairn.client.token({ roles: ['integration'] });
    const { stdout } = await promisify(execFile)('bash', ['-eu', '-c', blocks.join('\necho; echo =====\n')], {
      env: { ...process.env, CAIRN: cairn.client.url as string, TOKEN },
    });
    answers = stdout.split('\n=====\n');
  });

  it('says what it supports', () => {
    expect(answers[0]).toContain('"patch":{"supported":true}');
    expect(answers[0]).toContain('"name":"EnterpriseUser"');
  });

  it('adds, finds, changes and ends a person, and keeps a group', () => {
    expect(answers[1]).toContain('"totalResults":1');
    expect(answers[1]).toContain('"hiredOn":"2019-03-01"');
    expect(answers[2]).toMatch(/"title":"Site Director","active":true[\s\S]*"active":false/);
    expect(answers[3]).toContain('"display":"Ada Marlow"');
  });
});
