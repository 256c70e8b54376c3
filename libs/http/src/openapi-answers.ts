import { MEDIA_TYPES } from './exportable.js';
import { problemOf, type Fault } from './problem.js';

/** What the API document says of one operation, as far as it is completed here. */
export interface Operation {
  operationId?: string;
  parameters?: Parameter[];
  responses: Record<string, { description: string; headers?: object; content?: object }>;
  'x-roles'?: string[];
  'x-versioned'?: boolean;
  'x-protocol'?: Protocol;
  description?: string;
  security?: Record<string, string[]>[];
}

/** What answers look like where a protocol of others says so: an extension `x-protocol` of the controller. */
export interface Protocol {
  readonly mediaType: string;
  /** The schema of its errors. */
  readonly error: object;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: object;
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

/** Each problem that any operation may answer with: when, and one of its kind as it looks. */
const PROBLEMS: Record<string, { when: string; example: Omit<Fault, 'status'> }> = {
  400: {
    when: 'It cannot be understood: a header, a parameter or a member is missing, malformed or unknown',
    example: {
      slug: 'unknown-parameter',
      detail: 'The query has parameters that are not known here; this takes limit, cursor.',
      errors: [{ pointer: '/page', detail: 'unknown' }],
    },
  },
  401: {
    when: 'No token, or one that cannot be accepted',
    example: {
      slug: 'unauthenticated',
      detail: 'Send a token of the issuer in the header Authorization: Bearer ….',
    },
  },
  403: {
    when: 'The token has none of the roles named above',
    example: { slug: 'wrong-role', detail: 'This needs one of the roles hr, program-admin.' },
  },
  404: {
    when: 'There is no such thing, or it does not concern whoever asks: which of the two is not told',
    example: { slug: 'not-found', detail: 'There is no such enrolment.' },
  },
  409: {
    when: 'Its state does not allow it, or what it needs has not arrived yet (then with Retry-After)',
    example: {
      slug: 'enrollment-state',
      detail: 'The enrolment is declined: it cannot be activated.',
      extra: { state: 'declined' },
    },
  },
  412: {
    when: 'It has changed since: If-Match names another version than the current one',
    example: {
      slug: 'stale-version',
      detail: 'It has changed since you read it: read it again and send its new ETag.',
      extra: { currentVersion: 4 },
    },
  },
  422: {
    when: 'A value is not acceptable, or the Idempotency-Key was used for another request',
    example: {
      slug: 'invalid-field',
      detail: 'The body has fields that are not acceptable; see errors.',
      errors: [{ pointer: '/reason', detail: 'must be 1 to 500 characters' }],
    },
  },
  428: {
    when: 'If-Match is missing: what it replaces may have changed since it was read',
    example: {
      slug: 'if-match-required',
      detail: 'Send the ETag that you last read in the header If-Match.',
    },
  },
};

/** The shape of a problem (RFC 9457). */
export const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457 problem document; single types have further members, such as `state`',
  required: ['type', 'title', 'status', 'detail', 'traceId'],
  properties: {
    type: { type: 'string', description: 'Stable: the member to look at in a program.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'Names the fix.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'JSON pointer into the body or the query' },
          detail: { type: 'string' },
        },
      },
    },
    traceId: { type: 'string', description: 'Finds the request in the log.' },
  },
  additionalProperties: true,
  example: problemOf({ status: 422, ...PROBLEMS['422']!.example }, TRACE),
};

const PROBLEM = { mediaType: 'application/problem+json', error: { $ref: '#/components/schemas/Problem' } };

const problem = (description: string, { mediaType, error }: Protocol, example?: object) => ({
  description,
  content: { [mediaType]: { schema: error, ...(example ? { example } : {}) } },
});

const ETAG = {
  ETag: {
    description: 'The version of what is answered, to be sent as If-Match or If-None-Match',
    schema: { type: 'string', example: '"3"' },
  },
};

/** Says of an operation what follows from what it is: its headers, its roles, and how it answers. @param schema of its body */
export function complete(operation: Operation, method: string, schema?: object): void {
  const { responses, 'x-roles': roles, 'x-versioned': versioned, 'x-protocol': protocol } = operation;
  delete operation['x-versioned'];
  delete operation['x-protocol'];
  const mediaType = protocol?.mediaType ?? MEDIA_TYPES.json;
  const parameters = (operation.parameters ??= []);
  const has = (name: string) => parameters.some((parameter) => parameter.name === name);
  const isCommand = has('Idempotency-Key');
  const needsIfMatch = has('If-Match');

  for (const [status, response] of Object.entries(responses)) {
    response.description ||= SUCCESS[status] ?? 'As asked';
    if (schema && status.startsWith('2'))
      response.content ??= { [mediaType]: { schema }, ...(has('format') && TABLES) };
    if (versioned && status.startsWith('2')) response.headers = { ...response.headers, ...ETAG };
  }
  if (versioned && isCommand && !needsIfMatch) parameters.push(IF_MATCH);
  if (versioned && method === 'get') {
    parameters.push(IF_NONE_MATCH);
    responses['304'] = { description: 'What you have is what there is', headers: ETAG };
  }

  const statuses = [
    ...(isCommand || parameters.some((parameter) => parameter.in === 'query') ? [400] : []),
    ...(roles ? [401, 403] : []),
    ...(parameters.some((parameter) => parameter.in === 'path') ? [404] : []),
    ...(isCommand ? [409, 422] : []),
    ...(has('If-Match') ? [412] : []),
    ...(needsIfMatch ? [428] : []),
  ];
  for (const status of statuses) {
    const { when, example } = PROBLEMS[status]!;
    responses[status] ??= protocol
      ? problem(when, protocol)
      : problem(when, PROBLEM, problemOf({ status, ...example }, TRACE));
  }
  responses['default'] = problem(
    'Any other problem: of this service, or of the way to it',
    protocol ?? PROBLEM,
  );

  if (!roles) return;
  operation.security = [{ token: [] }];
  operation.description = [operation.description, `Roles: ${roles.join(', ')}.`].filter(Boolean).join('\n\n');
}

/** What a list is answered as besides JSON. */
const TABLES = {
  [MEDIA_TYPES.csv]: { schema: { type: 'string' } },
  [MEDIA_TYPES.xlsx]: { schema: { type: 'string', format: 'binary' } },
};

const SUCCESS: Record<string, string> = {
  200: 'As asked',
  201: 'Made; Location says where it is',
  202: 'Begun; Location says how far it is',
  207: 'Done in part: the body says which, and the same request sent again does the rest',
};

const IF_MATCH: Parameter = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description:
    'The ETag under which you read it last: then it is changed only if it still is so, otherwise 412.',
  schema: { type: 'string', example: '"3"' },
};

const IF_NONE_MATCH: Parameter = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'An ETag that you have: 304 without a body while it is the current one.',
  schema: { type: 'string', example: '"3"' },
};
