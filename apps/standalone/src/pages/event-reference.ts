import type { asyncApiDocument } from '@cairn/contracts';
import { escaped, textPage } from './html.js';

type Document = ReturnType<typeof asyncApiDocument>;
type Message = Document['components']['messages'][string];

/** As much of a JSON Schema as the published events use. */
interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const STYLE = `
.columns { display: grid; grid-template-columns: 18.5rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem; border-right: 1px solid var(--line);
  font-size: .875rem; }
nav strong { display: block; margin: 1.2rem 0 .3rem; overflow-wrap: anywhere; }
nav a { display: block; text-decoration: none; line-height: 1.75; }
main { max-width: 60rem; width: 100%; margin: 1.5rem auto 4rem; }
section > h3 { margin: 2.2rem 0 0; scroll-margin-top: 1rem; }
section > p { margin: .2rem 0 .6rem; }
details { margin: .4rem 0; }
summary { cursor: pointer; color: var(--link); }
@media (max-width: 60rem) { .columns { display: block; } nav { display: none; } }
`;

/**
 * The reference of all events as one page without script, made from the AsyncAPI document: what each says, where it is
 * published, its fields, and its example.
 */
export function eventReference(document: Document): string {
  const topics = Object.values(document.channels).map(({ address, description, messages }) => ({
    address,
    description,
    messages: Object.keys(messages).map((name) => document.components.messages[name]!),
  }));
  const nav = topics.map(
    ({ address, messages }) =>
      `<strong>${address}</strong>${messages
        .map(({ title }) => `<a href="#${anchorOf(address, title)}">${title}</a>`)
        .join('')}`,
  );
  const sections = topics.map(
    ({ address, description, messages }) => `<section>
<h2><code>${address}</code></h2>
<p class="soft">${escaped(description)}</p>
${messages.map((message) => shown(message, anchorOf(address, message.title))).join('\n')}
</section>`,
  );
  const [first] = topics;
  const body = `<div class="columns"><nav><a href="#envelope">The envelope</a>${nav.join('')}</nav><main>
<h1>${escaped(document.info.title)}</h1>
<p>${escaped(document.info.description)}</p>
<p>The same as a document: <a href="/asyncapi.json">AsyncAPI</a>.</p>
<section><h2 id="envelope">The envelope</h2>
<p class="soft">Around the data of every event.</p>
${fieldsOf(envelopeOf(first!.messages[0]!))}
</section>
${sections.join('\n')}
</main></div>`;
  return textPage('/docs/events', 'Cairn: events', body, STYLE);
}

/** The envelope of any event: what the schema of a message says of its own type alone is left to that message. */
function envelopeOf({ payload }: Message): Schema {
  const { data: _, type, ...properties } = (payload as unknown as Schema).properties!;
  const anyType = { type: 'string', description: `${type!.description}, as ${String(type!.const)}` };
  return { ...(payload as unknown as Schema), properties: { type: anyType, ...properties } };
}

const anchorOf = (address: string, title: string): string =>
  address.includes('.sensitive.') ? `${title}-sensitive` : title;

const shown = (
  { name, title, summary, payload, examples }: Message,
  anchor: string,
) => `<h3 id="${anchor}">${title}</h3>
<p>${escaped(summary)}<br><code>${name}</code></p>
<details><summary>Fields</summary>
${fieldsOf(payload.properties.data as unknown as Schema)}
</details>
<details><summary>Example</summary>
<pre><code>${escaped(JSON.stringify(examples[0]!.payload, null, 2))}</code></pre>
</details>`;

function fieldsOf({ properties = {}, required = [] }: Schema): string {
  const rows = Object.entries(properties).map(
    ([name, schema]) =>
      `<tr><td><code>${name}</code>${required.includes(name) ? '' : ' <span class="soft">optional</span>'}</td><td>${typeOf(schema)}</td></tr>`,
  );
  return `<table><thead><tr><th>field</th><th>what it holds</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** A field's type in words, as HTML. */
function typeOf(schema: Schema): string {
  const { type, format, enum: values, items, anyOf, properties, description } = schema;
  const more = description === undefined ? '' : `: ${escaped(description)}`;
  if (schema.const !== undefined) return `<code>${escaped(String(schema.const))}</code>${more}`;
  if (values !== undefined) return values.map((value) => `<code>${escaped(String(value))}</code>`).join(', ');
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ');
  if (items !== undefined) return `list of ${typeOf(items)}`;
  if (properties !== undefined) return `{ ${Object.entries(properties).map(memberOf).join('; ')} }`;
  const words = { uuid: 'UUID', 'date-time': 'instant in UTC', date: 'day, YYYY-MM-DD' };
  return `${words[format as keyof typeof words] ?? type ?? 'any'}${rangeOf(schema)}${more}`;
}

const memberOf = ([name, schema]: [string, Schema]): string => `<code>${name}</code> ${typeOf(schema)}`;

function rangeOf({ minimum, exclusiveMinimum, maximum }: Schema): string {
  if (exclusiveMinimum !== undefined)
    return ` above ${exclusiveMinimum}${maximum === undefined ? '' : ` to ${maximum}`}`;
  if (minimum === undefined) return maximum === undefined ? '' : ` up to ${maximum}`;
  return maximum === undefined ? ` from ${minimum}` : ` from ${minimum} to ${maximum}`;
}
