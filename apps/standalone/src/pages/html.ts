/** Text as it may stand in HTML, also within an attribute. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char]!);

/** What the pages look like, beside what Swagger UI brings along. */
const STYLE = `
:root { --ink: #22262b; --soft: #5b6470; --line: #e2e0da; --paper: #f6f4ef; --link: #185a7d; }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; color: var(--ink); }
header.site { display: flex; gap: 1.5rem; align-items: baseline; padding: .7rem 1.5rem; background: var(--paper);
  border-bottom: 1px solid var(--line); }
header.site a { text-decoration: none; }
header.site a[aria-current] { color: var(--ink); font-weight: 600; }
header.site .name { font-weight: 700; color: var(--ink); margin-right: auto; }
a { color: var(--link); }
`;

/** Of pages that are text: what Swagger UI draws has a look of its own. */
const TEXT_STYLE = `
main { max-width: 46rem; margin: 2.5rem auto 4rem; padding: 0 1.25rem; }
h1 { line-height: 1.25; }
h2 { margin-top: 2.5rem; }
code, pre { font: .875em/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { background: var(--paper); padding: .1em .3em; border-radius: 3px; }
pre { background: var(--paper); padding: 1rem 1.2rem; border-radius: 6px; overflow-x: auto; }
pre code { padding: 0; background: none; font-size: 1em; }
.soft { color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th { text-align: left; font-weight: 600; color: var(--soft); }
th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
`;

const PAGES = [
  { path: '/', name: 'Start' },
  { path: '/docs', name: 'API' },
  { path: '/docs/events', name: 'Events' },
];

/** A whole page of text; `body` is HTML, `style` its own CSS. */
export const textPage = (at: string, title: string, body: string, style = ''): string =>
  page(at, title, body, `<style>${TEXT_STYLE}${style}</style>`);

/** A whole page; `head` and `body` are HTML. */
export function page(at: string, title: string, body: string, head: string): string {
  const links = PAGES.map(
    ({ path, name }) => `<a href="${path}"${path === at ? ' aria-current="page"' : ''}>${name}</a>`,
  ).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
${head}
</head>
<body>
<header class="site"><span class="name">Cairn</span>
${links}
</header>
${body}
</body>
</html>
`;
}
