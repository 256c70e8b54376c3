import { asyncApiDocument, goldenOf } from '@cairn/contracts';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { mergeOpenApi, type OpenApi } from './merge-openapi.js';

const require = createRequire(import.meta.url);
const folderOf = (name: string) => dirname(require.resolve(`${name}/package.json`));

/** What the pages load: from the packages themselves, so that they work without any network. */
const assets: Record<string, { file: () => string; type: string }> = {
  '/assets/swagger-ui.css': {
    file: () => join(folderOf('swagger-ui-dist'), 'swagger-ui.css'),
    type: 'text/css',
  },
  '/assets/swagger-ui.js': {
    file: () => join(folderOf('swagger-ui-dist'), 'swagger-ui-bundle.js'),
    type: 'text/javascript',
  },
  '/assets/asyncapi.css': {
    file: () => join(folderOf('@asyncapi/react-component'), 'styles/default.min.css'),
    type: 'text/css',
  },
  '/assets/asyncapi.js': {
    file: () => join(folderOf('@asyncapi/react-component'), 'browser/standalone/index.js'),
    type: 'text/javascript',
  },
};

const page = (title: string, head: string, body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
${head}
</head>
<body>
${body}
</body>
</html>
`;

const welcome = page(
  'Cairn',
  `<style>
body { font: 16px/1.6 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #222; }
code { background: #f3f1ec; padding: .1em .3em; border-radius: 3px; }
pre { background: #f3f1ec; padding: 1rem; overflow-x: auto; border-radius: 6px; }
a { color: #185a7d; }
</style>`,
  `<h1>Cairn</h1>
<p>Runs and tracks management-coaching programmes. This is the standalone: four services, one PostgreSQL, one origin.</p>
<ul>
<li><a href="/docs">API reference</a> of <code>/enrollment</code>, <code>/sessions</code>, <code>/goals</code> and <code>/analytics</code> (<a href="/openapi.json">OpenAPI</a>)</li>
<li><a href="/docs/events">Event reference</a> (<a href="/asyncapi.json">AsyncAPI</a>)</li>
<li>Health: <a href="/health/ready">ready</a>, <a href="/health/flow">flow</a></li>
</ul>
<p>Every request needs a token. In the checkout:</p>
<pre>TOKEN=$(npm run --silent token -- --role hr)
curl -H "Authorization: Bearer $TOKEN" http://localhost:3000/enrollment/v1/programs</pre>
<p>A whole programme on a company of its own, in another terminal: <code>npm run demo</code>.</p>
<p>The tokens come from a development issuer, whose key lies on this machine: never use it where others can reach it.</p>`,
);

const apiReference = page(
  'Cairn API',
  '<link rel="stylesheet" href="/assets/swagger-ui.css">',
  `<div id="ui"></div>
<script src="/assets/swagger-ui.js"></script>
<script>
SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#ui', deepLinking: true, docExpansion: 'none', filter: true,
  persistAuthorization: true, defaultModelsExpandDepth: 0, validatorUrl: null,
});
</script>`,
);

const eventReference = page(
  'Cairn events',
  '<link rel="stylesheet" href="/assets/asyncapi.css">',
  `<div id="ui"></div>
<script src="/assets/asyncapi.js"></script>
<script>
fetch('/asyncapi.json').then((r) => r.json()).then((schema) =>
  AsyncApiStandalone.render(
    { schema, config: { show: { sidebar: true, errors: false }, expand: { messageExamples: false } } },
    document.getElementById('ui'),
  ));
</script>`,
);

/**
 * The pages of the one origin: `/`, `/docs`, `/docs/events`, the two documents, and what these load.
 * @param openApi the documents of the services
 */
export function createPages(openApi: readonly OpenApi[]) {
  const html = { '/': welcome, '/docs': apiReference, '/docs/events': eventReference };
  const documents = {
    '/openapi.json': JSON.stringify(mergeOpenApi(openApi)),
    '/asyncapi.json': JSON.stringify(asyncApiDocument(goldenOf)),
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
    if (at in documents) return send('application/json', documents[at as keyof typeof documents]);
    const asset = assets[at];
    if (asset !== undefined) return send(asset.type, await readFile(asset.file()), 'public, max-age=3600');
    return false;
  };
}
