import { RefusedError } from '@cairn/decider';
import { jsonFault, MAX_DEPTH, repeatedMember, type JsonFault } from './json-fault.js';
import { pointerTo } from './pointer.js';
import { unstorable } from './text.js';

type Found = { pointer: string; detail: string };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The value of a JSON body; nothing at all counts as an empty object.
 * @throws RefusedError 400 where it is malformed, names a member twice, is nested deeper than 32 levels or meant to poison prototypes; 422 where a
 *   text in it holds NUL or a lone surrogate; each with a JSON pointer
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw malformed([{ pointer: '', detail: 'The body is not valid UTF-8.' }]);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed([at(jsonFault(text), 'JSON ends or breaks off here')]);
  }

  const forbidden: Found[] = [];
  const unstorables: Found[] = [];
  const path: (string | number)[] = [];
  const walk = (node: unknown): boolean => {
    if (typeof node === 'string') note(node, unstorables, path);
    if (typeof node !== 'object' || node === null) return true;
    if (path.length >= MAX_DEPTH) return false;
    for (const [key, child] of Array.isArray(node) ? node.entries() : Object.entries(node)) {
      path.push(key);
      if (typeof key === 'string') {
        note(key, unstorables, path);
        if (poisons(key, child))
          forbidden.push({ pointer: pointerTo(path), detail: 'This name is not allowed.' });
      }
      if (!walk(child)) return false;
      path.pop();
    }
    return true;
  };
  if (!walk(value)) throw malformed([at(jsonFault(text), `nested deeper than ${MAX_DEPTH} levels`)]);
  const repeated = repeatedMember(text);
  if (repeated) throw malformed([at(repeated, 'a second member of this name')]);
  if (forbidden.length > 0) throw malformed(forbidden);
  if (unstorables.length > 0) {
    throw new RefusedError({
      kind: 'invalid',
      slug: 'text-not-storable',
      detail: 'Texts may not hold NUL or a lone surrogate; remove them.',
      errors: unstorables,
    });
  }
  return value;
}

function note(text: string, found: Found[], path: (string | number)[]): void {
  const what = unstorable(text);
  if (what && found.length < 20)
    found.push({
      pointer: pointerTo(path).toWellFormed().replaceAll('\u0000', '\uFFFD'),
      detail: `holds ${what}`,
    });
}

const poisons = (key: string, child: unknown): boolean =>
  key === '__proto__' ||
  (key === 'constructor' &&
    typeof child === 'object' &&
    child !== null &&
    'prototype' in child &&
    Object.hasOwn(child, 'prototype'));

const at = ({ pointer, line, column }: JsonFault, what: string): Found => ({
  pointer,
  detail: `${what}: line ${line}, column ${column}`,
});

const malformed = (errors: Found[]) =>
  new RefusedError({
    kind: 'malformed',
    slug: 'malformed-json',
    detail: 'The body is not acceptable JSON; see errors for the place.',
    errors,
  });
