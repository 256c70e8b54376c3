import { asyncApiDocument, goldenOf } from '@cairn/contracts';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { answerPage } from './answer.js';
import { eventReference } from './event-reference.js';
import { page, textPage } from './html.js';
import { invitationPage } from './invitation.js';
import { mergeOpenApi, type OpenApi } from './merge-openapi.js';

const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** What the API reference loads: from the package itself, so that it works without any network. */
const assets: Record<string, { file: string; type: string }> = {
  '/assets/swagger-ui.css': { file: join(swaggerUi, 'swagger-ui.css'), type: 'text/css' },
  '/assets/swagger-ui.js': { file: join(swaggerUi, 'swagger-ui-bundle.js'), type: 'text/javascript' },
};

const welcome = textPage(
  '/',
  'Cairn',
  `<main>
<h1>Cairn runs and tracks management-coaching programmes</h1>
<p>This is the standalone: four services, one PostgreSQL, one origin.</p>
<table>
<tr><td><a href="/docs">API reference</a></td><td><code>/enrollment</code> <code>/sessions</code> <code>/goals</code> <code>/analytics</code>
  (<a href="/openapi.json">OpenAPI</a>)</td></tr>
<tr><td><a href="/docs/events">Event reference</a></td><td>what is published on the bus and in the feeds (<a href="/asyncapi.json">AsyncAPI</a>)</td></tr>
<tr><td>Health</td><td><a href="/health/ready">ready</a>: requests are answered; <a href="/health/flow">flow</a>: events move</td></tr>
</table>
<h2>See a programme</h2>
<p>A company, six months of coaching, and the report that HR reads; in the checkout, in another terminal:</p>
<pre><code>npm run demo</code></pre>
<h2>Ask for something</h2>
<p>Every request needs a token:</p>
<pre><code>HR=$(npm run --silent token -- --role hr)
curl -H "Authorization: Bearer $HR" \\
  <span id="origin">http://localhost:3000</span>/enrollment/v1/programs</code></pre>
<p>Then go on with the <em>first quarter of an hour</em>: <code>docs/tutorial</code> in the checkout.</p>
<p class="soft">Tokens come from a development issuer, whose key lies on this machine: never run it where others can reach it.</p>
</main>
<script>document.getElementById('origin').textContent = location.origin</script>`,
);

const apiReference = page(
  '/docs',
  'Cairn: API',
  `<div id="ui"></div>
<script src="/assets/swagger-ui.js"></script>
<script>
SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#ui', deepLinking: true, docExpansion: 'none', filter: true,
  persistAuthorization: true, defaultModelsExpandDepth: -1, validatorUrl: null,
});
</script>`,
  `<link rel="stylesheet" href="/assets/swagger-ui.css">
<style>
.swagger-ui .info { margin: 1.5rem 0 0; }
.swagger-ui .scheme-container { margin: 0; padding: 0 0 1rem; box-shadow: none; }
.swagger-ui .opblock-tag { font-size: 1.05rem; padding: .4rem .6rem; }
.swagger-ui .opblock-tag small { font-size: .85rem; }
</style>`,
);

/**
 * The pages of the one origin: `/`, `/docs`, `/docs/events`, `/invitations/…`, `/answer`, the two documents, and what these load.
 * @param openApi the documents of the services
 */
export function createPages(openApi: readonly OpenApi[]) {
  const asyncApi = asyncApiDocument(goldenOf);
  const html = {
    '/': welcome,
    '/docs': apiReference,
    '/docs/events': eventReference(asyncApi),
    '/answer': answerPage,
  };
  const documents = {
    '/openapi.json': JSON.stringify(mergeOpenApi(openApi)),
    '/asyncapi.json': JSON.stringify(asyncApi),
  };

  /** Answers when the path is one of these; false otherwise. */
  return async function serve(path: string, response: ServerResponse): Promise<boolean> {
    const send = (type: string, content: string | Buffer, cache = 'no-cache') => {
      response.writeHead(200, {
        'content-type': `${type}; charset=utf-8`,
        'cache-control': cache,
        'x-content-type-options': 'nosniff',
      });
      response.end(content);
      return true;
    };
    const at = path.length > 1 ? path.replace(/\/$/, '') : path;
    if (at in html) return send('text/html', html[at as keyof typeof html]);
    const invitation = invitationPage(at);
    if (invitation !== undefined) return send('text/html', invitation);
    if (at in documents) return send('application/json', documents[at as keyof typeof documents]);
    const asset = assets[at];
    if (asset !== undefined) return send(asset.type, await readFile(asset.file), 'public, max-age=3600');
    return false;
  };
}
