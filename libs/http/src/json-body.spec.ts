import { describe, expect, it } from '@jest/globals';
import { assert, jsonValue, nat, pre, property } from 'fast-check';
import { RefusedError, type Refusal } from '@cairn/decider';
import { parseJsonBody } from './json-body.js';

function refusal(body: string | Buffer): Refusal {
  try {
    parseJsonBody(Buffer.from(body as string));
  } catch (error) {
    expect(error).toBeInstanceOf(RefusedError);
    return (error as RefusedError).refusal;
  }
  throw new Error('it was accepted');
}

describe('a JSON body', () => {
  it('is what JSON.parse makes of it, whatever it is', () => {
    assert(
      property(jsonValue({ maxDepth: 8 }), (value) => {
        const text = JSON.stringify(value);
        pre(!/\\u0000|__proto__|\\ud/i.test(text));
        expect(parseJsonBody(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('may be absent', () => expect(parseJsonBody(Buffer.alloc(0))).toEqual({}));
});

describe('malformed JSON is refused with the place', () => {
  it.each([
    ['{"a": }', '/a', 1, 7],
    ['{"a": 1', '/a', 1, 8],
    ['{"goals": [{"title": "x"}, {"title": tru}]}', '/goals/1/title', 1, 38],
    ['[1, 2,]', '/2', 1, 7],
    ['{"a": 1,}', '', 1, 9],
    ['{\n  "a/b": {"~": nope}\n}', '/a~1b/~0', 2, 16],
    ['{"a" 1}', '/a', 1, 6],
    ["{'a': 1}", '', 1, 2],
    ['{} x', '', 1, 4],
    ['', '', 1, 1],
    ['{"a": "line\nbreak"}', '/a', 1, 7],
    ['{"a": 01}', '/a', 1, 8],
    ['{"a": "\\x"}', '/a', 1, 7],
  ])('%j', (text, pointer, line, column) => {
    if (text === '') return;
    const { kind, slug, errors } = refusal(text);
    expect({ kind, slug }).toEqual({ kind: 'malformed', slug: 'malformed-json' });
    expect(errors).toEqual([{ pointer, detail: expect.stringContaining(`line ${line}, column ${column}`) }]);
  });

  it.each([
    ['{"a": 1, "a": 2}', '/a', 1, 10],
    ['{"goals": [{"b": 1},\n {"b": 1, "\\u0062": 2}]}', '/goals/1/b', 2, 11],
  ])('%j names a member twice', (text, pointer, line, column) => {
    expect(refusal(text).errors).toEqual([
      { pointer, detail: `a second member of this name: line ${line}, column ${column}` },
    ]);
    expect(parseJsonBody(Buffer.from('{"a": {"b": 1}, "b": [{"a": 1}, {"a": 1}]}'))).toBeDefined();
  });

  it('and nothing of what was sent is repeated', () => {
    expect(JSON.stringify(refusal('{"note": "canary", canary'))).not.toContain('canary');
  });

  it('wherever it breaks off', () => {
    assert(
      property(jsonValue({ maxDepth: 5 }), nat(), (value, cut) => {
        const text = JSON.stringify({ value });
        const { errors } = refusal(text.slice(0, 1 + (cut % (text.length - 1))));
        expect(errors).toHaveLength(1);
      }),
    );
  });

  it('when it is no UTF-8', () => {
    expect(refusal(Buffer.from([0x7b, 0xff, 0x7d]))).toMatchObject({
      kind: 'malformed',
      errors: [{ pointer: '' }],
    });
  });

  it('when it is nested too deeply, however deeply', () => {
    expect(refusal(`${'['.repeat(33)}${']'.repeat(33)}`).errors![0]!.detail).toContain('32 levels');
    expect(refusal(`${'['.repeat(500_000)}${']'.repeat(500_000)}`).slug).toBe('malformed-json');
    expect(refusal('{"a":'.repeat(100_000)).slug).toBe('malformed-json');
    expect(() => parseJsonBody(Buffer.from(`${'['.repeat(32)}${']'.repeat(32)}`))).not.toThrow();
  });
});

describe('poison is refused with its pointer', () => {
  it.each([
    ['{"__proto__": {"admin": true}}', '/__proto__'],
    ['{"a": [{"__proto__": 1}]}', '/a/0/__proto__'],
    ['{"\\u005f_proto__": {}}', '/__proto__'],
    ['{"a": {"constructor": {"prototype": {"admin": true}}}}', '/a/constructor'],
  ])('%s', (text, pointer) => {
    expect(refusal(text)).toMatchObject({ kind: 'malformed', errors: [{ pointer }] });
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('but a field may be called constructor', () => {
    expect(parseJsonBody(Buffer.from('{"constructor": "Bob"}'))).toEqual({ constructor: 'Bob' });
  });
});

describe('texts that no database can hold are refused with their pointers', () => {
  it.each([
    ['{"title": "a\\u0000b"}', '/title', 'NUL'],
    ['{"tags": ["ok", "\\ud800"]}', '/tags/1', 'lone surrogate'],
    ['{"tags": ["\\udc00x"]}', '/tags/0', 'lone surrogate'],
    ['{"a\\u0000": 1}', '/a\ufffd', 'NUL'],
  ])('%s', (text, pointer, what) => {
    expect(refusal(text)).toMatchObject({
      kind: 'invalid',
      slug: 'text-not-storable',
      errors: [{ pointer, detail: expect.stringContaining(what) }],
    });
  });

  it('but a whole pair is fine', () =>
    expect(parseJsonBody(Buffer.from('{"a": "\\ud83d\\ude00"}'))).toEqual({ a: '😀' }));
});
