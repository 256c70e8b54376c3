import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: object;
}

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
  >;
}

/** By which its parts refer to each other: what several answers have in common is compiled once. */
const API = 'urn:cairn:api';

const pointerTo = (place: readonly (string | number)[]): string =>
  place
    .map((each) => `/${encodeURIComponent(String(each).replaceAll('~', '~0').replaceAll('/', '~1'))}`)
    .join('');

/** Holds answers against what the service's API document says of them. */
export class DocumentedAnswers {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, code: { optimize: false } });
  private readonly validators = new Map<string, ValidateFunction | undefined>();
  private readonly routes: readonly { readonly pattern: RegExp; readonly path: string }[];

  constructor(private readonly document: Document) {
    this.ajv.addSchema(document, API, false, false);
    // A path with fewer parameters is the closer one.
    const paths = Object.keys(document.paths).sort((a, b) => a.split('{').length - b.split('{').length);
    this.routes = paths.map((path) => ({
      path,
      pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
    }));
  }

  /** @throws Error where a success is not what the document says */
  check(method: string, url: string, status: number, body: unknown): void {
    const path = this.routes.find(({ pattern }) => pattern.test(url.split('?', 1)[0]!))?.path;
    if (path === undefined || status >= 300) return;
    const key = `${method} ${path} ${status}`;
    if (!this.validators.has(key)) this.validators.set(key, this.validatorOf(path, method, status));
    const validate = this.validators.get(key);
    if (validate && !validate(body))
      throw new Error(
        `${key} is not answered as its API document says: ${this.ajv.errorsText(validate.errors)}; run docs/reference/answers.mjs`,
      );
  }

  private validatorOf(path: string, method: string, status: number): ValidateFunction | undefined {
    const { responses } = this.document.paths[path]![method.toLowerCase()]!;
    if (responses[status]?.content?.['application/json']?.schema === undefined) return undefined;
    const place = [
      'paths',
      path,
      method.toLowerCase(),
      'responses',
      status,
      'content',
      'application/json',
      'schema',
    ];
    return this.ajv.getSchema(`${API}#${pointerTo(place)}`)!;
  }
}
