import { Busboy } from '@fastify/busboy';
import { RefusedError } from '@cairn/decider';
import { FaultError } from '@cairn/http';
import { pipeline, Readable } from 'node:stream';

/** A file of people as it arrives. */
export interface ImportBody {
  /** The mapping that was sent with it, as JSON. */
  readonly mapping?: unknown;
  readonly file: AsyncIterable<Uint8Array>;
}

/**
 * Opens the body of an import: the file itself, or a form with a part `mapping` (JSON) before a part `file`.
 * @throws RefusedError, FaultError where it is neither
 */
export function openImportBody(body: Readable, contentType: string): Promise<ImportBody> {
  return contentType.toLowerCase().startsWith('multipart/form-data')
    ? openForm(body, contentType)
    : Promise.resolve({ file: body });
}

function openForm(body: Readable, contentType: string): Promise<ImportBody> {
  return new Promise((resolve, reject) => {
    const form = formParser(contentType);
    let mapping: unknown;
    let opened: Readable | undefined;
    form.on('field', (name, value, _, truncated) => {
      if (name !== 'mapping') return reject(badForm(`It has a part "${name.slice(0, 80)}".`));
      if (opened) return opened.destroy(badForm('The mapping came after the file.'));
      try {
        if (truncated) throw new Error('too long');
        mapping = JSON.parse(value);
      } catch {
        reject(badForm('The mapping is not JSON.'));
      }
    });
    form.on('file', (_, file) => {
      opened = file;
      // Its reader hears of it; before there is one, the error would be nobody's.
      file.on('error', () => undefined);
      resolve({ ...(mapping === undefined ? {} : { mapping }), file: wholly(file, ended) });
    });
    const ended = new Promise<void>((done, failed) => {
      pipeline(body, form, (error) => {
        if (!error) {
          reject(badForm('It has no file.'));
          return done();
        }
        // What the body failed with, above all its size, is what whoever reads the file has to hear.
        const cause =
          error instanceof FaultError || error instanceof RefusedError ? error : badForm(error.message);
        opened?.destroy(cause);
        reject(cause);
        failed(cause);
      });
    });
    ended.catch(() => undefined);
  });
}

/** The file, and then the rest of the form: the end of the file may be the end of a body that broke off. */
async function* wholly(file: Readable, ended: Promise<void>): AsyncGenerator<Uint8Array> {
  yield* file as AsyncIterable<Uint8Array>;
  await ended;
}

const MAX_MAPPING_BYTES = 1_000_000;

function formParser(contentType: string) {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      // A mapping may well be sent as a file, too.
      isPartAFile: (name) => name === 'file',
      limits: { fieldSize: MAX_MAPPING_BYTES, fields: 2, files: 1, headerPairs: 20 },
    });
  } catch (error) {
    throw badForm((error as Error).message);
  }
}

const badForm = (why: string) =>
  new RefusedError({
    kind: 'malformed',
    slug: 'bad-form',
    detail: `The form cannot be read. ${why} Send a part "mapping" with JSON, then a part "file" with the HR file.`,
  });
